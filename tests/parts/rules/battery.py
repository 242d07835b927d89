"""What a fault in the compiler has to get past: a short fuzz, a table of edges, and the engine's own promises."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from itertools import chain, product
from pathlib import Path

sys.path.append(str(Path(__file__).parent))

from sample_pack import KINDS, pack_files

from app.rules.engine import Engine, build_engine
from app.rules.expression import parse_condition
from app.rules.pack import load_packs
from app.rules.problems import ExpressionError
from tests.parts.rules.conditions import NOW, PARAMETERS
from tests.parts.rules.fuzz import NAMES, Difference, differences, run

FUZZED_PAIRS = 5_000
SEED = 20_261_125
EDGES = [
    "r.i < p5",
    "p5 < r.i",
    "not p5 <= r.i",
    "r.i <= p5",
    "not (r.i >= p5)",
    "not (r.i <= p5)",
    "p0 <= r.i < p5",
    "r.i == p5 or r.i != 0",
    "n.i == p5",
    "n.i == r.i",
    "n.i == e.i",
    "n.i == n.i",
    "n.i > p5 or e.b",
    "big > r.i",
    "r.i * p5 > big",
    "r.i == 9007199254740993",
    "not r.i == 9007199254740993",
    "n.t == word",
    "not (e.t == word)",
    "n.t == longer",
    "n.t == long",
    "n.t == widest",
    "n.t in ['food', '药品']",
    "n.t not in words",
    "e.b and not n.b",
    "n.i is None or r.i // (r.i - p5) == 0",
    "sum(x.n // (x.n - p5) for x in r.rows) > 0",
    "count(x.n > e.i for x in r.rows) > 0",
    "count(x.b for x in r.rows if x.n > 0) == p1",
    "sum(x.n for x in r.rows if x.b or e.b) >= p5",
    "any(x.b and e.b for x in r.rows)",
    "all(x.b or e.b for x in r.rows if x.n > 0)",
    "now - r.a > days(two_days)",
    "now < r.a + hours(p5 * 10)",
    "(r.b and n.i > 0) or (e.b and r.i > p5)",
    "(r.i < p5 or n.t == word) and (e.b or n.b) and not (r.i == 0)",
    "not (r.b and (n.i > 0 or e.b))",
    *(f"r.i in [0, 5, {', '.join(str(number) for number in range(first, first + 6))}]" for first in range(10, 70, 10)),
    f"r.i in [{', '.join(str(number) for number in range(9))}]",
]
_ROW = {"k": "", "n": 5, "b": True, "at": NOW, "a_fen": 1}
_VALUES = {
    "r.i": [0, 5, 6, 10**15, 2**53 + 1, -(2**60)],
    "n.i": [None, 5],
    "e.i": [None, 5, 4],
    "n.t": [None, "food", "x", "F" * 4095, "F" * 4096 + "a", "F" * 4096 + "b", "x" * 65_536, '"'],
    "e.b": [None, True, False],
    "r.rows": [[], [_ROW, {**_ROW, "k": "food", "n": 0, "b": False}]],
}
EVENTS = [
    dict(zip(_VALUES, values, strict=True))
    | {"n.b": number % 3 == 0 or None, "r.b": number % 2 == 0, "e.t": "food" if number % 5 else None}
    | {"r.a": NOW - timedelta(days=2, microseconds=number % 3 - 1)}
    for number, values in enumerate(product(*_VALUES.values()))
    if number % 7 == 0  # coprime to every length, so that all values still meet
]
LONGER = PARAMETERS["longer"]
EVENTS += [{"n.t": f"{LONGER}{number}"} for number in range(64)]
EVENTS += [{"n.t": "sha256:" + hashlib.sha256(LONGER.encode()).hexdigest()}, {"r.i": 10**5000}, {"r.i": -(10**5000)}]
REFUSED = ["r.fen > r.bp", "r.fen + r.i > cap_fen", "r.fen // r.bp > 0", "min(r.fen, n.bp) > cap_fen", "r.i > rate_bp"]
_NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
_LATE = {"paid_fen": 6000, "tags": [], "note": ""}


def first_difference() -> str | None:
    """What is wrong, or None."""
    cheap = chain(_broken_promises(), map(str, differences(EDGES, EVENTS)))
    if (found := next(cheap, None)) is not None:
        return found
    outcome = run(FUZZED_PAIRS, SEED, processes=1)
    return str(outcome) if isinstance(outcome, Difference) else None


def _broken_promises() -> Iterator[str]:
    yield from (f"accepted: {text}" for text in REFUSED if not _is_refused(text))
    march = {"change": {"from: 2026-01-01": "from: 2026-03-01"}}
    midnight = datetime(2026, 3, 1, tzinfo=timezone(timedelta(hours=8)))
    expected: list[tuple[str, dict[str, object], datetime, list[tuple[str, bool]]]] = [
        ("it blocks", {}, _NOON, [("block", False)]),
        ("a shadow is marked", {"change": {"status: live": "status: shadow"}}, _NOON, [("block", True)]),
        ("a draft is quiet", {"change": {"status: live": "status: draft"}}, _NOON, []),
        ("hearsay is a review", {"change": {"references: [law]": "references: [hearsay]"}}, _NOON, [("review", False)]),
        ("unknown is a review", {"when": "is_spot"}, _NOON, [("review", False)]),
        ("before its day a rule is quiet", march, midnight - timedelta(microseconds=1), []),
        ("from its day on it fires", march, midnight, [("block", False)]),
    ]
    for name, parts, now, wanted in expected:
        engine = _engine(**parts)
        firings = engine.evaluate("order.overdue", _LATE, now=now).firings
        if [(firing.decision.value, firing.shadow) for firing in firings] != wanted:
            yield f"{name}: {firings}"


def _is_refused(text: str) -> bool:
    try:
        parse_condition(text, **NAMES)
    except ExpressionError:
        return True
    return False


def _engine(**parts: object) -> Engine:
    return build_engine(load_packs(pack_files(**parts), kinds=KINDS), KINDS)
