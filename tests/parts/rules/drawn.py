"""Random conditions and facts as Hypothesis strategies, for laws whose examples shrink; the fuzz has its own."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import partial

from hypothesis import assume
from hypothesis import strategies as st

from app.rules.expression import MAX_NODES
from app.values.facts import EventKind, Fact, FactType, Origin, Presence
from tests.parts.rules.condition_pack import condition_pack

NOW = datetime(2026, 11, 22, 2, 4, 31, 123456, tzinfo=UTC)
ITEMS = {"k": FactType.TEXT, "n": FactType.INT, "b": FactType.BOOL, "at": FactType.INSTANT}
_TYPES = {"i": FactType.INT, "t": FactType.TEXT, "b": FactType.BOOL, "a": FactType.INSTANT, "l": FactType.TEXT_LIST}
_PRESENCE = {"r": Presence.REQUIRED, "n": Presence.NULLABLE, "e": Presence.EXPECTED}

KIND = EventKind(
    name="fuzz.event",
    subject="nothing",
    facts=(
        *(
            Fact(f"{letter}.{kind}", fact_type, presence, Origin.SENT)
            for letter, presence in _PRESENCE.items()
            for kind, fact_type in _TYPES.items()
        ),
        Fact("r.rows", FactType.RECORD_LIST, Presence.REQUIRED, Origin.COMPUTED, items=ITEMS),
        Fact("n.rows", FactType.RECORD_LIST, Presence.NULLABLE, Origin.SENT, items=ITEMS),
    ),
)
PARAMETERS: Mapping[str, object] = {
    "p0": 0,
    "p1": 1,
    "p5": 5,
    "m7": -7,
    "big": 10**15,
    "flag_on": True,
    "word": "food",
    "words": ("food", "药品", "a'b"),
    "two_days": 2,
}
_UNITS = {"flag_on": "flag", "word": "text", "words": "text", "two_days": "days"}

TEXTS = st.sampled_from(
    ["", "food", "药品", "a'b", "$and", '"', "\x00", "a\nb", "😀", "F" * 4095, "x" * 5000, "1", "sha256:1"]
)
INTS = st.integers(-8, 8) | st.sampled_from(
    [10**15, 2**53 - 1, 2**53, 2**53 + 1, -(2**53) - 1, 2**63 - 1, -(2**63), 10_000]
)
_SECOND = timedelta(seconds=1)
_EARLIER = [_SECOND, timedelta(microseconds=-1), timedelta(days=2), timedelta(days=2, seconds=1), timedelta()]
_FAR = [datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC), datetime(1970, 1, 1, tzinfo=UTC)]
INSTANTS = st.sampled_from([*(NOW - earlier for earlier in _EARLIER), *_FAR])
ROWS = st.lists(st.fixed_dictionaries({"k": TEXTS, "n": INTS, "b": st.booleans(), "at": INSTANTS}), max_size=4)
_VALUES = {"i": INTS, "t": TEXTS, "b": st.booleans(), "a": INSTANTS, "l": st.lists(TEXTS, max_size=4)}


def facts() -> st.SearchStrategy[dict[str, object]]:
    """Facts of the kind: some absent, some null."""
    values = {f"{letter}.{kind}": value for letter in _PRESENCE for kind, value in _VALUES.items()}
    values |= {"r.rows": ROWS, "n.rows": ROWS}
    usual = {name: value for name, value in values.items() if name.startswith("r.")}
    return st.fixed_dictionaries(
        {name: value | (st.none() if name == "r.i" else value) for name, value in usual.items()},
        optional={name: value | st.none() for name, value in values.items() if name not in usual},
    )


pack_files = partial(condition_pack, kind=KIND.name, parameters=PARAMETERS, units=_UNITS)


@st.composite
def conditions(draw: st.DrawFn) -> str:
    """The text of a well-typed condition that asks something of the event."""
    text = draw(_condition())
    assume(sum(1 for _ in ast.walk(ast.parse(text))) < MAX_NODES - 10)
    return text if re.search(r"\b[rne]\.|\bnow\b", text) else f"({text} or r.b)"


@st.composite
def _condition(draw: st.DrawFn, depth: int = 3, variable: str | None = None) -> str:
    """``variable`` is what is walked over, a row or a text, inside a walk."""
    leaf = [_order, _equal_int, _equal_text, _equal_bool, _bare, _none, _member, _matches, _time]
    branch = [_junction, _junction, _negation, *([_walk] if variable is None else [])]
    return draw(st.sampled_from([*leaf, *(branch * 2 if depth else [])]))(draw, depth - 1, variable)


def _junction(draw, depth, variable):
    parts = [draw(_condition(depth, variable)) for _ in range(draw(st.integers(2, 4)))]
    return "(" + draw(st.sampled_from([" and ", " or "])).join(parts) + ")"


def _negation(draw, depth, variable):
    return f"(not {draw(_condition(depth, variable))})"


def _order(draw, _depth, variable):
    op = draw(st.sampled_from(["<", "<=", ">", ">="]))
    left, right = _int(draw, 2, variable), _int(draw, 1, variable)
    return f"({left} {op} {right})" if draw(st.booleans()) else f"({_int(draw, 0, variable)} <= {left} < {right})"


def _equal_int(draw, _depth, variable):
    return f"({_int(draw, 1, variable)} {draw(st.sampled_from(['==', '!=']))} {_int(draw, 0, variable)})"


def _equal_text(draw, _depth, variable):
    right = draw(st.sampled_from(["word", repr(draw(TEXTS)[:40]), "n.t", "e.t"]))
    return f"({_text(draw, variable)} {draw(st.sampled_from(['==', '!=']))} {right})"


def _equal_bool(draw, _depth, _variable):
    left = draw(st.sampled_from(["r.b", "n.b", "e.b"]))
    return (
        f"({left} {draw(st.sampled_from(['==', '!=']))} {draw(st.sampled_from(['True', 'False', 'flag_on', 'n.b']))})"
    )


def _bare(draw, _depth, variable):
    return draw(st.sampled_from(["r.b", "n.b", "e.b", *(["x.b"] if variable == "row" else [])]))


def _none(draw, _depth, _variable):
    return f"(n.{draw(st.sampled_from('itbal'))} is {draw(st.sampled_from(['', 'not ']))}None)"


def _member(draw, _depth, variable):
    op = draw(st.sampled_from(["in", "not in"]))
    if draw(st.booleans()):
        return f"({_int(draw, 0, variable)} {op} [0, 5, -7])"
    many = draw(st.sampled_from(["words", "['food', '药品', '']", "r.l", "n.l", "e.l", "('food',)"]))
    return f"({_text(draw, variable)} {op} {many})"


def _matches(draw, _depth, variable):
    pattern = draw(st.sampled_from(["fo+d", "^$", "药", "x{50}", "[ab]'?b", "(a|b)\\n"]))
    return f"matches({_text(draw, variable)}, {pattern!r})"


def _time(draw, _depth, variable):
    left = draw(st.sampled_from(["now", "r.a", "n.a", "e.a", *(["x.at"] if variable == "row" else [])]))
    right = draw(st.sampled_from(["r.a", "n.a", "e.a", "now - days(two_days)", "r.a + hours(p5)", "max(n.a, now)"]))
    op = draw(st.sampled_from(["<", "<=", ">", ">=", "==", "!="]))
    return f"({left} {op} {right})" if draw(st.booleans()) else f"({left} - e.a {op} days(two_days))"


def _walk(draw, depth, _variable):
    source, kind = draw(st.sampled_from([("r.rows", "row"), ("n.rows", "row"), ("r.l", "text"), ("e.l", "text")]))
    body = draw(_condition(min(depth, 1), kind))
    test = f" if {draw(_condition(0, kind))}" if draw(st.booleans()) else ""
    shape = draw(st.sampled_from(["any", "all", "count", "sum"]))
    if shape in ("any", "all"):
        return f"{shape}({body} for x in {source}{test})"
    element = body if shape == "count" else _int(draw, 1, kind)
    return (
        f"({shape}({element} for x in {source}{test}) {draw(st.sampled_from(['>', '==', '<=']))} {_int(draw, 0, None)})"
    )


def _text(draw, variable):
    return draw(st.sampled_from(["r.t", "n.t", "e.t", *({"row": ["x.k"] * 3, "text": ["x"] * 3}.get(variable, []))]))


def _int(draw, depth, variable):
    if not depth or draw(st.integers(0, 2)) == 0:
        names = ["r.i", "n.i", "e.i", "r.i", "p0", "p1", "p5", "m7", "big", "0", "1"]
        return draw(st.sampled_from([*names, *(["x.n"] * 3 if variable == "row" else [])]))
    one, other = _int(draw, depth - 1, variable), _int(draw, depth - 1, variable)
    fact = draw(st.sampled_from(["r.i", "n.i", "e.i"]))
    shapes = [f"({one} + {other})", f"({one} - {other})", f"({one} * p5)", f"({one} // p5)", f"({one} // {fact})"]
    shapes += [f"min({fact}, {other})", f"max({other}, {fact})", f"clamp({fact}, m7, p5)", f"abs({fact})", f"(-{fact})"]
    shapes += [f"len({_text(draw, variable)})", "len(n.l)", "len(r.rows)"]
    return draw(st.sampled_from(shapes))
