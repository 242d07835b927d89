"""Lets in somebody whom a sign-in service vouched for.

the try is new ─ subject known? ─ yes → that officer, with the roles the service says where it decides them
                               ─ no  → roles by claim → a new account; else refused: an administrator links people
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app import audit
from app.flows.parts import Parts
from app.identity.verified import Verified
from app.models import Officer, OfficerIdentity, UsedTry
from app.models.base import ORG
from app.officers import create_officer, end_sessions, find_officer, note_success
from app.sign_in_settings import role_pairs

_KEPT_FOR = timedelta(hours=1)
_NAME_MAX = 128


@dataclass(frozen=True, slots=True)
class Admitted:
    """The officer, or why not: ``used``, ``unknown``, ``no_role``, ``taken``, ``disabled``."""

    officer: Officer | None
    why: str = ""


def admit(parts: Parts, verified: Verified, *, state: str, now: datetime) -> Admitted:
    """Who comes in. Each try does so once, whoever sends its answer again."""

    def work(session: Session) -> Admitted:
        if not _is_first(session, state, now):
            return _refuse(session, verified, "used", now)
        identity = session.scalar(
            select(OfficerIdentity).where(
                OfficerIdentity.org_id == ORG,
                OfficerIdentity.issuer == verified.issuer,
                OfficerIdentity.subject == verified.subject,
            )
        )
        if identity is None:
            return _new_account(parts, session, verified, now)
        officer = session.get_one(Officer, identity.officer_id)
        if (
            identity.is_managed
            and verified.groups is not None
            and not _follow_roles(parts, session, officer, verified, now)
        ):
            return _refuse(session, verified, "no_role", now, officer)
        return _let_in(session, officer, verified, now)

    return parts.db.write(work)


def _is_first(session: Session, state: str, now: datetime) -> bool:
    session.execute(delete(UsedTry).where(UsedTry.used_at < now - _KEPT_FOR))
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    row = insert(UsedTry).values(state=hashlib.sha256(state.encode()).hexdigest(), used_at=now)
    return session.scalar(row.on_conflict_do_nothing(index_elements=["state"]).returning(UsedTry.state)) is not None


def _roles(parts: Parts, verified: Verified) -> list[str]:
    groups = verified.groups or frozenset()
    return sorted({role for group, role in role_pairs(parts.settings.oidc_roles) if group in groups})


def _new_account(parts: Parts, session: Session, verified: Verified, now: datetime) -> Admitted:
    if verified.groups is None:
        return _refuse(session, verified, "unknown", now)
    roles = _roles(parts, verified)
    if not roles or (verified.shops is not None and not verified.shops):
        return _refuse(session, verified, "no_role", now)
    username = (verified.username or verified.subject)[:_NAME_MAX]
    if not username.isprintable() or find_officer(session, username) is not None:
        return _refuse(session, verified, "taken", now)
    officer = create_officer(
        session,
        username=username,
        display_name=(verified.display_name or username)[:_NAME_MAX],
        password=secrets.token_urlsafe(32),  # nobody knows it
        roles=roles,
        shop_ids=verified.shops,
        now=now,
    )
    link(session, officer, issuer=verified.issuer, subject=verified.subject, by=verified.issuer, now=now, managed=True)
    _note(session, "officer.create", officer.username, by="system", now=now, details={"roles": roles})
    return _let_in(session, officer, verified, now)


def link(
    session: Session, officer: Officer, *, issuer: str, subject: str, by: str, now: datetime, managed: bool = False
) -> None:
    """Write down that the subject is this officer; unique, so that nobody is two."""
    session.add(
        OfficerIdentity(
            officer_id=officer.id,
            issuer=issuer,
            subject=subject,
            is_managed=managed,
            linked_at=now,
            linked_by=by[:_NAME_MAX],
        )
    )
    session.flush()


def _follow_roles(parts: Parts, session: Session, officer: Officer, verified: Verified, now: datetime) -> bool:
    """Give the officer the roles the service says today; without any their sessions end."""
    roles = _roles(parts, verified)
    if not roles:
        end_sessions(officer)
        return False
    shops = officer.shop_ids if verified.shops is None else sorted(verified.shops)
    if roles != officer.roles or shops != officer.shop_ids:
        details: dict[str, object] = {"roles": roles, "roles_before": officer.roles}
        officer.roles, officer.shop_ids = roles, shops
        _note(session, "officer.set_rights", officer.username, by="system", now=now, details=details)
    return shops != []


def _let_in(session: Session, officer: Officer, verified: Verified, now: datetime) -> Admitted:
    if officer.disabled_at is not None:
        return _refuse(session, verified, "disabled", now, officer)
    if officer.totp_since is None or verified.is_second_factor:
        note_success(officer, now=now)
        by, details = f"officer:{officer.username}", {"by": verified.issuer}
        _note(session, "officer.sign_in", officer.username, by=by, now=now, details=details)
    return Admitted(officer)


def _refuse(session: Session, verified: Verified, why: str, now: datetime, officer: Officer | None = None) -> Admitted:
    details = {"by": verified.issuer, "why": why}
    name = officer.username if officer is not None else "unknown"
    _note(session, "officer.sign_in_failed", name, by="system", now=now, details=details)
    return Admitted(None, why)


def _note(
    session: Session, action: str, username: str, *, by: str, now: datetime, details: Mapping[str, object]
) -> None:
    audit.record(
        session,
        actor=by,
        action=action,
        object_type="officer",
        object_id=username,
        now=now,
        details=dict(details),
    )
