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
    "profile.collect": "privacy.profile_consents",
    "profile.build": "privacy.profile_consents",
    "tryon.session": "privacy.tryon_consents",
    "crossborder.order": "growth_markets.customs_consents",
    "fission.invite": "marketing.invite_consents",
}
"""By kind, the parameter that names the purposes one of which has to be consented to."""
OWN_PURPOSE = frozenset({"track.collect", "profile.collect", "profile.build", "pii.use", "pii.retain"})
"""Kinds that say their purpose themselves: a consent to exactly that counts, too."""
PERSONS: Mapping[str, str] = {
    "tryon.session": "person_ref",
    "crossborder.order": "buyer_ref",
    "fission.invite": "invitee_ref",
    "pii.store": "person_ref",
}
"""By kind, the fact that names whose consent it is; of the others it is the subject."""


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
    person = event.facts.get(PERSONS[kind.name]) if kind.name in PERSONS else event.subject
    if not person:
        return dict.fromkeys(wanted)
    kept = [row for ref in spellings(str(person)) for row in consents.history(session, ref) if row.given_at <= event.at]
    about = [row for row in kept if row.purpose in _purposes(kind, event, policy)]
    has_consent = any(consents.holds(row, event.at) for row in about)
    recipient = event.facts.get("recipient")
    shared = [row for row in kept if row.recipient is not None and row.recipient == recipient and row.is_separate]
    sensitive = [row for row in kept if row.is_separate and event.facts.get("category") in row.sensitive]
    ended = [row.ended_at for row in about if row.ended_why == "withdrawn" and row.ended_at is not None]
    withdrawn = [at for at in ended if at <= event.at]
    newest = max(kept, key=lambda row: (row.given_at, row.id), default=None)
    found = {
        "kept.is_known": bool(kept),
        "kept.has_consent": has_consent,
        "kept.withdrawn_at": max(withdrawn) if withdrawn and not has_consent else None,
        "kept.has_separate": any(consents.holds(row, event.at) for row in shared),
        "kept.has_sensitive": any(consents.holds(row, event.at) for row in sensitive),
        "kept.is_minor": None if newest is None else newest.is_under_14,
    }
    return {name: found[name] for name in wanted}


def _purposes(kind: EventKind, event: Happened, policy: Policy) -> set[str]:
    """Those a consent may be given to: the event's own, and those its parameter names."""
    own = event.facts.get("purpose") if kind.name in OWN_PURPOSE else None
    named = policy.texts(PURPOSES[kind.name]) if kind.name in PURPOSES else ()
    return {*named, *([str(own)] if own else [])}
