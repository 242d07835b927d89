"""Writes random conditions, amounts and events over the fuzz's event kind, and nothing that the language refuses.

Everything is drawn from one ``random.Random``, so a seed writes the same again. Hypothesis would draw the same a
hundred times slower, and its shrinking of such a generator took minutes: ``shrink.py`` works on the texts instead.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum
from random import Random

NOW = datetime(2026, 11, 22, 2, 4, 31, 123456, tzinfo=UTC)
LETTERS = "rne"  # required, nullable, expected
_LONG = "F" * 4095


class Channel(StrEnum):
    """A text fact may be an enumeration's member."""

    FOOD = "food"


PLAIN_TEXTS = ["", "food", "药品", "a'b", "1", "5", "null", "true", "$and"]
ODD_TEXTS = [
    *(
        '"',
        "\\",
        '\\"',
        "\x00",
        "a\x00b",
        "a\nb",
        "\n",
        "\x7f",
        "\u2028",
        "😀",
        "👨‍👩‍👧",
        "\ud800",
        "x\udfff",
        "\ude00\ud83d",
    ),
    *(
        "\u202eabc",
        "é",
        "é",
        "sha256:1",
        "sha256:" + hashlib.sha256(b"F" * 4096 + b"a").hexdigest(),
        '","n0":1.0,"x":"',
        "}",
    ),
]
LONG_TEXTS = [
    *(_LONG, _LONG + "F", _LONG + "Fa", _LONG + "Fb", "药" * 4095, "药" * 4096, "😀" * 4095),
    *("x" * size for size in (900, 65_534, 65_535, 65_536, 65_537)),
    "x" * 65_536 + "y",
]
INTS = [0, 1, -1, 4, 5, 6, -7, -8, 7, 2, 499, 500, 501, 10_000]
BIG_INTS = [
    *(sign * (2**53 + step) for sign in (1, -1) for step in (-2, -1, 0, 1, 2)),
    *(10**15, 10**15 + 1, 2**63 - 1, -(2**63), 2**64, 10**30, -(10**30), 10**400),
]
_STEPS = [timedelta(seconds=1), timedelta(microseconds=-1), timedelta(microseconds=1), timedelta(), timedelta(hours=5)]
INSTANTS = [
    *(NOW - step for step in _STEPS),
    *(NOW - timedelta(days=2) + step for step in _STEPS),
    (NOW - timedelta(days=2)).astimezone(timezone(timedelta(hours=8))),
    datetime(1970, 1, 1, tzinfo=UTC),
    datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14))),
    datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=timezone(timedelta(hours=-12))),
]
_WRONG = {
    "i": [True, 5.0, "5", [5]],
    "t": [5, b"food", ["food"]],
    "b": [0, 1, "true"],
    "a": [NOW.isoformat(), NOW.replace(tzinfo=None), 0],
    "l": ["food", [1], ["food", None], {"food"}],
    "rows": ["x", [5], {"k": "food"}, [None]],
}
_ABSENT, _NULL, _MISTAKEN = 0.12, 0.24, 0.26


