"""Proposed changes of single words in the database; this module owns every change of their state.

``proposed`` (by feedback) ─ taken up ─ ``waiting`` ─ second person ─ ``accepted`` or ``refused``
urgent: ``urgent`` (live at once) ─ confirmed in time ─ ``accepted``, else ``withdrawn``
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from app.errors import Conflict, NotFound, SamePerson
from app.models import WordChange

WHATS = ("add", "allow", "retire")
STATES = ("proposed", "waiting", "urgent", "accepted", "refused", "withdrawn", "rolled_back")
_OPEN = ("proposed", "waiting", "urgent", "accepted")


def propose(session: Session, **columns: Any) -> WordChange:
    """Add a change, or find the same one that is open; a suggestion made before is taken up when a person asks."""
    same = (
        (WordChange.what == columns["what"])
        & (WordChange.wordlist == columns["wordlist"])
        & (WordChange.word == columns["word"])
        & (WordChange.value == columns["value"])
        & WordChange.state.in_(_OPEN)
    )
    known = session.scalars(select(WordChange).where(same)).first()
    if known is not None:
        known.details = known.details | {"times": int(known.details.get("times", 1)) + 1}
        if known.state == "proposed" and columns["state"] != "proposed":
            known.state, known.proposed_by, known.reason = columns["state"], columns["proposed_by"], columns["reason"]
            known.proposed_at = columns["proposed_at"]
        session.flush()
        return known
    change = WordChange(**columns)
    session.add(change)
    session.flush()
    return change


def find(session: Session, change_id: str) -> WordChange:
    """One change; raises NotFound."""
    found = session.get(WordChange, change_id)
    if found is None:
        raise NotFound(f"no proposed change {change_id}")
    return found


def listed(
    session: Session, *, states: Sequence[str], limit: int = 200, without: Collection[str] = ()
) -> list[WordChange]:
    """Changes in some states, newest first; none of those that came of the cases ``without``."""
    order = (WordChange.proposed_at.desc(), WordChange.id.desc())
    wanted = select(WordChange).where(WordChange.state.in_(states))
    if without:
        wanted = wanted.where(or_(WordChange.case_id.is_(None), WordChange.case_id.not_in(sorted(without))))
    return list(session.scalars(wanted.order_by(*order).limit(limit)))


def move(session: Session, change: WordChange, *, from_: str, to: str, by: str | None, now: datetime) -> None:
    """Change the state exactly once; raises Conflict where somebody was faster."""
    mine = (WordChange.id == change.id) & (WordChange.state == from_)
    values = {"state": to, "decided_by": by, "decided_at": now}
    won = session.execute(update(WordChange).where(mine).values(values).returning(WordChange.id)).scalar()
    session.refresh(change)
    if won is None:
        raise Conflict(f"the change is already {change.state}")


def check_second(change: WordChange, *, is_same: bool) -> None:
    """Raise Forbidden when whoever proposed a change decides it."""
    if is_same:
        raise SamePerson(f"the change of {change.word} is never confirmed by whoever asked for it")
