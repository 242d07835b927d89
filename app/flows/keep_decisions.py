"""Keeping what the rules said at the events of a line, and what of it is said anew when the line is judged again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

import orjson
from sqlalchemy.orm import Session

from app.events.stored import as_json
from app.flows.carry_effects import Ask, wanted_effects
from app.flows.judge_line import JudgedEvent
from app.flows.parts import Parts
from app.flows.told_events import current_decisions
from app.models import EventDecision, new_id
from app.values.answer import firing_answer


def keep_decisions(
    session: Session,
    parts: Parts,
    judged: Iterable[JudgedEvent],
    *,
    shop_id: str,
    root: str,
    is_whole: bool,
    now: datetime,
) -> list[Ask]:
    """Store what was said where it is something, or not what was said before; the effects it asks for."""
    before = current_decisions(session, shop_id, root) if is_whole else {}
    asks: list[Ask] = []
    for each in judged:
        earlier = before.pop((each.event.source, each.event.id), None)
        if not each.firings and not each.doubts and earlier is None:
            continue
        row = _row(parts, each, root=root, now=now)
        if earlier is not None and earlier.digest == row.digest:
            row = earlier
        else:
            if earlier is not None:
                earlier.is_current = False
            session.add(row)
        asks += [replace(ask, decision_id=row.id) for ask in wanted_effects(parts, each, root=root, now=now)]
    for gone in before.values():  # a deadline that did not pass after all
        gone.is_current = False
    return asks


def _row(parts: Parts, each: JudgedEvent, *, root: str, now: datetime) -> EventDecision:
    firings = [firing_answer(firing) for firing in each.firings] + [{"doubt": doubt} for doubt in each.doubts]
    said = orjson.dumps([each.decision.value, firings], option=orjson.OPT_SORT_KEYS)
    return EventDecision(
        id=new_id(),
        shop_id=each.event.shop_id,
        root=root,
        kind=each.event.kind,
        subject=each.event.subject,
        source=each.event.source,
        event_id=each.event.id,
        happened_at=each.event.at,
        decided_at=now,
        decision=each.decision.value,
        firings=orjson.loads(orjson.dumps(firings)),
        facts=as_json(each.facts) if firings else {},
        digest="sha256:" + hashlib.sha256(said).hexdigest(),
        rules_snapshot=parts.live.current.rules_id,
    )
