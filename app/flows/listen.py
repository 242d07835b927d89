"""Listening: what a matcher finds in new utterances read together with their neighbours. Pure.

new utterances + neighbours ─ runs of one voice ─ Matcher.scan over the run ─ hits that touch something new ─ once each
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate
from typing import Any

from app.flows.judge_content import Judge
from app.live.corrections import is_correcting
from app.live.window import AROUND, Utterance, runs
from app.text.constructions import read_closely
from app.text.match import Context, TextField
from app.text.personal_data import find_personal_data, redact
from app.values.deciding import Hit

SPOKEN_AS = "live_speech"
_SENTENCE_CHARS = 200
_AFTER_CHARS = 24
_SPLIT = "split_over_segments"


@dataclass(frozen=True, slots=True)
class HeardHit:
    """A listed word, where it begins, and the sentence around it with personal data starred."""

    said: Utterance
    hit: Hit
    sentence: str

    @property
    def key(self) -> tuple[int, int, str, str]:
        """What makes it one hit."""
        return (self.said.sequence, self.hit.start, self.hit.wordlist, self.hit.word)

    @property
    def word_key(self) -> str:
        """The word, whichever time it is said."""
        return f"{self.hit.wordlist}:{self.hit.word}"

    def answer(self) -> Mapping[str, Any]:
        """As plain JSON, in the contract's names."""
        return {
            "sequence": self.said.sequence,
            "said_at": self.said.at,
            "speaker": self.said.speaker or None,
            "start": self.hit.start,
            "end": self.hit.end,
            "text": redact(self.hit.text, find_personal_data(self.hit.text)),
            "word": self.hit.word,
            "category": self.hit.category,
            "wordlist": self.hit.wordlist,
            "verdict": self.hit.verdict.value,
            "source": self.hit.source,
            "hidden_by": list(self.hit.hidden_by),
            "suggestion": self.hit.suggestion,
            "sentence": self.sentence,
        }


def listen(
    judge: Judge,
    heard: Sequence[Utterance],
    fresh: Collection[int],
    *,
    told: Collection[tuple[int, int, str, str]],
    shop_id: str,
    category: str | None,
    now: datetime,
) -> list[HeardHit]:
    """The hits that touch a new utterance and were not told; ``heard`` are those with their neighbours, in order."""
    found: dict[tuple[int, int, str, str], HeardHit] = {}
    context = Context(SPOKEN_AS, now, category, shop_id)
    for run in runs(heard):
        if not any(each.sequence in fresh for each in run):
            continue
        fields = [TextField("speech", each.text, segment=index) for index, each in enumerate(run)]
        for hit in read_closely(judge.matcher, fields, context).hits:
            assert hit.segment is not None, "every field of a run is a segment"
            at, is_split = hit.segment, _SPLIT in hit.hidden_by
            near = run[at : at + AROUND] if is_split else run[at : at + 1]
            one = HeardHit(run[at], hit, _sentence(run, at))
            if one.key not in told and any(each.sequence in fresh for each in near):
                found.setdefault(one.key, one)
    return sorted(found.values(), key=lambda each: each.key)


def is_nothing_new(hit: HeardHit, before: datetime | None, again: timedelta, phrases: Sequence[str]) -> bool:
    """Whether a word flagged ``before`` is said again within moments, or later only to take it back."""
    return before is not None and (abs(hit.said.at - before) < again or is_correcting(hit.sentence, phrases))


def _sentence(run: Sequence[Utterance], at: int) -> str:
    """The utterance with the one before it and what comes after, starred as the whole run reads."""
    starts = [0, *accumulate(len(each.text) for each in run)]
    text = "".join(each.text for each in run)
    masked = redact(text, find_personal_data(text))
    return masked[starts[max(0, at - 1)] : starts[at + 1] + _AFTER_CHARS][:_SENTENCE_CHARS]
