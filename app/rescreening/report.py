"""The counts of a re-screening as the report that people and machines read."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Mapping
from typing import Any

from app.rescreening.changes import DIMENSIONS, UNKNOWN, Changes

SHOWN = 200
"""Names of a dimension in the report, those with most changes first; all of them are in the CSV."""
_ORDER = {name: place for place, name in enumerate((UNKNOWN, "pass", "label", "review", "block"))}
_STOPPED = frozenset({"review", "block"})
_COLUMNS = ("dimension", "name", "before", "after", "count")


def report(changes: Changes, about: Mapping[str, Any]) -> dict[str, Any]:
    """The report as plain data; ``about`` says by what was judged, and as of when."""
    return {
        **about,
        "looked_at": changes.looked_at,
        "unreadable": changes.unreadable,
        "changed": changes.changed,
        "newly_stopped": _newly_stopped(changes),
        "verdicts": [
            {"before": before, "after": after, "count": count}
            for (before, after), count in sorted(changes.verdicts.items(), key=lambda each: _cell_order(each[0]))
        ],
        "by": {name: _dimension(changes.by[name]) for name in DIMENSIONS},
        "samples": [
            sample
            for _, kept in sorted(changes.samples.items(), key=lambda each: _cell_order(each[0]))
            for _, sample in kept
        ],
        "problems": changes.problems,
    }


def as_csv(changes: Changes) -> str:
    """Every count, one a line; what a spreadsheet would take for a formula is defused."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(_COLUMNS)
    for (before, after), count in sorted(changes.verdicts.items(), key=lambda each: _cell_order(each[0])):
        writer.writerow(("all", "", before, after, count))
    for name in DIMENSIONS:
        for (each, before, after), count in sorted(changes.by[name].items()):
            writer.writerow((name, _defused(each), before, after, count))
    return out.getvalue()


def _dimension(counts: Counter[tuple[str, str, str]]) -> list[dict[str, Any]]:
    """Each name with how many contents it is about, how many of them change, and how many are newly stopped."""
    rows: dict[str, dict[str, Any]] = {}
    for (name, before, after), count in counts.items():
        row = rows.setdefault(name, {"name": name, "contents": 0, "changed": 0, "newly_stopped": 0})
        row["contents"] += count
        row["changed"] += count * (after in _STOPPED if before == UNKNOWN else before != after)
        row["newly_stopped"] += count * (after in _STOPPED and before not in _STOPPED)
    ordered = sorted(rows.values(), key=lambda row: (-row["changed"], -row["contents"], row["name"]))
    return ordered[:SHOWN]


def _newly_stopped(changes: Changes) -> int:
    cells = changes.verdicts.items()
    return sum(count for (before, after), count in cells if after in _STOPPED and before not in _STOPPED)


def _cell_order(cell: tuple[str, str]) -> tuple[int, int]:
    return _ORDER.get(cell[0], len(_ORDER)), _ORDER.get(cell[1], len(_ORDER))


def _defused(text: str) -> str:
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
