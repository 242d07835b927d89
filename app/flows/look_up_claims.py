"""Looking up what a content claims about the past: today, where its goods were really sent from.

Only a text that makes such a claim costs a query. What is found is kept with the content's facts, so that the decision
can be explained and replayed as it was made.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from app.aggregates.aggregate import past_facts
from app.events.flat import flat_facts
from app.flows.judge_content import Judge, scope_of
from app.flows.parts import Parts
from app.values.content import ContentToScreen
from app.values.facts import Happened
from app.values.provinces import claimed_origins


def look_up_claims(
    parts: Parts, judge: Judge, content: ContentToScreen, known: Mapping[str, object], *, now: datetime
) -> ContentToScreen:
    """The content with what else is known as facts: those given, and the figures that its claims are held against."""
    kind = judge.event_kind(content.kind)
    claimed = _claims(content)
    if kind is None or not claimed:
        return replace(content, facts={**content.facts, **known})
    facts = {**flat_facts(content.facts), **claimed}
    event = Happened(kind.name, content.content_id, "screening", content.shop_id, content.content_id, now, facts)
    with parts.db.read() as session:
        found = past_facts(session, kind, event, facts, judge.engine.policy(scope_of(content)))
    figures = {name: value for name, value in found.items() if value is not None}
    return replace(content, facts={**content.facts, **figures, **known})


def _claims(content: ContentToScreen) -> Mapping[str, Any]:
    texts = list(content.fields.values())
    if content.segments:
        texts.append("".join(line.text for line in content.segments))
    origins = sorted({province for text in texts for province in claimed_origins(text)})
    return {"origin_provinces": origins} if origins else {}
