"""Facts of an event that are worked out from the event itself: what its texts say, and figures made of other facts.

texts of the event ─ Matcher.scan ─ hits ─┐
facts as sent and of the typed tables ────┴─ the kind's own derivation ─ computed facts

Pure, like all of judging a line: the same event and snapshot always give the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from app.events.kinds.content_submit import hit_record
from app.events.seen_data import SEEN_KINDS
from app.events.stored import CheckedEvent
from app.flows.judge_content import Judge
from app.text.constructions import read_closely
from app.text.match import Context, TextField
from app.text.personal_data import find_personal_data, redact
from app.values.facts import EventKind


def worked_out(
    judge: Judge, kind: EventKind, facts: Mapping[str, Any], *, shop_id: str, at: datetime
) -> dict[str, Any]:
    """The computed facts that need neither the database nor another event; empty for most kinds."""
    found: dict[str, Any] = {}
    if kind.text_kind is not None:
        found |= _screened(judge, kind, facts, shop_id=shop_id, at=at)
    if kind.fact(SEEN_KINDS) is not None and SEEN_KINDS not in facts:
        found[SEEN_KINDS] = _seen(kind, facts)
    if kind.derive is not None:
        found |= kind.derive({**facts, **found})
    return found


def with_masked_texts(kind: EventKind, checked: CheckedEvent) -> CheckedEvent:
    """The event with personal data in its texts starred, as it is kept; its digest stays that of what was sent.

    What rules ask of that data is noted first: nobody could see it afterwards.
    """
    facts = dict(checked.happened.facts)
    if kind.fact(SEEN_KINDS) is not None:
        facts[SEEN_KINDS] = _seen(kind, facts)
    for name in kind.text_fields:
        if isinstance(text := facts.get(name), str) and (spans := find_personal_data(text)):
            facts[name] = redact(text, spans)
    return replace(checked, happened=replace(checked.happened, facts=facts))


def _seen(kind: EventKind, facts: Mapping[str, Any]) -> list[str]:
    """Kinds of personal data in its texts, sorted."""
    texts = [facts[name] for name in kind.text_fields if isinstance(facts.get(name), str)]
    return sorted({found for text in texts for _, _, found in find_personal_data(text)})


def _screened(judge: Judge, kind: EventKind, facts: Mapping[str, Any], *, shop_id: str, at: datetime) -> dict[str, Any]:
    texts = [TextField(name, str(facts[name])) for name in kind.text_fields if facts.get(name)]
    if not texts:
        return {"hits": [], "hit_categories": []}
    category = facts.get("category")
    context = Context(str(kind.text_kind), at, str(category) if category else None, shop_id)
    hits = [hit_record(hit) for hit in read_closely(judge.matcher, texts, context).hits]
    return {"hits": hits, "hit_categories": sorted({each["category"] for each in hits})}
