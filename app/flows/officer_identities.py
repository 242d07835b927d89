"""Which officer is whom at a sign-in service, and the link that opens the console when every other door is shut."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app import audit
from app.errors import Conflict, InvalidInput, NotFound, Problem
from app.flows.parts import Parts
from app.flows.sign_in_elsewhere import link
from app.models import Officer, OfficerIdentity
from app.models.base import ORG
from app.officers import end_sessions, find_officer, note_success
from app.settings import Settings

_SUBJECT_MAX = 255


def issuer_of(settings: Settings) -> str:
    """The issuer of the service in the settings; raises Conflict where there is none."""
    if settings.sign_in_with == "oidc" and settings.oidc_issuer:
        return settings.oidc_issuer
    if settings.sign_in_with == "wecom":
        return f"wecom:{settings.wecom_corp_id}"
    raise Conflict("officers sign in by password only; WEIHENG_SIGN_IN_WITH names a service")


def link_officer(parts: Parts, username: str, subject: str, *, by: str) -> None:
    """Link an officer to who they are at the service; raises Conflict where that is somebody already."""
    issuer, subject = issuer_of(parts.settings), subject.strip()
    subject = subject.lower() if parts.settings.sign_in_with == "wecom" else subject
    if not 0 < len(subject) <= _SUBJECT_MAX or not subject.isprintable():
        raise InvalidInput(
            "the subject is wrong", problems=[Problem("subject", "is empty or too long", "1 to 255 characters")]
        )
    now = parts.now()

    def work(session: Session) -> None:
        officer = _found(session, username)
        same = (OfficerIdentity.org_id == ORG, OfficerIdentity.issuer == issuer, OfficerIdentity.subject == subject)
        if session.scalar(select(OfficerIdentity.id).where(*same)) is not None:
            raise Conflict("that subject is linked already")
        link(session, officer, issuer=issuer, subject=subject, by=by, now=now)
        _note(session, "officer.link", officer, by=by, now=now, details={"issuer": issuer})

    parts.db.write(work)


def unlink_officer(parts: Parts, username: str, *, by: str) -> int:
    """Take away every link of an officer and end their sessions; how many there were."""
    now = parts.now()

    def work(session: Session) -> int:
        officer = _found(session, username)
        gone = session.execute(
            delete(OfficerIdentity).where(OfficerIdentity.officer_id == officer.id).returning(OfficerIdentity.id)
        ).all()
        end_sessions(officer)
        _note(session, "officer.unlink", officer, by=by, now=now, details={"count": len(gone)})
        return len(gone)

    return parts.db.write(work)


def identities(session: Session) -> dict[str, list[OfficerIdentity]]:
    """The links by officer."""
    found: dict[str, list[OfficerIdentity]] = {}
    for each in session.scalars(select(OfficerIdentity).where(OfficerIdentity.org_id == ORG)):
        found.setdefault(each.officer_id, []).append(each)
    return found


def make_link(parts: Parts, username: str, *, lives: timedelta, by: str) -> str:
    """The secret of a link that signs this officer in once; a link made before ends."""
    secret, now = secrets.token_urlsafe(32), parts.now()

    def work(session: Session) -> None:
        officer = _found(session, username)
        if officer.disabled_at is not None:
            raise Conflict(f"{username} is disabled")
        officer.once_digest, officer.once_until = _digest(secret), now + lives
        _note(
            session,
            "officer.break_glass",
            officer,
            by=by,
            now=now,
            details={"minutes": int(lives.total_seconds()) // 60},
        )

    parts.db.write(work)
    return secret


def use_link(parts: Parts, secret: str) -> Officer | None:
    """The officer whose link this is, used up by asking; None where it never was, is over or was used."""
    now = parts.now()

    def work(session: Session) -> Officer | None:
        held = select(Officer).where(Officer.org_id == ORG, Officer.once_digest == _digest(secret)).with_for_update()
        officer = session.scalar(held)
        if (
            officer is None
            or officer.once_until is None
            or officer.once_until <= now
            or officer.disabled_at is not None
        ):
            return None
        officer.once_digest = officer.once_until = None
        if officer.totp_since is None:
            note_success(officer, now=now)
            _note(
                session, "officer.sign_in", officer, by=f"officer:{officer.username}", now=now, details={"by": "link"}
            )
        return officer

    return parts.db.write(work)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _found(session: Session, username: str) -> Officer:
    officer = find_officer(session, username)
    if officer is None:
        raise NotFound(f"no officer {username}")
    return officer


def _note(
    session: Session, action: str, officer: Officer, *, by: str, now: datetime, details: dict[str, object]
) -> None:
    audit.record(
        session, actor=by, action=action, object_type="officer", object_id=officer.username, now=now, details=details
    )
