"""The functions of the expression language: their names for the checker, and how they are written for the reference."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FunctionDoc:
    """How a function is written and what it gives."""

    written: str
    gives: str
    doc: str


DURATIONS = ("days", "hours", "minutes", "seconds")
QUANTIFIERS = ("any", "all", "sum", "count")
EVIDENCE_FUNCTIONS = ("has_evidence", "lapsed_evidence")
MAX_ARGUMENTS = 8
_ORDERED = "numbers of one unit, instants or durations"
FUNCTIONS = {
    "clamp": FunctionDoc(
        "clamp(value, low, high)", "as value", f"value, but at least low and at most high; {_ORDERED}"
    ),
    "min": FunctionDoc("min(a, b, …)", "as a", f"the least of 2 to {MAX_ARGUMENTS} {_ORDERED}"),
    "max": FunctionDoc("max(a, b, …)", "as a", f"the greatest of 2 to {MAX_ARGUMENTS} {_ORDERED}"),
    "abs": FunctionDoc("abs(a)", "as a", "a number or a duration without its sign"),
    "len": FunctionDoc("len(a)", "int", "code points of a text, items of a list"),
    "matches": FunctionDoc("matches(text, r'…')", "bool", "whether the RE2 pattern occurs somewhere in the text"),
    **{name: FunctionDoc(f"{name}(n)", "duration", f"n {name}; n is plain or in {name}") for name in DURATIONS},
    "any": FunctionDoc("any(… for x in list)", "bool", "the condition holds for at least one item"),
    "all": FunctionDoc("all(… for x in list)", "bool", "the condition holds for every item"),
    "sum": FunctionDoc("sum(… for x in list)", "int", "the numbers of all items added up, in their unit"),
    "count": FunctionDoc("count(… for x in list)", "int", "for how many items the condition holds"),
    "has_evidence": FunctionDoc(
        "has_evidence('kind', …, claim=text, word=text, number=text, subject=text)",
        "bool",
        "the registry holds verified evidence of one of these kinds (none named: of any) that covers this and holds "
        "today. `claim`: registered for that claim, or for the very goods or person and no claim in particular; "
        "`word`: for exactly that; `number`: under that number or id; `subject`: for that very goods or person. "
        "Unknown where nobody asked the registry",
    ),
    "lapsed_evidence": FunctionDoc(
        "lapsed_evidence(text)",
        "bool",
        "the registry knows evidence of that number or id and it does not hold (refused, expired, taken back)",
    ),
}
