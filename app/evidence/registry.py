"""Pieces of evidence and their states; this module owns every change of one.

proposed ─ somebody else looked at the file ─┬─ verified ─ its last day is over ─ expired
                                             └─ refused     └ taken back ─ withdrawn (also while proposed)
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, literal, select, update
from sqlalchemy.orm import Session

from app.errors import Conflict, InvalidInput, NotFound, Problem, SamePerson
from app.models import Evidence, EvidenceFile
from app.values.access import Caller
from app.values.china_days import day_of, ends_at
from app.values.evidence import KINDS, SUBJECT_TYPES

STATES = ("proposed", "verified", "refused", "expired", "withdrawn")
ENDED = ("refused", "expired", "withdrawn")
CLAIMS_MAX, FILES_MAX, TEXT_MAX, NOTE_MAX = 50, 5, 200, 2_000
_CLAIM_MAX = 60


@dataclass(frozen=True, slots=True)
class Said:
    """What is said of a piece that is proposed. ``valid_until`` is the last day on which it holds."""

    shop_id: str
    kind: str
    number: str
    issuer: str
    valid_from: date
    valid_until: date | None = None
    subject_type: str | None = None
    subject: str | None = None
    category: str | None = None
    claims: Sequence[str] = field(default_factory=tuple)
    note: str | None = None

    def problems(self, *, today: date) -> list[Problem]:
        """Everything that is wrong with it."""
        kind = KINDS.get(self.kind)
        found = [
            Problem(name, "is empty" if not value.strip() else "is too long", f"1 to {TEXT_MAX} characters")
            for name, value in (("number", self.number), ("issuer", self.issuer))
            if not value.strip() or len(value) > TEXT_MAX
        ]
        if kind is None:
            found.append(Problem("kind", f"unknown: {self.kind:.40}", ", ".join(KINDS)))
        if (self.subject is None) is not (self.subject_type is None):
            found.append(Problem("subject_type", "goes with subject", "both or neither"))
        if self.subject_type is not None and self.subject_type not in SUBJECT_TYPES:
            found.append(Problem("subject_type", f"unknown: {self.subject_type:.40}", ", ".join(SUBJECT_TYPES)))
        if kind is not None and kind.needs_subject and self.subject is None:
            found.append(Problem("subject", "is missing", f"whose or whereof: {kind.title}"))
        if len(self.claims) > CLAIMS_MAX or any(not 0 < len(each.strip()) <= _CLAIM_MAX for each in self.claims):
            found.append(Problem("claims", "are wrong", f"at most {CLAIMS_MAX}, each of 1 to {_CLAIM_MAX} characters"))
        return found + self._life(kind.longest_days if kind else None, today=today)

    def _life(self, longest_days: int | None, *, today: date) -> list[Problem]:
        if self.valid_until is None:
            if longest_days is None:
                return []
            return [Problem("valid_until", "is missing", f"a last day, at most {longest_days} days after the first")]
        if self.valid_until < self.valid_from:
            return [Problem("valid_until", "is before valid_from", "a day on or after it")]
        if self.valid_until < today:
            return [Problem("valid_until", "has passed", "a piece that still holds, or will")]
        if longest_days is not None and (self.valid_until - self.valid_from).days > longest_days:
            return [Problem("valid_until", "is too late", f"at most {longest_days} days after valid_from")]
        return []


def propose(session: Session, said: Said, *, by: str, now: datetime) -> Evidence:
    """Register a piece, to be verified by somebody else.

    Raises:
        InvalidInput: everything that is wrong with it.
        Conflict: the shop has a piece of that kind, number and subject already which is proposed or verified.
    """
    if problems := said.problems(today=day_of(now)):
        raise InvalidInput("the evidence cannot be registered", problems=problems)
    same = (Evidence.shop_id == said.shop_id) & (Evidence.kind == said.kind) & (Evidence.number == said.number.strip())
    about = Evidence.subject.is_(None) if said.subject is None else Evidence.subject == said.subject
    lives = Evidence.state.in_(("proposed", "verified"))
    if (before := session.scalars(select(Evidence).where(same, about, lives).limit(1)).first()) is not None:
        raise Conflict(f"this is registered already, as {before.id}, and is {before.state}")
    row = Evidence(
        shop_id=said.shop_id,
        kind=said.kind,
        subject_type=said.subject_type,
        subject=said.subject,
        category=said.category,
        claims=sorted({each.strip() for each in said.claims}),
        number=said.number.strip(),
        issuer=said.issuer.strip(),
        note=said.note,
        valid_from=said.valid_from,
        valid_until=said.valid_until,
        proposed_by=by,
        proposed_at=now,
    )
    session.add(row)
    session.flush()
    return row


def decide(session: Session, row: Evidence, *, verify: bool, reason: str, by: str, now: datetime) -> None:
    """Verify or refuse a proposed piece, as somebody else than who proposed it.

    Raises:
        SamePerson: ``by`` proposed it.
        Conflict: it is not proposed any more, or its last day is over.
    """
    if _person(row.proposed_by) == _person(by):
        raise SamePerson("evidence is verified by somebody else than who registered it")
    if verify and row.valid_until is not None and row.valid_until < day_of(now):
        raise Conflict(f"its last day was {row.valid_until}: refuse it and have a newer one registered")
    values: dict[str, Any] = {"decided_by": by, "decided_at": now, "decided_why": reason}
    values |= {"state": "verified"} if verify else {"state": "refused", "ended_at": now, "ended_by": by}
    _move(session, row, from_=("proposed",), values=values)


def withdraw(session: Session, row: Evidence, *, reason: str, by: str, now: datetime) -> None:
    """Take a piece back, for example because it turned out to be wrong; raises Conflict when it has ended."""
    values = {"state": "withdrawn", "ended_by": by, "ended_at": now, "ended_why": reason}
    _move(session, row, from_=("proposed", "verified"), values=values)


def expire(session: Session, row: Evidence, *, now: datetime) -> bool:
    """End a verified piece whose last day is over; False when somebody was faster."""
    assert row.valid_until is not None and row.valid_until < day_of(now), "its last day is over"  # noqa: PT018
    values = {"state": "expired", "ended_by": "system", "ended_at": ends_at(row.valid_until), "ended_why": "有效期届满"}
    try:
        _move(session, row, from_=("verified",), values=values)
    except Conflict:
        return False
    return True


def find(session: Session, evidence_id: str, *, caller: Caller) -> Evidence:
    """The piece, when it is of one of the caller's shops; raises NotFound."""
    row = session.get(Evidence, evidence_id)
    if row is None or not caller.may_see(row.shop_id):
        raise NotFound(f"no evidence {evidence_id}")
    return row


