"""Turns hits, firings, opinions and doubts into the one answer for a content.

The hardest voice wins and nothing softens another: a word's own verdict stands whatever the rules say. Shadow firings
are recorded and change nothing. Any doubt means that at least a person looks.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from app.values.deciding import Decision, Exempted, Firing, Hit, Opinion, PersonalDatum, Verdict, hardest


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
        hits=tuple(sorted(hits, key=_hit_order)),
        personal_data=tuple(sorted(personal_data, key=_datum_order)),
        firings=tuple(sorted(firings, key=_firing_order)),
        opinions=tuple(sorted(opinions, key=lambda opinion: (opinion.reviewer, repr(opinion)))),
        labels=tuple(sorted({label for firing in live for label in _labels(firing)})),
        advice=_unique(firing.reason for firing in live if firing.decision in {Verdict.WARN, Verdict.ALERT}),
        doubts=_unique(doubts),
        exempted=tuple(sorted(exempted, key=_exempted_order)),
    )


NOTHING_FOUND = Decision(Verdict.PASS)
"""The decision about a content that nothing speaks against: this very value."""


def _labels(firing: Firing) -> list[str]:
    return [str(effect["label"]) for effect in firing.effects if "label" in effect]


def _unique(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(texts)))


def _firing_order(firing: Firing) -> tuple[bool, int, str, str]:
    """Live before shadow, hard before mild; no two different firings are equal."""
    return (firing.shadow, -firing.decision.hardness, firing.rule, repr(firing))


def _hit_order(hit: Hit) -> tuple[object, ...]:
    """Where it stands, then what it is; no two hits that are told apart are equal."""
    place = (hit.field, -1 if hit.segment is None else hit.segment, hit.start, hit.end)
    return (*place, hit.wordlist, hit.word, hit.category, hit.verdict.hardness, hit.text, hit.source)


def _exempted_order(each: Exempted) -> tuple[object, ...]:
    segment = -1 if each.segment is None else each.segment
    return (each.field, segment, each.start, each.end, each.wordlist, each.word)


def _datum_order(datum: PersonalDatum) -> tuple[str, int, int, int, str]:
    return (datum.field, -1 if datum.segment is None else datum.segment, datum.start, datum.end, datum.kind)
