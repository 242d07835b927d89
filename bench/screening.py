"""How fast is screening a text? Folding, matching and offsets, against pyahocorasick as most people use it.

The list is generated here (64,000 words of 2 to 8 common characters, from a fixed seed), the texts are clean, the
figures are CPU time, the best of several rounds, and the ratio is against plain pyahocorasick in the same run.

    python -m bench.screening            # from the project's root
    python -m bench.screening --quick    # fewer rounds, and fails when a bar is missed
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime

import ahocorasick

from app.text import engine_daachorse
from app.text.match import Context, Matcher, TextField, build_matcher
from app.text.normalise import fold
from app.text.personal_data import find_personal_data
from app.text.wordlist import load_wordlists

WORDS = 64_000
SIZES = (50, 500, 20_000)
BARS_US = {50: 6.0, 500: 20.0, 20_000: 600.0}
CAPTION_BAR_US = 15.0
CAPTION = "今天教大家做一道家常番茄炒蛋，简单好吃又下饭，孩子特别爱吃哦"
CATEGORIES = "made: {title: 生成, law: 无, severity: 1}"
HEAD = "# category: made\n# verdict: review\n# source: bench\n# owner: bench\n"
# GB 2312's first level: the 3,755 commonest characters.
COMMON = [bytes((row, cell)).decode("gb2312") for row in range(0xB0, 0xD7) for cell in range(0xA1, 0xFA)]
AT = datetime(2026, 1, 1, tzinfo=UTC)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="fewer rounds; exit 1 when a bar is missed")
    quick = parser.parse_args().quick
    chance = random.Random(20261123)
    words = made_words(chance)
    files = {"categories.yaml": CATEGORIES, "made.txt": HEAD + "\n".join(words)}
    lists = load_wordlists(files)
    engines = [name for name in ("daachorse", "pyahocorasick") if name != "daachorse" or engine_daachorse.IS_AVAILABLE]
    matchers = {}
    for name in engines:
        began = time.process_time()
        matchers[name] = build_matcher(lists, engine=name)
        print(f"built {name}: {matchers[name].words} words in {time.process_time() - began:.2f} s")
    missed = compare(words, matchers, clean_text(chance, words), rounds=3 if quick else 7)
    missed += not caption_is_fast(matchers[engines[0]], rounds=3 if quick else 7)
    return 1 if quick and missed else 0


def made_words(chance: random.Random) -> list[str]:
    """Distinct words, lengths as in real lists: mostly two to four characters."""
    lengths = chance.choices(range(2, 9), (30, 25, 25, 10, 5, 3, 2), k=2 * WORDS)
    words = dict.fromkeys("".join(chance.choices(COMMON, k=length)) for length in lengths)
    distinct: dict[str, str] = {}
    for word in words:
        distinct.setdefault(fold(word).text, word)
    return list(distinct.values())[:WORDS]


def clean_text(chance: random.Random, words: list[str]) -> str:
    """20,000 characters of the same alphabet in which no word stands."""
    listed = {fold(word).text for word in words}
    text = ""
    while len(text) < SIZES[-1]:
        text += chance.choice(COMMON)
        if any(fold(text[-length:]).text in listed for length in range(2, 9)):
            text = text[:-1]
    return text


def compare(words: list[str], matchers: dict[str, Matcher], text: str, *, rounds: int) -> int:
    """Print the table; the number of bars missed by the first engine."""
    plain = ahocorasick.Automaton(ahocorasick.STORE_INTS)
    for number, word in enumerate(words):
        plain.add_word(word, number)
    plain.make_automaton()
    missed = 0
    print(f"{'µs a text':<28}" + "".join(f"{size:>10,} chars  ratio" for size in SIZES))
    base = {size: spent_us(lambda part=text[:size]: list(plain.iter(part)), size, rounds) for size in SIZES}
    print_row("pyahocorasick, plain str", base, base)
    print_row(
        "folding alone", {size: spent_us(lambda part=text[:size]: fold(part), size, rounds) for size in SIZES}, base
    )
    for name, matcher in matchers.items():
        spent = {size: spent_us(scanner(matcher, text[:size]), size, rounds) for size in SIZES}
        print_row(f"scan, {name}", spent, base)
        if name == "daachorse":
            missed = sum(spent[size] > bar for size, bar in BARS_US.items())
            print(f"bars ≤ {', '.join(f'{bar:g}' for bar in BARS_US.values())} µs: {'met' if not missed else 'MISSED'}")
    return missed


def caption_is_fast(matcher: Matcher, *, rounds: int) -> bool:
    """A whole caption: scan and personal data."""
    scan = scanner(matcher, CAPTION)
    spent = spent_us(lambda: (scan(), find_personal_data(CAPTION)), len(CAPTION), rounds)
    is_fast = spent <= CAPTION_BAR_US
    print(f"a clean caption of {len(CAPTION)} characters, words and personal data: {spent:.1f} µs")
    print(f"bar ≤ {CAPTION_BAR_US:g} µs: {'met' if is_fast else 'MISSED'}")
    return is_fast


def scanner(matcher: Matcher, text: str) -> Callable[[], object]:
    fields = (TextField("title", text),)
    return lambda: matcher.scan(fields, Context("video_caption", AT))


def spent_us(work: Callable[[], object], size: int, rounds: int) -> float:
    """Microseconds of CPU for one call, best of some rounds."""
    calls = max(5, 500_000 // (size + 200))
    best = float("inf")
    for _ in range(rounds):
        began = time.process_time()
        for _ in range(calls):
            work()
        best = min(best, (time.process_time() - began) / calls)
    return best * 1e6


def print_row(name: str, spent: dict[int, float], base: dict[int, float]) -> None:
    print(f"{name:<28}" + "".join(f"{spent[size]:>16,.1f}{base[size] / spent[size]:>6.1f}×" for size in SIZES))


if __name__ == "__main__":
    sys.exit(main())