class Writer:
    """What it writes depends on ``chance`` alone. ``walked`` names what stands around: x or y, a row or a text."""

    def __init__(self, chance: Random) -> None:
        self.chance = chance
        self.pick = chance.choice

    def event(self, *, mistakes: bool = True) -> dict[str, object]:
        """Facts in any order: some absent, some null, with ``mistakes`` a few of the wrong type."""
        kinds = [(f"{letter}.{kind}", kind) for letter in LETTERS for kind in ("i", "t", "b", "a", "l", "rows")]
        kinds += [(f"{letter}.{unit}", "i") for letter in LETTERS for unit in ("fen", "bp")]
        self.chance.shuffle(kinds)
        event = {}
        for name, kind in kinds:
            dice = self.chance.random()
            if dice < _ABSENT:
                continue
            mistaken = mistakes and _NULL <= dice < _MISTAKEN
            event[name] = None if dice < _NULL else self.pick(_WRONG[kind]) if mistaken else self._value(kind)
        return event

    def _value(self, kind: str) -> object:
        if kind == "i":
            return self.pick(BIG_INTS) if self.chance.random() < 0.2 else self.pick(INTS)
        if kind == "t":
            return self._a_text()
        if kind == "b":
            return self.chance.random() < 0.5
        if kind == "a":
            return self.pick(INSTANTS)
        many = [(self._a_text() if kind == "l" else self._row()) for _ in range(self.pick([0, 0, 1, 1, 2, 3]))]
        return tuple(many) if self.chance.random() < 0.2 else many

    def _a_text(self) -> str:
        dice = self.chance.random()
        if dice < 0.55:
            return self.pick(PLAIN_TEXTS)
        return Channel.FOOD if dice < 0.6 else self.pick(ODD_TEXTS) if dice < 0.85 else self.pick(LONG_TEXTS)

    def _row(self) -> dict[str, object]:
        return {
            name: self._value(kind) for name, kind in (("k", "t"), ("n", "i"), ("b", "b"), ("at", "a"), ("a_fen", "i"))
        }

    def condition(self, depth: int = 3, walked: tuple[tuple[str, str], ...] = ()) -> str:
        """A condition of at most that many levels of and, or, not and walks."""
        leaves = [self._order, self._equal, self._text_equal, self._flag_equal, self._bare, self._none]
        leaves += [self._member, self._pattern, self._time, self._span, self._money_order]
        branches = [self._junction, self._junction, self._negation, *([self._walk] if len(walked) < 2 else [])]
        return self.pick([*leaves, *(branches * 3 if depth > 0 else [])])(depth - 1, walked)

    def amount(self) -> str:
        """A whole number in fen."""
        return self._money(2, ())

    def _junction(self, depth, walked):
        parts = [self.condition(depth, walked) for _ in range(self.pick([2, 2, 3, 4]))]
        return "(" + self.pick([" and ", " or "]).join(parts) + ")"

    def _negation(self, depth, walked):
        return f"(not {self.condition(depth, walked)})"

    def _walk(self, depth, walked):
        """any, all, count or sum over a list; a second one may stand inside the first."""
        variable = "y" if walked else "x"
        rows, texts = [f"{letter}.rows" for letter in LETTERS], [f"{letter}.l" for letter in LETTERS]
        source, kind = self.pick([(self.pick(rows), "row"), (self.pick(rows), "row"), (self.pick(texts), "text")])
        inner = (*walked, (variable, kind))
        loop = f"for {variable} in {source}" + (f" if {self.condition(0, inner)}" if self.pick([0, 1]) else "")
        shape = self.pick(["any", "all", "count", "sum"])
        if shape in ("any", "all"):
            return f"{shape}({self.condition(min(depth, 1), inner)} {loop})"
        body = self.condition(min(depth, 1), inner) if shape == "count" else self._int(1, inner)
        return f"({shape}({body} {loop}) {self._sign()} {self._int(0, walked)})"

    def _sign(self):
        return self.pick(["<", "<=", ">", ">=", "==", "!="])

    def _order(self, _depth, walked):
        op, middle = self.pick(["<", "<=", ">", ">="]), self._int(2, walked)
        if self.pick([0, 0, 1]):
            return f"({self._int(0, walked)} {self.pick(['<', '<=', '=='])} {middle} {op} {self._int(1, walked)})"
        return f"({middle} {op} {self._int(1, walked)})"

    def _equal(self, _depth, walked):
        return f"({self._int(1, walked)} {self.pick(['==', '!='])} {self._int(0, walked)})"

    def _money_order(self, _depth, walked):
        if self.pick([0, 0, 0, 1]):
            ratio = self.pick(["n.bp", "e.bp", "(r.fen * 10000 // n.fen)", "(e.fen * 10000 // cap_fen)"])
            return f"({ratio} {self._sign()} rate_bp)"
        return f"({self._money(2, walked)} {self._sign()} {self._money(1, walked)})"

    def _text_equal(self, _depth, walked):
        right = self.pick(
            ["word", "long", "longer", "widest", repr(self.pick(PLAIN_TEXTS)), repr(self.pick(ODD_TEXTS)), "n.t", "e.t"]
        )
        sides = [self._text(walked), right]
        self.chance.shuffle(sides)
        return f"({sides[0]} {self.pick(['==', '!='])} {sides[1]})"

    def _flag_equal(self, _depth, walked):
        left = self.pick(["r.b", "n.b", "e.b", *(f"{name}.b" for name, kind in walked if kind == "row")])
        return f"({left} {self.pick(['==', '!='])} {self.pick(['True', 'False', 'flag_on', 'n.b', 'e.b'])})"

    def _bare(self, _depth, walked):
        return self.pick(
            ["r.b", "n.b", "e.b", "flag_on", "True", *(f"{name}.b" for name, kind in walked if kind == "row")]
        )

    def _none(self, _depth, _walked):
        return f"(n.{self.pick(['i', 't', 'b', 'a', 'l', 'rows', 'fen'])} is {self.pick(['', 'not '])}None)"

    def _member(self, _depth, walked):
        op = self.pick(["in", "not in"])
        if self.pick([0, 1]):
            return (
                f"({self._int(0, walked)} {op} {self.pick(['[0, 5, -7]', '[1]', '(0, 1, 2, 4, 5, 6, 7, 500, 501)'])})"
            )
        many = ["words", "['food', '药品', '']", "('food',)", "['\\x00', '\"', '1']", "r.l", "n.l", "e.l"]
        return f"({self._text(walked)} {op} {self.pick(many)})"

    def _pattern(self, _depth, walked):
        patterns = ["fo+d", "^$", "^.$", "药", "x{50}", "[ab]'?b", "(a|b)\\n", "^5?$", "F$"]
        return f"matches({self._text(walked)}, {self.pick(patterns)!r})"

    def _time(self, _depth, walked):
        return f"({self._instant(1, walked)} {self._sign()} {self._instant(1, walked)})"

    def _span(self, _depth, walked):
        return f"({self._duration(2, walked)} {self._sign()} {self._duration(1, walked)})"

    def _text(self, walked):
        around = [name if kind == "text" else f"{name}.k" for name, kind in walked]
        return self.pick(["r.t", "n.t", "e.t", *around * 3])

    def _instant(self, depth, walked):
        plain = ["now", "r.a", "n.a", "e.a", *(f"{name}.at" for name, kind in walked if kind == "row")]
        if depth <= 0 or self.pick([0, 1]):
            return self.pick(plain)
        one, span = self._instant(depth - 1, walked), self._duration(0, walked)
        return self.pick(
            [f"({one} + {span})", f"({span} + {one})", f"({one} - {span})", f"max({one}, {self.pick(plain)})"]
        )

    def _duration(self, depth, walked):
        if depth <= 0 or self.pick([0, 1]):
            return self.pick(["days(two_days)", "hours(p5)", "hours(r.i)", "seconds(n.i)", "minutes(m7)", "days(1)"])
        one, other = self._duration(depth - 1, walked), self._duration(0, walked)
        between = f"({self._instant(0, walked)} - {self._instant(0, walked)})"
        return self.pick(
            [
                between,
                between,
                f"({one} + {other})",
                f"({one} - {other})",
                f"abs({between})",
                f"(-{one})",
                f"min({one}, {other})",
            ]
        )

    def _int(self, depth, walked):
        if depth <= 0 or self.pick([0, 0, 1]):
            around = [f"{name}.n" if kind == "row" else f"len({name})" for name, kind in walked]
            return self.pick(["r.i", "n.i", "e.i", "r.i", "p0", "p1", "p5", "m7", "big", "0", "1", *around * 3])
        one, other, fact = self._int(depth - 1, walked), self._int(depth - 1, walked), self.pick(["r.i", "n.i", "e.i"])
        shapes = [f"({one} + {other})", f"({one} - {other})", f"({one} * p5)", f"({one} // p5)", f"({one} // {fact})"]
        shapes += [
            f"({one} // m7)",
            f"min({fact}, {other})",
            f"max({other}, {fact})",
            f"clamp({fact}, m7, p5)",
            f"clamp({one}, {other}, {fact})",
        ]
        shapes += [
            f"abs({fact})",
            f"(-{fact})",
            f"len({self._text(walked)})",
            "len(n.l)",
            "len(r.rows)",
            f"({fact} * {one})",
        ]
        return self.pick(shapes)

    def _money(self, depth, walked):
        if depth <= 0 or self.pick([0, 0, 1]):
            around = [f"{name}.a_fen" for name, kind in walked if kind == "row"]
            return self.pick(["r.fen", "n.fen", "e.fen", "cap_fen", *around * 2])
        one, other = self._money(depth - 1, walked), self._money(depth - 1, walked)
        fact = self.pick(["r.fen", "n.fen", "e.fen"])
        shapes = [
            f"({one} + {other})",
            f"({one} - {other})",
            f"({fact} * rate_bp // 10000)",
            f"({fact} * n.bp // 10000)",
        ]
        shapes += [
            f"clamp({one}, cap_fen, {fact})",
            f"min({one}, {fact})",
            f"({one} // r.i)",
            f"({fact} * e.i)",
            f"abs(-{fact})",
        ]
        if not walked:
            shapes += ["sum(x.a_fen for x in r.rows if x.b)", "sum(x.a_fen * rate_bp // 10000 for x in n.rows)"]
        return self.pick(shapes)