def files_of(session: Session, evidence_ids: Collection[str]) -> Mapping[str, list[EvidenceFile]]:
    """The files of pieces, in the order they were added."""
    found: dict[str, list[EvidenceFile]] = {each: [] for each in evidence_ids}
    wanted = select(EvidenceFile).where(EvidenceFile.evidence_id.in_(evidence_ids)).order_by(EvidenceFile.id)
    for row in session.scalars(wanted):
        found[row.evidence_id].append(row)
    return found


def listed(
    session: Session,
    *,
    caller: Caller,
    limit: int,
    before: str | None = None,
    about: Mapping[str, str | None] | None = None,
    ends_before: date | None = None,
) -> list[Evidence]:
    """Pieces of the caller's shops, the newest first; ``about`` are columns' values, None: not asked for."""
    found = select(Evidence).where(caller.only_own(Evidence.shop_id)).order_by(Evidence.id.desc()).limit(limit)
    for name, value in (about or {}).items():
        if value is not None:
            found = found.where(getattr(Evidence, name) == value)
    if before is not None:
        found = found.where(Evidence.id < before)
    if ends_before is not None:
        found = found.where(Evidence.valid_until < ends_before)
    return list(session.scalars(found))


def counts(session: Session, *, caller: Caller, today: date, soon_days: int) -> dict[str, int]:
    """How many pieces wait, hold, and end soon."""
    own = caller.only_own(Evidence.shop_id)
    by_state = dict.fromkeys(STATES, 0)
    for state, count in session.execute(select(Evidence.state, func.count()).where(own).group_by(Evidence.state)):
        by_state[state] = int(count)
    soon = _ends_soon(today=today, days=soon_days)
    by_state["soon"] = session.scalar(select(func.count()).select_from(Evidence).where(own, soon)) or 0
    return by_state


def ending(session: Session, *, today: date, days: int, limit: int) -> list[Evidence]:
    """Verified pieces that end within so many days and were not told yet, the next to end first."""
    wanted = select(Evidence).where(_ends_soon(today=today, days=days), Evidence.warned_at.is_(None))
    return list(session.scalars(wanted.order_by(Evidence.valid_until, Evidence.id).limit(limit)))


def over(session: Session, *, today: date, limit: int) -> list[Evidence]:
    """Verified pieces whose last day is over."""
    gone = (Evidence.state == "verified") & (Evidence.valid_until < today)
    return list(session.scalars(select(Evidence).where(gone).order_by(Evidence.valid_until, Evidence.id).limit(limit)))


def ended_unfollowed(session: Session, *, after: str | None, limit: int) -> list[Evidence]:
    """Pieces that held and do not any more, whose decisions nobody has looked at again yet."""
    held = Evidence.state.in_(("expired", "withdrawn")) & (Evidence.decided_at.is_not(None))
    later = literal(value=True) if after is None else Evidence.id > after
    wanted = select(Evidence).where(held, Evidence.followed_up_at.is_(None), later)
    return list(session.scalars(wanted.order_by(Evidence.id).limit(limit)))


def _ends_soon(*, today: date, days: int) -> ColumnElement[bool]:
    until = today + timedelta(days=days)
    return (Evidence.state == "verified") & (Evidence.valid_until >= today) & (Evidence.valid_until <= until)


def _move(session: Session, row: Evidence, *, from_: Sequence[str], values: Mapping[str, Any]) -> None:
    still = (Evidence.id == row.id) & Evidence.state.in_(from_)
    won = session.execute(
        update(Evidence)
        .where(still)
        .values(**values)
        .returning(Evidence.id)
        .execution_options(synchronize_session=False)
    ).scalar()
    session.refresh(row)
    if won is None:
        raise Conflict(f"the evidence is already {row.state} by {row.ended_by or row.decided_by}")


def _person(actor: str) -> str:
    return actor.partition(":")[2] or actor
