"""Turns hits, firings, opinions and doubts into the one answer for a content.

The hardest voice wins and nothing softens another: a word's own verdict stands whatever the rules say. Shadow firings
are recorded and change nothing. Any doubt means that at least a person looks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from app.values.deciding import Decision, Exempted, Firing, Hit, Opinion, PersonalDatum, Verdict, hardest

_T = TypeVar("_T")


def decide(
    *,
    hits: Sequence[Hit],
    personal_data: Sequence[PersonalDatum],
    firings: Sequence[Firing],
    opinions: Sequence[Opinion] = (),
    doubts: Sequence[str] = (),
    exempted: Sequence[Exempted] = (),
) -> Decision:
    """One of pass, label, review, block, with everything that led to it in an order that does not depend on chance.

    A live firing whose effects say ``label`` adds that label; live firings of alert and warn add their reasons as
    advice. Personal data by itself decides nothing: rules and the caller's settings do. What is exempted is
    only told.
    """
    if not (hits or personal_data or firings or opinions or doubts or exempted):
        return NOTHING_FOUND
    live = [firing for firing in firings if not firing.shadow]
    voices = [
        *(hit.verdict for hit in hits),
        *(firing.decision for firing in live),
        *(opinion.verdict for opinion in opinions),
        *([Verdict.REVIEW] if doubts else []),
    ]
    return Decision(
        decision=hardest(voices).answer,
        hits=_ordered(hits, _hit_order),
        personal_data=_ordered(personal_data, _datum_order),
        firings=_ordered(firings, _firing_order if _each_once(firings) else _same_firing_order),
        opinions=_ordered(opinions, lambda opinion: (opinion.reviewer, repr(opinion))),
        labels=tuple(sorted({label for firing in live for label in _labels(firing)})) if live else (),
        advice=_unique(firing.reason for firing in live if firing.decision in {Verdict.WARN, Verdict.ALERT}),
        doubts=_unique(doubts),
        exempted=_ordered(exempted, _exempted_order),
    )


NOTHING_FOUND = Decision(Verdict.PASS)
"""The decision about a content that nothing speaks against: this very value."""


def _ordered(found: Sequence[_T], order: Callable[[_T], Any]) -> tuple[_T, ...]:
    """In their order; one alone, as mostly, is in it."""
    return tuple(found) if len(found) < 2 else tuple(sorted(found, key=order))  # noqa: PLR2004 - one alone


def _each_once(firings: Sequence[Firing]) -> bool:
    """Whether no rule fired twice, as one of two kinds may."""
    return len(firings) < 2 or len({firing.rule for firing in firings}) == len(firings)  # noqa: PLR2004 - one alone


def _labels(firing: Firing) -> list[str]:
    return [str(effect["label"]) for effect in firing.effects if "label" in effect]


def _unique(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(unique)) if (unique := set(texts)) else ()


def _firing_order(firing: Firing) -> tuple[bool, int, str]:
    """Live before shadow, hard before mild, then by rule."""
    return (firing.shadow, -firing.decision.hardness, firing.rule)


def _same_firing_order(firing: Firing) -> tuple[bool, int, str, str]:
    """The same where a rule fired more than once; no two different firings are equal."""
    return (*_firing_order(firing), repr(firing))


def _hit_order(hit: Hit) -> tuple[object, ...]:
    """Where it stands, then what it is; no two hits that are told apart are equal."""
    place = (hit.field, -1 if hit.segment is None else hit.segment, hit.start, hit.end)
    return (*place, hit.wordlist, hit.word, hit.category, hit.verdict.hardness, hit.text, hit.source)


def _exempted_order(each: Exempted) -> tuple[object, ...]:
    segment = -1 if each.segment is None else each.segment
    return (each.field, segment, each.start, each.end, each.wordlist, each.word)


def _datum_order(datum: PersonalDatum) -> tuple[str, int, int, int, str]:
    return (datum.field, -1 if datum.segment is None else datum.segment, datum.start, datum.end, datum.kind)
