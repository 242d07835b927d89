"""What is told of a candidate that counts: a hit with its place in what was sent, or a word that is lawful here."""

from __future__ import annotations

import re
import unicodedata

from app.text.candidates import Candidate
from app.text.passage import Passage
from app.text.spellings import Trick
from app.text.told_of import is_told_of
from app.text.tricks import tricks_between
from app.text.words import Exemption
from app.values.deciding import Exempted, Hit, Verdict

_GAP = re.compile(r"\{[^}]*\}")


def hit_of(passage: Passage, candidate: Candidate) -> Hit:
    """The hit, with the tricks that hid the word."""
    target = candidate.target
    word = target.word
    place = passage.place(candidate.start, candidate.end)
    mark = "" if place.is_split else place.field.text[place.end : place.end + 1]
    original = place.original + mark if mark and unicodedata.combining(mark) else place.original
    tricks = list(tricks_between(original, _GAP.sub("", word.text)))
    tricks += [candidate.trick.label] * (candidate.trick is not Trick.PLAIN)
    tricks += ["split_over_segments"] * place.is_split
    return Hit(
        field=place.field.name,
        start=place.start,
        end=place.end,
        text=place.field.text[place.start : place.end],
        word=word.text,
        category=target.wordlist.category,
        wordlist=target.wordlist.name,
        verdict=_verdict(passage, candidate),
        source=word.source or target.wordlist.source,
        hidden_by=tuple(dict.fromkeys(tricks)),
        suggestion=target.suggestion,
        segment=place.field.segment,
        at_ms=place.field.at_ms,
    )


def _verdict(passage: Passage, candidate: Candidate) -> Verdict:
    verdict = candidate.verdict
    is_doubtful = verdict is Verdict.BLOCK and is_told_of(passage.text, candidate.start, candidate.end)
    return Verdict.REVIEW if is_doubtful else verdict


def exempted_of(passage: Passage, candidate: Candidate, exemption: Exemption) -> Exempted:
    """The word that would be a hit but for the exemption."""
    place = passage.place(candidate.start, candidate.end)
    return Exempted(
        field=place.field.name,
        start=place.start,
        end=place.end,
        text=place.field.text[place.start : place.end],
        word=candidate.target.word.text,
        wordlist=candidate.target.wordlist.name,
        category=candidate.target.wordlist.category,
        reason=exemption.reason,
        valid_to=exemption.last_day,
        segment=place.field.segment,
        at_ms=place.field.at_ms,
    )
