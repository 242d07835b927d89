"""What rules may ask beside an event's own facts: figures about the past, and the consents this service keeps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from app import consents
from app.aggregates.aggregate import past_facts
from app.flows.judge_content import Judge
from app.flows.judge_line import scope_of
from app.values.facts import EventKind, Happened
from app.values.person_names import spellings
from app.values.policy import Policy

KEPT = "kept."
PURPOSES: Mapping[str, str] = {
    "outreach.send": "funnel.outreach_purposes",
    "community.join": "funnel.community_purposes",
    "member.rights_change": "tiering.rights_purposes",
}
"""By kind, the parameter that names the purposes one of which has to be consented to."""


def asked_facts(
    session: Session, judge: Judge, kind: EventKind, event: Happened, facts: Mapping[str, Any]
) -> dict[str, Any]:
    """Everything a kind declares as ours that is not of its own time line."""
    policy = judge.engine.policy(scope_of(event.shop_id, facts))
    return past_facts(session, kind, event, facts, policy) | _kept(session, kind, event, policy)


def _kept(session: Session, kind: EventKind, event: Happened, policy: Policy) -> dict[str, Any]:
    wanted = [fact.name for fact in kind.facts if fact.name.startswith(KEPT)]
    if not wanted:
        return {}
    purposes = policy.texts(PURPOSES[kind.name])
    asked = [(ref, purpose) for ref in spellings(event.subject) for purpose in purposes]
    has_consent = any(consents.is_given(session, ref, purpose, event.at) for ref, purpose in asked)
    ended = [row for ref, purpose in asked for row in consents.history(session, ref, purpose)]
    withdrawn = [row.ended_at for row in ended if row.ended_why == "withdrawn" and row.ended_at is not None]
    withdrawn = [at for at in withdrawn if at <= event.at]
    found = {
        "kept.has_consent": has_consent,
        "kept.withdrawn_at": max(withdrawn) if withdrawn and not has_consent else None,
    }
    return {name: found[name] for name in wanted}
