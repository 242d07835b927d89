"""Appeals: one per decided case, offered by a signed link, filed once, decided by somebody who had no say before.

The link is a capability: the appeal's id and an HMAC over it and the day it expires. Nothing of it is stored, so a
copy of the database opens nobody's appeal; and it opens one case, for one purpose.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.errors import Conflict, InvalidInput, NotFound, Problem, SamePerson
from app.models import Appeal, AppealFile, Case
from app.review.cases import BOUND

TEXT_MAX, FILES_MAX = 4_000, 5
_SHOWN_AFTER = timedelta(days=180)
# What a file begins with, by the type it is kept under: what a name or a browser says is not believed.
_BEGINNINGS = ((b"%PDF-", "application/pdf"), (b"\xff\xd8\xff", "image/jpeg"), (b"\x89PNG\r\n\x1a\n", "image/png"))


@dataclass(frozen=True, slots=True)
class Sent:
    """A file as it came."""

    name: str
    body: bytes

    @property
    def media_type(self) -> str | None:
        """By its first bytes; None for what is not accepted."""
        return next((kind for begins, kind in _BEGINNINGS if self.body.startswith(begins)), None)


def token_of(appeal: Appeal, key: bytes) -> str:
    """What stands in the link."""
    return f"{appeal.id}.{_signed(appeal.id, appeal.link_expires_at, key)}"


def open_token(session: Session, token: str, *, key: bytes, now: datetime) -> Appeal:
    """The appeal a link opens; raises NotFound, always in the same words, for what is no link of ours or long over."""
    appeal_id, _, signed = token.partition(".")
    appeal = session.get(Appeal, appeal_id[:36])
    expected = _signed(appeal.id, appeal.link_expires_at, key) if appeal is not None else ""
    is_good = appeal is not None and hmac.compare_digest(signed.encode(), expected.encode())
    if appeal is None or not is_good or now >= appeal.link_expires_at + _SHOWN_AFTER:
        raise NotFound("this link opens no appeal")
    return appeal


def offer(session: Session, case: Case, *, by: str, days: int, now: datetime) -> Appeal:
    """A link for a case that was decided against the merchant; the one that still works where there is one.

    Raises:
        Conflict: not decided, not against the merchant, or appealed before.
    """
    if case.state != "decided" or case.outcome not in BOUND:
        raise Conflict("only what was decided against the merchant, and not appealed before, can be contested")
    before = session.scalars(select(Appeal).where(Appeal.case_id == case.id, Appeal.state == "offered")).first()
    if before is not None and before.link_expires_at > now:
        return before
    until = now.replace(microsecond=0) + timedelta(days=days)
    row = Appeal(case_id=case.id, shop_id=case.shop_id, offered_by=by, offered_at=now, link_expires_at=until)
    session.add(row)
    session.flush()
    return row


def check_filing(text: str, files: Sequence[Sent], *, largest: int) -> None:
    """Raise InvalidInput naming everything that is wrong with what a merchant sends."""
    problems = []
    if not text.strip() or len(text) > TEXT_MAX:
        problems.append(
            Problem("text", "is empty" if not text.strip() else "is too long", f"1 to {TEXT_MAX} characters")
        )
    if len(files) > FILES_MAX:
        problems.append(Problem("files", f"{len(files)} files", f"at most {FILES_MAX}"))
    for number, each in enumerate(files[:FILES_MAX]):
        if not each.body or len(each.body) > largest:
            problems.append(Problem(f"files.{number}", f"{len(each.body)} bytes", f"1 to {largest} bytes"))
        elif each.media_type is None:
            problems.append(Problem(f"files.{number}", "is no accepted kind of file", "PDF, JPEG or PNG"))
    if problems:
        raise InvalidInput("the appeal cannot be filed", problems=problems)


def file(session: Session, appeal: Appeal, *, sealed_text: bytes, due_at: datetime, now: datetime) -> Case:
    """Contest the case, once; raises Conflict when the link expired, it was filed, or the case has changed."""
    open_still = (Appeal.id == appeal.id) & (Appeal.state == "offered") & (Appeal.link_expires_at > now)
    filed = {"state": "filed", "text": sealed_text, "filed_at": now, "due_at": due_at}
    won = session.execute(update(Appeal).where(open_still).values(filed).returning(Appeal.id)).scalar()
    session.refresh(appeal)
    if won is None:
        raise Conflict("the link has expired" if appeal.state == "offered" else "this appeal has been filed already")
    moved = {"state": "appealed", "due_at": due_at, "assigned_to": None, "stamp": Case.stamp + 1}
    still = (Case.id == appeal.case_id) & (Case.state == "decided")
    case_id = session.execute(update(Case).where(still).values(moved).returning(Case.id)).scalar()
    if case_id is None:
        raise Conflict("the case has changed; ask for a new link")
    case = session.get_one(Case, case_id)
    session.refresh(case)
    return case


def decide(session: Session, case: Case, *, outcome: str | None, reason: str, by: str, now: datetime) -> Appeal:
    """Uphold (``outcome`` None) or overturn to another outcome.

    Raises:
        SamePerson: ``by`` had a say in the decision that is contested.
        Conflict: nothing is contested, or somebody was faster.
        InvalidInput: no reason, or the outcome it already has.
    """
    problems = [] if reason.strip() else [Problem("reason", "is empty", "why, in words the merchant may read")]
    if outcome is not None and (outcome == case.outcome or outcome not in {"pass", "label"}):
        problems.append(Problem("decision", outcome, "pass or label, and another than was decided"))
    if problems:
        raise InvalidInput("the appeal cannot be decided so", problems=problems)
    earlier = {case.decided_by, case.first_by, (case.first or {}).get("disputed_by")}
    if any(each and _person(each) == _person(by) for each in earlier):
        raise SamePerson("an appeal is decided by somebody else than the decision it contests")
    filed = (Appeal.case_id == case.id) & (Appeal.state == "filed")
    state = "upheld" if outcome is None else "overturned"
    said = {"state": state, "decided_at": now, "decided_by": by, "outcome": outcome or case.outcome, "reason": reason}
    won = session.execute(update(Appeal).where(filed).values(said).returning(Appeal.id)).scalar()
    if won is None:
        raise Conflict(f"no appeal waits for this case; it is {case.state}")
    moved = {"state": state, "stamp": Case.stamp + 1}
    moved |= {} if outcome is None else {"outcome": outcome, "reason": reason}
    session.execute(update(Case).where(Case.id == case.id).values(moved))
    session.refresh(case)
    appeal = session.get_one(Appeal, won)
    session.refresh(appeal)
    return appeal


def files_of(session: Session, appeal_id: str) -> Sequence[AppealFile]:
    """What was added, in order."""
    return session.scalars(select(AppealFile).where(AppealFile.appeal_id == appeal_id).order_by(AppealFile.id)).all()


def _signed(appeal_id: str, expires_at: datetime, key: bytes) -> str:
    said = f"appeal|{appeal_id}|{int(expires_at.timestamp())}".encode()
    return base64.urlsafe_b64encode(hmac.digest(key, said, hashlib.sha256)).decode().rstrip("=")


def _person(actor: str) -> str:
    return actor.partition(":")[2] or actor
