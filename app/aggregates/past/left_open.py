"""What should have been done by now and was not told: pictures of try-ons to be deleted, leaks to be reported."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Event
from app.values.facts import Happened
from app.values.given_instants import read_instant
from app.values.policy import Policy

IMAGES, LEAKS, WATCHED = "privacy.image_kept_hours", "privacy.leak_told_hours", "privacy.watched_days"
FACTS = ("past.kept_image_count", "past.untold_leak_count")
PARAMETERS = (IMAGES, LEAKS, WATCHED)


def work_out(session: Session, event: Happened, facts: Mapping[str, Any], policy: Policy) -> Mapping[str, int | None]:
    """Of what was told in the watched days; each by all that was told of it, in whatever order."""
    del facts
    image, leak, watched = policy.span(IMAGES), policy.span(LEAKS), policy.span(WATCHED)
    if image is None or leak is None or watched is None:
        return dict.fromkeys(FACTS)
    since = event.at - watched
    images = _told(session, event, "tryon.session", since).values()
    leaks = _told(session, event, "incident.leak", since).values()
    return {
        FACTS[0]: sum(_is_kept(each, event.at - image) for each in images),
        FACTS[1]: sum(_is_untold(each, event.at - leak) for each in leaks),
    }


def _told(session: Session, event: Happened, kind: str, since: datetime) -> dict[str, dict[str, Any]]:
    """By subject, all facts told of it, the newest of each; nothing is taken back by leaving it out later."""
    own = (Event.shop_id == event.shop_id) & (Event.kind == kind)
    lately = (Event.happened_at > since) & (Event.happened_at <= event.at)
    wanted = select(Event.subject, Event.facts).where(own, lately).order_by(Event.happened_at, Event.id)
    found: dict[str, dict[str, Any]] = {}
    for subject, said in session.execute(wanted):
        found.setdefault(subject, {}).update({name: value for name, value in said.items() if value is not None})
    return found


def _is_kept(said: Mapping[str, Any], due: datetime) -> bool:
    taken = read_instant(said.get("captured_at"))
    return taken is not None and taken < due and said.get("image_deleted_at") is None


def _is_untold(said: Mapping[str, Any], due: datetime) -> bool:
    found = read_instant(said.get("discovered_at"))
    if found is None or found >= due:
        return False
    is_people_told = said.get("people_notified_at") is not None or said.get("harm_prevented") is True
    return said.get("authority_notified_at") is None or said.get("remedied_at") is None or not is_people_told
