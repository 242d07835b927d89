"""What keeps officers well: their own choice of how media look, and breaks, which give their cases back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app import audit
from app.flows.parts import Parts
from app.officers import find_officer
from app.review import claiming, stretches
from app.values.access import Caller
from app.values.comfort import Comfort


def comfort_of(session: Session, username: str) -> Comfort:
    """An officer's choice, or the default."""
    officer = find_officer(session, username)
    return Comfort() if officer is None else Comfort.read(officer.comfort)


def choose_comfort(parts: Parts, username: str, comfort: Comfort) -> None:
    """Keep an officer's choice; a matter of their own, so no audit row."""

    def work(session: Session) -> None:
        officer = find_officer(session, username)
        assert officer is not None, "whoever chooses has an account"
        officer.comfort = comfort.as_kept()

    parts.db.write(work)


def take_break(parts: Parts, *, caller: Caller, now: datetime) -> int:
    """Begin a break: cases the caller has taken go back to all; returns how many."""

    def work(session: Session) -> int:
        mine = claiming.claimed_by(session, caller.name, now=now)
        for case in mine:
            claiming.release(session, case, by=caller.name)
            about: dict[str, Any] = {"object_type": "case", "object_id": case.id, "shop_id": case.shop_id}
            audit.record(session, actor=caller.name, action="case.release", details={"break": True}, now=now, **about)
        username = caller.name.partition(":")[2]
        told: dict[str, Any] = {"object_type": "officer", "object_id": username, "details": {"returned": len(mine)}}
        audit.record(session, actor=caller.name, action=stretches.BREAK, now=now, **told)
        return len(mine)

    return parts.db.write(work)
