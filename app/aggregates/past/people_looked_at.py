"""How many customers one employee looked at or took out of the system: many small looks are one big one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import Event
from app.values.facts import Happened
from app.values.policy import Policy

VIEWS, EXPORTS = "privacy.trail_window_hours", "privacy.export_window_hours"
FACTS = ("past.viewed_person_count", "past.exported_person_count")
PARAMETERS = (VIEWS, EXPORTS)


def work_out(session: Session, event: Happened, facts: Mapping[str, Any], policy: Policy) -> Mapping[str, int | None]:
    """This look or export and those of the same employee in the window before; None where nobody says who it is."""
    return {
        FACTS[0]: _viewed(session, event, facts.get("viewer_ref"), policy),
        FACTS[1]: _exported(session, event, facts.get("exporter_ref"), policy),
    }


def _viewed(session: Session, event: Happened, viewer: str | None, policy: Policy) -> int | None:
    window = policy.span(VIEWS)
    if window is None or not viewer:
        return None
    theirs = Event.facts["viewer_ref"].as_string() == viewer
    lately = _before(event, "crm.view", since=event.at - window)
    count = session.scalar(
        select(func.count(Event.subject.distinct())).where(lately, theirs, Event.subject != event.subject)
    )
    return 1 + (count or 0)


def _exported(session: Session, event: Happened, exporter: str | None, policy: Policy) -> int | None:
    window = policy.span(EXPORTS)
    if window is None or not exporter:
        return None
    theirs = Event.facts["exporter_ref"].as_string() == exporter
    lately = _before(event, "crm.export", since=event.at - window)
    others = (Event.source != event.source) | (Event.event_id != event.id)
    taken = session.scalar(select(func.sum(Event.facts["person_count"].as_integer())).where(lately, theirs, others))
    return int(taken or 0) + int(event.facts["person_count"])


def _before(event: Happened, kind: str, *, since: Any) -> Any:
    own = (Event.shop_id == event.shop_id) & (Event.kind == kind)
    return own & (Event.happened_at > since) & (Event.happened_at <= event.at)
