"""What a rule does when it fires: a verdict on the ladder, a label, and effects that other parts carry out.

Effects stay data here. Only their amounts are looked at: a key that ends in a unit (``amount_fen``, ``ratio_bp``) holds
an expression of that unit, and a bare number is refused, because an amount without a name has no origin.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from app.rules.problems import ExpressionError
from app.values.deciding import Verdict

VERDICTS = {each.value: each for each in Verdict if each is not Verdict.LABEL}
MONEY = ("compensate", "recover")
EFFECTS = (*MONEY, "freeze", "retry", "open_case", "notify")
_NEEDED = {"compensate": ("cause", "amount_fen"), "recover": ("amount_fen",)}
_UNIT_SUFFIXES = ("fen", "bp", "seconds", "minutes", "hours", "days", "count")


@dataclass(frozen=True, slots=True)
class Effect:
    """One effect: ``data`` as written, ``amounts`` the expressions to work out (key → text and unit)."""

    verb: str
    data: Mapping[str, object]
    amounts: Mapping[str, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Consequence:
    """A whole ``then:``: the verdict (pass when only effects are named), labels and effects."""

    verdict: Verdict
    labels: tuple[str, ...]
    effects: tuple[Effect, ...]


def read_entry(entry: str | Mapping[str, object]) -> Verdict | str | Effect:
    """One entry of ``then:`` as a verdict, a label's text or an effect; raises ExpressionError."""
    if isinstance(entry, str):
        verb, value = entry, None
    elif len(entry) == 1:
        verb, value = next(iter(entry.items()))
    else:
        raise ExpressionError("an entry of then names one thing", expected="- block, or - label: advertisement")
    if verb in VERDICTS and value is None:
        return VERDICTS[verb]
    if verb == "label" and isinstance(value, str) and value:
        return value
    if verb in EFFECTS and (value is None or isinstance(value, Mapping)):
        return _effect(verb, dict(value or {}))
    known = [*VERDICTS, "label", *EFFECTS]
    near = get_close_matches(verb, known, n=1)
    if verb in known:
        expected = {"label": "label: text"}.get(verb, verb if verb in VERDICTS else f"{verb}: a mapping")
        raise ExpressionError(f"{verb!r} is not written like this", expected=expected)
    raise ExpressionError(
        f"unknown decision {verb!r:.60}", expected=f"{near[0]!r}, did you mean that?" if near else ", ".join(known)
    )


def _effect(verb: str, data: dict[str, object]) -> Effect:
    for key in _NEEDED.get(verb, ()):
        if key not in data:
            raise ExpressionError(f"{verb} lacks {key!r}", expected=", ".join(_NEEDED[verb]))
    amounts: dict[str, tuple[str, str]] = {}
    for key, value in data.items():
        unit = key.rpartition("_")[2]
        if unit in _UNIT_SUFFIXES and key != unit:
            if not isinstance(value, str):
                raise ExpressionError(
                    f"{verb}.{key} is a number without a name", expected="a parameter or an expression"
                )
            amounts[key] = (value, unit)
        elif not isinstance(value, str | bool | int):
            raise ExpressionError(f"{verb}.{key} is not a plain value", expected="a text, a number or true/false")
    return Effect(verb, data, amounts)
