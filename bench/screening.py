"""How fast is screening a text? Folding, matching and offsets at every depth, against what others match words with.

The list is generated here (64,000 words of 2 to 8 common characters, from a fixed seed), the texts are clean at the
deepest look, the figures are CPU time, the best of several rounds, and the ratio is against plain pyahocorasick in the
same run. Peers that are not installed are left out. Memory is what the process grew by while building.

    python -m bench.screening            # from the project's root
    python -m bench.screening --quick    # fewer rounds, and fails when a bar is missed
"""

from __future__ import annotations

import argparse
import gc
import random
import resource
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from app.text.match import Context, EngineName, Matcher, Scan, TextField, build_matcher
from app.text.normalise import fold
from app.text.personal_data import find_personal_data
from app.text.wordlist import load_wordlists
from bench.peers.matchers import peers

T = TypeVar("T")
WORDS = 64_000
SIZES = (50, 500, 20_000)
BARS_US = {50: 6.0, 500: 20.0, 20_000: 600.0}
# By depth: how much of the bars, which are for folding, it may take.
DEPTHS = {"fold": 1, "sound": 2, "shape": 2}
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
    rounds = 3 if quick else 7
    chance = random.Random(20261123)
    words = made_words(chance)
    print(f"{'built from ' + str(len(words)) + ' words':<28}{'s':>8}{'MiB':>8}")
    runs: dict[str, Callable[[str], object]] = {name: built(name, build, words) for name, build in peers().items()}
    matchers = {f"scan, {depth}": built(f"scan, {depth}", matcher_at(depth), words) for depth in DEPTHS}
    other = "scan, fold, pyahocorasick"
    matchers[other] = built(other, matcher_at("fold", "pyahocorasick"), words)
    text = clean_text(chance, words, matchers["scan, shape"])
    runs["folding alone"] = fold
    runs |= {name: scanner(matcher) for name, matcher in matchers.items()}
    missed = compare(runs, text, rounds=rounds)
    missed += not caption_is_fast(matchers["scan, fold"], rounds=rounds)
    shipped_lists(rounds=rounds)
    return 1 if quick and missed else 0


def matcher_at(depth: str, engine: EngineName = "auto") -> Callable[[list[str]], Matcher]:
    """What builds our matcher."""

    def build(words: list[str]) -> Matcher:
        files = {"categories.yaml": CATEGORIES, "made.txt": f"{HEAD}# match: {depth}\n" + "\n".join(words)}
        return build_matcher(load_wordlists(files), engine=engine)

    return build


def built(name: str, build: Callable[[list[str]], T], words: list[str]) -> T:
    """Build it, and say how long that takes and what stays in memory."""
    gc.collect()
    before, began = memory_mib(), time.process_time()
    made = build(words)
    spent = time.process_time() - began
    gc.collect()
    print(f"{name:<28}{spent:>8.2f}{memory_mib() - before:>8.0f}")
    return made


def memory_mib() -> float:
    """Resident now; without /proc the most there ever was."""
    status = Path("/proc/self/statm")
    if status.exists():
        return int(status.read_text(encoding="ascii").split()[1]) * resource.getpagesize() / 2**20
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10


def made_words(chance: random.Random) -> list[str]:
    """Distinct words, lengths as in real lists: mostly two to four characters."""
    lengths = chance.choices(range(2, 9), (30, 25, 25, 10, 5, 3, 2), k=2 * WORDS)
    words = dict.fromkeys("".join(chance.choices(COMMON, k=length)) for length in lengths)
    distinct: dict[str, str] = {}
    for word in words:
        distinct.setdefault(fold(word).text, word)
    return list(distinct.values())[:WORDS]


def clean_text(chance: random.Random, words: list[str], deepest: Matcher) -> str:
    """20,000 characters of the same alphabet in which no word stands, disguised neither."""
    listed = {fold(word).text for word in words}
    run = scanner(deepest)
    text = ""
    while len(text) < SIZES[-1]:
        text += chance.choice(COMMON)
        if any(fold(text[-length:]).text in listed for length in range(2, 9)) or run(text[-30:]).hits:
            text = text[:-1]
    return text


def compare(runs: dict[str, Callable[[str], object]], text: str, *, rounds: int) -> int:
    """Print the table; the number of bars missed."""
    print(f"\n{'µs a text':<28}" + "".join(f"{size:>10,} chars  ratio" for size in SIZES))
    missed = 0
    base: dict[int, float] = {}
    for name, run in runs.items():
        spent = {size: spent_us(lambda part=text[:size], run=run: run(part), size, rounds) for size in SIZES}
        base = base or spent
        print_row(name, spent, base)
        if times := DEPTHS.get(name.removeprefix("scan, ")):
            over = [str(size) for size, bar in BARS_US.items() if spent[size] > times * bar]
            missed += len(over)
            told = f"MISSED at {', '.join(over)}" if over else "met"
            print(f"  bars ≤ {', '.join(f'{times * bar:g}' for bar in BARS_US.values())} µs: {told}")
    return missed


def caption_is_fast(matcher: Matcher, *, rounds: int) -> bool:
    """A whole caption: scan and personal data."""
    scan = scanner(matcher)
    spent = spent_us(lambda: (scan(CAPTION), find_personal_data(CAPTION)), len(CAPTION), rounds)
    is_fast = spent <= CAPTION_BAR_US
    print(f"a clean caption of {len(CAPTION)} characters, words and personal data: {spent:.1f} µs")
    print(f"bar ≤ {CAPTION_BAR_US:g} µs: {'met' if is_fast else 'MISSED'}")
    return is_fast


def shipped_lists(*, rounds: int) -> None:
    """The shipped lists, each at its own depths, on the honest shop titles."""
    root = Path(__file__).resolve().parents[1]
    files = {path.name: path.read_text(encoding="utf-8") for path in (root / "wordlists").iterdir()}
    lines = (root / "app/text/data/honest_shop_titles.tsv").read_text(encoding="utf-8").splitlines()
    text = "。".join(line.partition("\t")[2] for line in lines if not line.startswith("#"))
    run = scanner(build_matcher(load_wordlists(files)))
    spent = [spent_us(lambda part=text[:size]: run(part), size, rounds) for size in SIZES]
    told = ", ".join(f"{us:,.1f} µs for {size:,}" for us, size in zip(spent, SIZES, strict=True))
    print(f"the shipped lists on honest titles, characters: {told}")


def scanner(matcher: Matcher) -> Callable[[str], Scan]:
    context = Context("video_caption", AT)
    return lambda text: matcher.scan((TextField("title", text),), context)


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
