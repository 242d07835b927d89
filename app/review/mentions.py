"""Officers named with ``@`` in notes: by user name or by the name they are shown with, and what waits for each."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.models import Case, Mention
from app.values.access import Caller

_MOST = 50


def named_in(text: str, officers: Iterable[tuple[str, str]]) -> list[str]:
    """User names of the (user name, shown name) that a text names. ``@lin2`` does not name ``lin``."""
    found = []
    for username, shown in officers:
        names = "|".join(re.escape(each) for each in {username, shown} if each)
        if names and re.search(rf"@(?:{names})(?![A-Za-z0-9_])", text):
            found.append(username)
    return found


def put(session: Session, case: Case, usernames: Iterable[str], *, text: str, by: str, now: datetime) -> None:
    """Tell each that they were named."""
    for username in usernames:
        session.add(Mention(case_id=case.id, officer=username, named_by=by, named_at=now, text=text))
    session.flush()


def waiting(session: Session, username: str) -> int:
    """How many an officer has not put away, up to a hundred."""
    mine = select(Mention.id).where(Mention.officer == username, Mention.seen_at.is_(None)).limit(100).subquery()
    return session.scalar(select(func.count()).select_from(mine)) or 0


def listed(
    session: Session, username: str, *, caller: Caller, without: Collection[str] = ()
) -> Sequence[tuple[Mention, Case]]:
    """Where an officer was named, what they have not put away first, then the newest; of shops they may see.

    Notes of the cases ``without`` are left out.
    """
    own = (Mention.officer == username) & caller.only_own(Case.shop_id) & Case.id.not_in(without)
    order = (Mention.seen_at.is_not(None), Mention.id.desc())
    found = select(Mention, Case).join(Case, Case.id == Mention.case_id).where(own).order_by(*order).limit(_MOST)
    return [(row[0], row[1]) for row in session.execute(found)]


def page(
    session: Session,
    username: str,
    *,
    caller: Caller,
    is_waiting: bool,
    before: str | None,
    limit: int,
    without: Collection[str],
) -> Sequence[tuple[Mention, Case]]:
    """The same by pages, the newest first, older than the mention ``before``; all, or what was not put away.

    Notes of the cases ``without`` are left out.
    """
    own = (Mention.officer == username) & caller.only_own(Case.shop_id) & Case.id.not_in(without)
    found = select(Mention, Case).join(Case, Case.id == Mention.case_id).where(own).order_by(Mention.id.desc())
    if is_waiting:
        found = found.where(Mention.seen_at.is_(None))
    if before is not None:
        found = found.where(Mention.id < before)
    return [(row[0], row[1]) for row in session.execute(found.limit(limit))]


def put_away(session: Session, username: str, mention_id: str | None, *, now: datetime) -> int:
    """Mark one, or all, as seen; how many were not before."""
    mine = (Mention.officer == username) & Mention.seen_at.is_(None)
    if mention_id is not None:
        mine &= Mention.id == mention_id
    return len(session.scalars(update(Mention).where(mine).values(seen_at=now).returning(Mention.id)).all())
