"""How a trick fared, and the table that says so."""

from __future__ import annotations

import json
import unicodedata
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass
class Tally:
    """How one trick fared.

    `peer` is what plain pyahocorasick found; `short_…` are the words too short for a deep row; `own` the finds of the
    planted word itself (in deep rows only where it has no gaps, which a digit may simply fill), `named` those of them
    that say which trick hid it, `names` which. `misses` and `unnamed` are (word, text).
    """

    total: int = 0
    found: int = 0
    peer: int = 0
    short_total: int = 0
    short_found: int = 0
    own: int = 0
    named: int = 0
    wrong_offsets: int = 0
    spilled: int = 0
    names: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    misses: list[tuple[str, str]] = field(default_factory=list)
    unnamed: list[tuple[str, str]] = field(default_factory=list)
    is_applicable: bool = True

    @property
    def share(self) -> float:
        return self.found / self.total if self.total else 1.0


def as_json(tallies: Mapping[str, Tally], bars: Mapping[str, float | None]) -> str:
    """Every row's figures; what was missed is left out."""
    rows = {}
    for name, tally in tallies.items():
        figures = {key: value for key, value in vars(tally).items() if key not in {"misses", "unnamed"}}
        rows[name] = {"bar": bars[name], "share": round(tally.share, 4), **figures}
    return json.dumps(rows, ensure_ascii=False, indent=1)


def print_table(tallies: Mapping[str, Tally], bars: Mapping[str, float | None]) -> None:
    """Found of planted; plain pyahocorasick; words too short for a deep row; how many finds name a trick, and which."""
    print(f"{'trick':<36}{'found':>6}/{'planted':<8}{'%':>6}{'bar':>6}{'':>8}{'peer %':>8}{'short %':>8}{'named %':>9}")
    for name, tally in tallies.items():
        bar = bars[name]
        if not tally.is_applicable:
            print(f"{_padded(name, 36)}   n/a: no list allows it")
            continue
        verdict = "" if bar is None else "met" if tally.share >= bar else "MISSED"
        print(
            f"{_padded(name, 36)}{tally.found:>6}/{tally.total:<8}{_percent(tally.found, tally.total):>6}"
            f"{f'{bar:.0%}' if bar else '–':>6}{verdict:>8}"
            f"{'–' if tally.kinds else _percent(tally.peer, tally.total):>8}"
            f"{_percent(tally.short_found, tally.short_total):>8}{_percent(tally.named, tally.own):>9}  {_names(tally)}"
        )
    missed = [name for name, bar in bars.items() if bar and tallies[name].share < bar]
    print(
        f"hits whose text is not what stands at their place: {sum(tally.wrong_offsets for tally in tallies.values())}"
    )
    print(f"hits that reach beyond what was planted: {sum(tally.spilled for tally in tallies.values())}")
    print(f"bars missed: {len(missed)}{': ' * bool(missed)}{', '.join(missed)}")


def print_misses(name: str, tally: Tally) -> None:
    """The words most often missed, and those found without a trick being named; an example each."""
    for what, cases in (("missed", tally.misses), ("found but naming no trick", tally.unnamed)):
        print(f"\n{name}: {len(cases)} of {tally.total} {what}")
        examples = dict(reversed(cases))
        for word, count in Counter(word for word, _ in cases).most_common(25):
            print(f"  {count} × {word}: {examples[word]!r}")


def _names(tally: Tally) -> str:
    names = [f"{name} {_percent(count, tally.own)}" for name, count in tally.names.most_common(4) if tally.own]
    return ", ".join([*names, *(f"{kind} {_percent(tally.names[kind], count)}" for kind, count in tally.kinds.items())])


def _percent(part: int, whole: int) -> str:
    return f"{part * 100 / whole:.1f}" if whole else "–"


def _padded(text: str, size: int) -> str:
    return text + " " * (size - sum(1 + (unicodedata.east_asian_width(char) in "WF") for char in text))
