"""Consents: what a person agreed to, whether it holds now, and what stops when it ends.

A consent holds seven things (个人信息保护法第十三至十七条): who, to what end, to the use of which data, which version
of which text, when, where, and how it can be taken back. Sensitive data and giving data to somebody else need a consent
of their own (第二十三条、第二十九条), people under fourteen that of a guardian (第三十一条). Whoever decides asks here
each time: a consent withdrawn a moment ago holds no more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import InvalidInput, NotFound, Problem
from app.models import Consent
from app.models.base import ORG

SENSITIVE = ("biometric", "religion", "identity", "health", "financial", "location_track", "minor")


@dataclass(frozen=True, slots=True)
class Given:
    """A consent as it was given; ``text_digest`` is that of the text that was shown."""

    person: str
    purpose: str
    scope: tuple[str, ...]
    text_version: str
    text_digest: str
    channel: str
    withdrawal: str
    given_at: datetime
    is_separate: bool = False
    sensitive: tuple[str, ...] = ()
    recipient: str | None = None
    is_under_14: bool = False
    has_guardian: bool = False
    expires_at: datetime | None = None


def check(given: Given, *, now: datetime) -> None:
    """Raise InvalidInput, naming everything that keeps this from being a valid consent."""
    problems = []
    why = "sensitive data" if given.sensitive else "giving data to somebody else"
    if (given.sensitive or given.recipient is not None) and not given.is_separate:
        problems.append(Problem("is_separate", f"is false, but {why} needs a consent of its own", "true"))
    if given.is_under_14 and not given.has_guardian:
        problems.append(Problem("guardian", "is missing for a person under 14", "who consented for them"))
    if given.given_at > now:
        problems.append(Problem("given_at", "lies in the future", "when the consent was given"))
    if given.expires_at is not None and given.expires_at <= given.given_at:
        problems.append(Problem("expires_at", "is not after given_at", "a later instant, or null"))
    if problems:
        raise InvalidInput("this is no valid consent", problems=problems)


def add(session: Session, row_id: str, given: Given, *, by: str, now: datetime) -> Consent:
    """Store a consent that was checked; the one it replaces (same purpose and recipient) ends."""
    for older in _of(session, given.person, given.purpose):
        if older.ended_at is None and older.recipient == given.recipient:
            _end(older, why="replaced", by=by, now=now)
    row = Consent(
        id=row_id,
        person=given.person,
        purpose=given.purpose,
        scope=list(given.scope),
        is_separate=given.is_separate,
        sensitive=sorted(given.sensitive),
        recipient=given.recipient,
        text_version=given.text_version,
        text_digest=given.text_digest,
        channel=given.channel,
        withdrawal=given.withdrawal,
        is_under_14=given.is_under_14,
        given_at=given.given_at.astimezone(UTC),
        expires_at=None if given.expires_at is None else given.expires_at.astimezone(UTC),
        recorded_by=by,
        recorded_at=now,
    )
    session.add(row)
    session.flush()
    return row


def withdraw(session: Session, person: str, purpose: str, *, by: str, now: datetime) -> list[Consent]:
    """End every consent of the person to this purpose; returns those, which say what must stop.

    Raises:
        NotFound: there is none in force.
    """
    ended = [row for row in _of(session, person, purpose, locked=True) if row.ended_at is None]
    if not ended:
        raise NotFound("this person has no consent to this purpose that could be withdrawn")
    for row in ended:
        _end(row, why="withdrawn", by=by, now=now)
    session.flush()
    return ended


def end_all(session: Session, person: str, *, by: str, now: datetime) -> list[Consent]:
    """End every consent of a person who is erased: nothing may rest on one any more. Returns those that ended."""
    ended = [row for row in _of(session, person, None, locked=True) if row.ended_at is None]
    for row in ended:
        _end(row, why="erased", by=by, now=now)
    session.flush()
    return ended


def history(session: Session, person: str, purpose: str | None = None) -> list[Consent]:
    """Every consent of a person, newest first."""
    return _of(session, person, purpose)


def holds(consent: Consent, at: datetime) -> bool:
    """Whether a consent is in force at an instant."""
    is_begun = consent.given_at <= at
    is_over = consent.ended_at is not None and consent.ended_at <= at
    return is_begun and not is_over and (consent.expires_at is None or at < consent.expires_at)


def is_given(session: Session, person: str, purpose: str, at: datetime) -> bool:
    """Whether some consent of the person to this purpose is in force."""
    return any(holds(each, at) for each in history(session, person, purpose))


def valid(
    session: Session,
    person: str,
    purpose: str,
    *,
    at: datetime,
    needs: Sequence[str] = (),
    sensitive: Sequence[str] = (),
    recipient: str | None = None,
) -> Consent | None:
    """The consent in force that covers exactly this, or None.

    ``needs`` are the data that are to be used, each of which its scope must name; ``sensitive`` the kinds among them.
    """
    for row in _of(session, person, purpose):
        covers = set(needs) <= set(row.scope) and set(sensitive) <= set(row.sensitive) and row.recipient == recipient
        if covers and holds(row, at):
            return row
    return None


def facts(session: Session, person: str, purpose: str, *, at: datetime) -> dict[str, object]:
    """What rules may ask about a person's newest consent to a purpose, by the names of ``app.events.consent_facts``."""
    rows = _of(session, person, purpose)
    if not rows:
        return {"consent.is_valid": False, "consent.withdrawn_at": None, "separate_consent": False}
    newest = rows[0]
    is_valid = holds(newest, at)
    return {
        "consent.is_valid": is_valid,
        "consent.withdrawn_at": newest.ended_at if newest.ended_why == "withdrawn" else None,
        "consent.subject": person,
        "consent.purpose": newest.purpose,
        "consent.scope": "、".join(newest.scope),
        "consent.version": newest.text_version,
        "consent.given_at": newest.given_at,
        "consent.channel": newest.channel,
        "consent.withdrawal": newest.withdrawal,
        "separate_consent": is_valid and newest.is_separate,
        "guardian_consent": is_valid and newest.guardian is not None,
    }


def _of(session: Session, person: str, purpose: str | None, *, locked: bool = False) -> list[Consent]:
    found = select(Consent).where(Consent.org_id == ORG, Consent.person == person)
    if purpose is not None:
        found = found.where(Consent.purpose == purpose)
    found = found.order_by(Consent.given_at.desc(), Consent.id.desc())
    return list(session.scalars(found.with_for_update() if locked else found))


def _end(row: Consent, *, why: str, by: str, now: datetime) -> None:
    row.ended_at, row.ended_by, row.ended_why = now, by, why
