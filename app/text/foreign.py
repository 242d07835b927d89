"""Reading a wordlist that somebody else keeps: our own format, one word a line, comma separated, or CSV.

bytes ─ encoding told (UTF-8, with or without mark, or GB18030) ─ entries ─ each held to what a word must be ─ our text

What cannot be a word (empty, one character, over a sentence end) is left out and told with its line, so that one bad
line of a list of thousands neither loads nor stops the rest; whether anything may take force then is not decided here.
A page of HTML, a binary file and a list without words are no lists at all and are refused.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, TypeAlias

from app.errors import BadDefinition, Problem
from app.text.findings import Findings
from app.text.word_line import read_word

Format: TypeAlias = Literal["weiheng", "lines", "commas", "csv"]
FORMATS: tuple[Format, ...] = ("weiheng", "lines", "commas", "csv")
COLUMNS = ("word", "verdict", "note", "suggest", "source", "allow")
MAX_BYTES = 32 * 2**20
_BREAKING = ("|", "{", "}", "\n", "\r")
_DROPPED_MAX = 1_000
_SEPARATORS = str.maketrans(dict.fromkeys("，、；;\t", ","))


@dataclass(frozen=True, slots=True)
class Shape:
    """How a foreign list is written. ``head`` is our own head; ``columns`` say which of its columns is what."""

    format: Format = "weiheng"
    head: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[str, str] = field(default_factory=dict)
    verdicts: Mapping[str, str] = field(default_factory=dict)


class Dropped(NamedTuple):
    """An entry that is no word, and why; ``line`` counts from 1."""

    line: int
    text: str
    problem: str


class Converted(NamedTuple):
    """A list in our own format, the encoding it came in, and what was left out."""

    text: str
    encoding: str
    words: int
    dropped: tuple[Dropped, ...]


def decode(data: bytes, *, name: str) -> tuple[str, str]:
    """The text and the encoding it is in: ``utf-8``, ``utf-8-bom`` or ``gb18030``; raises BadDefinition for neither."""
    if len(data) > MAX_BYTES:
        raise _refused(name, f"{len(data)} bytes", f"at most {MAX_BYTES}")
    text, encoding = _decoded(data, name)
    head = text[:2_000].lstrip().lower()
    if head.startswith(("<!doctype", "<html", "<?xml", "<head", "<body")) or "<html" in head:
        raise _refused(name, "is a page of HTML", "a wordlist")
    if strange := next((char for char in text if _is_strange(char)), None):
        raise _refused(name, f"holds U+{ord(strange):04X}, which no list of words does", "text")
    return text.replace("\r\n", "\n").replace("\r", "\n"), encoding


def convert(data: bytes, shape: Shape, *, name: str) -> Converted:
    """A foreign list as one of ours.

    Raises:
        BadDefinition: it is no text, HTML, has no word that can be listed, or lacks a column; names the place.
    """
    text, encoding = decode(data, name=name)
    findings = Findings(f"{name}.txt")
    lines: list[str] = [f"# {key}: {value}" for key, value in shape.head.items()]
    dropped: list[Dropped] = []
    seen: set[str] = set()
    for number, entry in _entries(text, shape, name):
        if entry.startswith("#"):
            lines.append(entry)
            continue
        findings.line, known = number, len(findings.problems)
        word = None if len(entry) > 2_000 else read_word(entry, findings)  # noqa: PLR2004 - the longest line of a list
        if word is None:
            why = "；".join(problem.problem for problem in findings.problems[known:]) or "the line is too long"
            dropped.append(Dropped(number, entry.partition("|")[0].strip()[:100], why))
        elif word.folded not in seen:
            seen.add(word.folded)
            lines.append(entry)
    if not seen:
        raise _refused(name, "has no words", "at least one word")
    return Converted("\n".join(lines) + "\n", encoding, len(seen), tuple(dropped[:_DROPPED_MAX]))


def _decoded(data: bytes, name: str) -> tuple[str, str]:
    try:
        return data.decode("utf-8-sig"), "utf-8-bom" if data.startswith(b"\xef\xbb\xbf") else "utf-8"
    except UnicodeDecodeError as error:
        wrong = error.start
    try:
        return data.decode("gb18030"), "gb18030"
    except UnicodeDecodeError:
        line = data.count(b"\n", 0, wrong) + 1
        raise _refused(f"{name}:{line}", f"byte {wrong} is neither UTF-8 nor GB18030", "UTF-8 or GB18030") from None


def _is_strange(char: str) -> bool:
    """Controls, private and unassigned characters: what another encoding or a binary file looks like."""
    return char not in "\t\n\r\f" and unicodedata.category(char) in {"Cc", "Co", "Cn", "Cs"}


def _entries(text: str, shape: Shape, name: str) -> Iterator[tuple[int, str]]:
    """Lines as our own format writes them, with the line they came from."""
    if shape.format == "csv":
        yield from _rows(text, shape, name)
        return
    for number, raw in enumerate(text.split("\n"), 1):
        line = raw.strip()
        if shape.format == "weiheng":
            if line:
                yield number, line
        elif not line.startswith(("#", "//")):
            pieces = line.translate(_SEPARATORS).split(",") if shape.format == "commas" else [line]
            yield from ((number, _plain(piece)) for piece in pieces if piece.strip())


def _rows(text: str, shape: Shape, name: str) -> Iterator[tuple[int, str]]:
    try:
        dialect = csv.Sniffer().sniff(text[:4_000], delimiters=",;\t")
    except csv.Error:
        dialect = csv.excel
    reader = csv.DictReader(io.StringIO(text), dialect=dialect)
    known = [heading.strip() for heading in reader.fieldnames or ()]
    reader.fieldnames = known
    columns = dict(shape.columns) or {"word": known[0] if known else ""}
    if missing := [heading for heading in columns.values() if heading not in known]:
        raise _refused(f"{name}:1", f"no column {', '.join(missing)}", f"one of {', '.join(known) or 'a heading'}")
    for row in reader:
        values = {what: " ".join((row.get(heading) or "").split()) for what, heading in columns.items()}
        if word := values.pop("word"):
            yield reader.line_num, _plain(word) + "".join(_option(what, said, shape) for what, said in values.items())


def _plain(word: str) -> str:
    """A foreign word with what our own lines would read as syntax taken out."""
    for breaking in _BREAKING:
        word = word.replace(breaking, " ")
    return word.strip().lstrip("#").strip()


def _option(what: str, said: str, shape: Shape) -> str:
    said = shape.verdicts.get(said, said) if what == "verdict" else said.replace("|", " ")
    return f" | {what}: {said}" if said else ""


def _refused(place: str, problem: str, expected: str) -> BadDefinition:
    return BadDefinition("the list cannot be read", problems=[Problem(f"wordlists/{place}", problem, expected)])
