"""How long a room was heard after something was flagged in it: a correction nobody could have heard is not missing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import LiveStream
from app.values.facts import Happened
from app.values.policy import Policy

FACTS = ("past.heard_after_seconds",)
PARAMETERS: tuple[str, ...] = ()


def work_out(session: Session, event: Happened, facts: Mapping[str, Any], policy: Policy) -> Mapping[str, int | None]:
    """Seconds between the flag and the last utterance of its room."""
    del policy
    said_at, room_id = facts.get("flag.said_at"), facts.get("flag.room_id")
    own = (LiveStream.shop_id == event.shop_id) & (LiveStream.room_id == room_id)
    last_at = session.scalar(select(LiveStream.last_at).where(own))
    if said_at is None or last_at is None:
        return dict.fromkeys(FACTS)
    return {FACTS[0]: max(0, int((last_at - said_at).total_seconds()))}
