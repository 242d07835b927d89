"""What is not wrong in the packs and still wants somebody: references that lapse, reviews due, what is unsigned.

Parameters that have no name a person reads are told, too. None of it keeps a snapshot from taking force. The day is an
argument, so the same packs give the same notices.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from app.errors import Problem
from app.rules.definition import Pack, Rule, Status
from app.rules.grounds import Need, Reference, find_sign_off
from app.values.sign_off import SignOffs, written

LAPSES_WITHIN = timedelta(days=60)
REVIEW_WITHIN = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Unsigned:
    """Something unverified that nobody has signed, and the rules that act as reviews because of it."""

    need: Need
    rules: tuple[Rule, ...]


def notices(packs: Sequence[Pack], *, today: date, sign_offs: SignOffs) -> list[Problem]:
    """Every notice about rules that are not retired, each at its ``file:line``."""
    rules = _rules(packs)
    found = [*_references(packs, today), *_reviews(rules, today), *_untitled(packs)]
    for each in unsigned(packs, today=today, sign_offs=sign_offs):
        place = str(each.rules[0].place)
        names = ", ".join(rule.id for rule in each.rules)
        found.append(Problem(place, f"{names} acts as review: {each.need.told}", _way_out(each.need)))
    return found


def unsigned(packs: Sequence[Pack], *, today: date, sign_offs: SignOffs) -> list[Unsigned]:
    """What the rules of the packs rest on and nobody has signed for that day, one entry a value."""
    found: dict[tuple[object, ...], Unsigned] = {}
    for rule in _rules(packs):
        for need in rule.grounds.all_needs(today):
            if find_sign_off(need, today, sign_offs) is None:
                own = rule.id if need.object_type is None else need.name
                key = (need.object_type, need.pack, own, written(need.value))
                before = found.get(key)
                found[key] = Unsigned(need, (*before.rules, rule) if before else (rule,))
    return list(found.values())


def _rules(packs: Sequence[Pack]) -> list[Rule]:
    return [rule for pack in packs for rule in pack.rules if rule.status is not Status.RETIRED]


def _references(packs: Sequence[Pack], today: date) -> Iterator[Problem]:
    for pack in packs:
        for reference in pack.references.values():
            users = [rule.id for rule in _rules([pack]) if reference in rule.grounds.references]
            if not users or reference.valid_to is None or today + LAPSES_WITHIN < reference.valid_to:
                continue
            yield _lapse(reference, users, reference.valid_to, today)


def _lapse(reference: Reference, users: list[str], last: date, today: date) -> Problem:
    when = f"lapsed after {last}" if last < today else f"lapses after {last}"
    told = f"the reference {reference.name!r} {when}; it is used by {', '.join(users)}"
    return Problem(str(reference.place), told, "what took its place, as another reference of these rules")


def _reviews(rules: Sequence[Rule], today: date) -> Iterator[Problem]:
    for rule in rules:
        if rule.review_by <= today + REVIEW_WITHIN:
            when = "was due" if rule.review_by < today else "is due"
            told = f"the review of {rule.id} {when} on {rule.review_by}"
            yield Problem(str(rule.place), told, "a look at the rule, and a later review_by")


def _untitled(packs: Sequence[Pack]) -> Iterator[Problem]:
    """Parameters that a person would meet by the name conditions use."""
    for parameter in (each for pack in packs for each in pack.parameters.values()):
        if parameter.title is None:
            told = f"the parameter {parameter.name!r} has no title, so officers read its name"
            yield Problem(str(parameter.place), told, "title: a short Chinese name")


def _way_out(need: Need) -> str:
    if need.object_type is None:
        return "a reference that is in force"
    return f"a sign-off of the {need.object_type} {need.pack}.{need.name} with the value {written(need.value)}"
