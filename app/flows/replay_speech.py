"""Replaying a transcript without a database: what would have been flagged, decided and set right, and when.

utterances in order ─ one by one through a window, as they come live ─ listen ─ rules on live.flag ─ corrections
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from app.events.kinds.live_uncorrected import CATEGORIES, WITHIN
from app.flows.hear_events import flag_facts
from app.flows.heard_room import PHRASES
from app.flows.judge_content import Judge
from app.flows.listen import HeardHit, is_nothing_new, listen
from app.flows.room_window import REPEAT
from app.live.corrections import corrected
from app.live.window import OpenFlag, Utterance, Window, beside, remembered, runs
from app.values.answer import firing_answer
from app.values.deciding import Firing, hardest
from app.values.rule_scope import RuleScope


@dataclass(slots=True)
class Replayed:
    """A hit with what the rules say of it; ``correction`` is ``met``, ``passed``, or empty where none is due."""

    hit: HeardHit
    decision: str
    firings: tuple[Firing, ...]
    is_repeat: bool
    correction: str = ""
    corrected_at: datetime | None = None

    def answer(self) -> dict[str, Any]:
        """As plain JSON."""
        return {
            **self.hit.answer(),
            "decision": self.decision,
            "firings": [firing_answer(firing) for firing in self.firings],
            "repeated": self.is_repeat,
            "correction": self.correction or None,
            "corrected_at": self.corrected_at,
        }


def replay_speech(judge: Judge, said: Sequence[Utterance], *, shop_id: str, category: str | None) -> list[Replayed]:
    """Every hit in the order it would have been heard."""
    policy = judge.engine.policy(RuleScope(shop=shop_id, category=category))
    within, again = policy.span(WITHIN) or timedelta(0), policy.span(REPEAT) or timedelta(0)
    window, lately, found = Window(), dict[str, datetime](), dict[str, Replayed]()
    for each in said:
        whole = sorted([*window.tail, each], key=lambda one: one.sequence)
        text = beside(whole, each.sequence, each.sequence, reach=judge.matcher.reach)
        hits = listen(judge, text, {each.sequence}, told=window.told, shop_id=shop_id, category=category, now=each.at)
        opened = []
        for hit in hits:
            before = lately.get(hit.word_key)
            is_repeat = is_nothing_new(hit, before, again, policy.texts(PHRASES))
            flag_id = f"{len(found)}"
            found[flag_id] = one = _judged(judge, hit, flag_id, shop_id, category, is_repeat=is_repeat)
            if is_repeat:
                continue
            lately[hit.word_key] = hit.said.at
            if hit.hit.category in policy.texts(CATEGORIES):
                one.correction = "passed"
                until = hit.said.at + within
                opened.append(OpenFlag(flag_id, hit.said.sequence, hit.said.at, hit.hit.word, hit.sentence, until))
        window = replace(window, open_flags=(*window.open_flags, *opened))
        for flag, by in _set_right(window, text, each, policy.texts(PHRASES)):
            found[flag.flag_id].correction, found[flag.flag_id].corrected_at = "met", by.at
            left = tuple(one for one in window.open_flags if one is not flag)
            window = replace(window, open_flags=left)
        tail = remembered(whole)
        told = frozenset([*window.told, *(hit.key for hit in hits)])
        window = replace(window, tail=tail, told=told)
    return list(found.values())


def _set_right(
    window: Window, text: Sequence[Utterance], each: Utterance, phrases: Sequence[str]
) -> Iterator[tuple[OpenFlag, Utterance]]:
    for run in runs(text) if window.open_flags else ():
        yield from corrected(window.open_flags, run, frozenset({each.sequence}), phrases)


def _judged(
    judge: Judge, hit: HeardHit, flag_id: str, shop_id: str, category: str | None, *, is_repeat: bool
) -> Replayed:
    facts = flag_facts(hit, flag_id=flag_id, room_id="replay", in_pk=False)
    scope = RuleScope(shop=shop_id, category=category)
    said = judge.engine.evaluate("live.flag", facts, now=hit.said.at, scope=scope, subject=f"{shop_id}/replay")
    decision = hardest([hit.hit.verdict, *(firing.decision for firing in said.firings if not firing.shadow)])
    return Replayed(hit, decision.value, said.firings, is_repeat)
