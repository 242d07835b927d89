"""The core of a backtest: things judged before are judged again by a candidate, and the two answers counted. Pure.

thing (its old answer) ─ candidate ─ new answer ─ Tally: firings, words, changed decisions, officers' outcomes

What no snapshot can change is carried over: media nobody looks at, a reviewer that was still out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from app.backtesting.judgement import Judgement, judgement_of
from app.backtesting.tally import Tally
from app.errors import InvalidInput, Problem
from app.flows.judge_content import UNSEEN_MEDIA, Judge, judge_content
from app.values.answer import decision_answer
from app.values.content import ContentToScreen
from app.values.deciding import Verdict, hardest


@dataclass(frozen=True, slots=True)
class ToReplay:
    """One thing that was judged once. ``again`` judges it by another snapshot; what it is only ``again`` knows.

    ``again`` may raise InvalidInput when this program no longer takes such a thing.
    """

    id: str
    shop_id: str
    before: Judgement
    outcome: str | None
    again: Callable[[Judge], Judgement]


def replay(judge: Judge, things: Iterable[ToReplay | None]) -> Tally:
    """Judge every thing again and count. None stands for one that could not be opened."""
    tally = Tally()
    for thing in things:
        try:
            after = None if thing is None else thing.again(judge)
        except InvalidInput:
            after = None
        if thing is None or after is None:
            tally.unreadable += 1
        else:
            tally.add(thing.id, thing.shop_id, thing.before, after, outcome=thing.outcome)
    return tally


def content_to_replay(
    screening_id: str, content: ContentToScreen, answer: Mapping[str, Any], *, at: datetime, outcome: str | None
) -> ToReplay:
    """A content with the answer it was given ``at`` that instant; it is judged again as of then."""
    return ToReplay(
        id=screening_id,
        shop_id=content.shop_id,
        before=judgement_of(answer),
        outcome=outcome,
        again=lambda judge: _judged_again(judge, content, answer, at),
    )


def _judged_again(judge: Judge, content: ContentToScreen, answer: Mapping[str, Any], at: datetime) -> Judgement:
    if judge.event_kind(content.kind) is None:
        raise InvalidInput("unknown kind", problems=[Problem("kind", f"unknown: {content.kind}", "a known kind")])
    carried = tuple(doubt for doubt in answer["doubts"] if doubt == UNSEEN_MEDIA)
    again = judgement_of(decision_answer(judge_content(judge, content, now=at, doubts=carried).decision))
    if answer.get("status") != "pending":
        return again
    return replace(again, decision=hardest([Verdict(again.decision), Verdict.REVIEW]).value)
