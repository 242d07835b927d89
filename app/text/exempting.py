"""Taking out of what was found the words that are lawful for this shop.

Only a word that stands there as listed is exempted. Who writes it in pinyin, in pieces or by a homophone does not write
a registered trademark.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from app.text.allowed import read_contexts
from app.text.candidates import Candidate
from app.text.spellings import Trick
from app.text.words import Context, Exemption

EXPIRES_SOON = timedelta(days=30)
"""How long before its end an exemption is named, so that it can be shown again in time."""


class Exempting:
    """A snapshot's exemptions by shop. Immutable and shared by threads."""

    def __init__(self, exemptions: Iterable[Exemption]) -> None:
        self._by_shop: dict[str, list[Exemption]] = {}
        for each in exemptions:
            self._by_shop.setdefault(each.shop, []).append(each)

    def speaks_of(self, shop: str) -> bool:
        """Whether anything is exempted for the shop, at whatever time."""
        return shop in self._by_shop

    def in_force(self, context: Context) -> Sequence[Exemption]:
        """Those that hold for the context; none for an unknown shop, because doubt is not a pass."""
        if context.shop not in self._by_shop:
            return ()
        return [each for each in self._by_shop[context.shop] if each.where.covers(context)]


def split_exempted(
    candidates: Sequence[Candidate], exemptions: Sequence[Exemption], text: str
) -> tuple[Sequence[Candidate], list[tuple[Candidate, Exemption]]]:
    """What counts of the candidates in a folded text, and what is exempted with the first exemption that says so."""
    if not exemptions:
        return candidates, []
    counted: list[Candidate] = []
    exempted: list[tuple[Candidate, Exemption]] = []
    for candidate in candidates:
        exemption = _exemption_of(candidate, exemptions, text)
        if exemption is None:
            counted.append(candidate)
        else:
            exempted.append((candidate, exemption))
    return counted, exempted


def ending(exemptions: Iterable[Exemption], *, day: date) -> list[Exemption]:
    """Those that have ended or end soon after the Chinese calendar day, first to end first."""
    soon = (each for each in exemptions if each.last_day - day <= EXPIRES_SOON)
    return sorted(soon, key=lambda each: (each.last_day, each.line))


def _exemption_of(candidate: Candidate, exemptions: Sequence[Exemption], text: str) -> Exemption | None:
    if candidate.trick is not Trick.PLAIN:
        return None
    key = candidate.target.wordlist.name, candidate.target.word.text
    return next((each for each in exemptions if key in each.words and _is_within(each, candidate, text)), None)


def _is_within(exemption: Exemption, candidate: Candidate, text: str) -> bool:
    phrases = exemption.within
    return not phrases or read_contexts(phrases).cover(text, candidate.start, candidate.end)
