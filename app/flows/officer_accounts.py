"""Officers' accounts: made and changed by an administrator, kept by the officer; every change is audited.

Nobody but the officer knows a password for long: one that an administrator makes must be changed at the first sign-in.
Whoever loses their rights loses their sessions with them. The last administrator stays one.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import TypeVar

from sqlalchemy.orm import Session

from app import audit, officers, second_factor
from app.errors import Conflict, InvalidInput, NotFound, Problem
from app.flows.parts import Parts
from app.models import Officer
from app.text.personal_data import without_personal
from app.vault.people import SealedValue

T = TypeVar("T")
_PASSWORD_BYTES = 12


def create_account(
    parts: Parts, username: str, *, display_name: str, roles: Collection[str], shop_ids: Collection[str] | None, by: str
) -> str:
    """Add an officer; returns the password, which is shown once and must be changed.

    Raises InvalidInput or Conflict as ``officers.create_officer`` does.
    """
    password, now = secrets.token_urlsafe(_PASSWORD_BYTES), parts.now()

    def work(session: Session) -> None:
        officers.create_officer(
            session,
            username=username,
            display_name=without_personal(display_name) or username,
            password=password,
            roles=roles,
            shop_ids=shop_ids,
            now=now,
            must_change=True,
        )
        details = {"roles": sorted(roles), "shops": sorted(shop_ids or ())}
        _record(session, "officer.create", username, by=by, details=details, now=now)

    parts.db.write(work)
    return password


def change_password(parts: Parts, username: str, *, old: str, new: str) -> None:
    """Change one's own password; every session ends.

    Raises InvalidInput: the old one is wrong, the new one too short or the same.
    """
    with parts.db.read() as session:
        seen = officers.find_officer(session, username)
    problems = officers.password_problems(new)
    if new == old:
        problems.append(Problem("password", "is the old one", "another one"))
    if not officers.password_fits(seen, old):
        problems = [Problem("old", "is not your password", "the password you signed in with")]
    if problems:
        raise InvalidInput("the password was not changed", problems=problems)

    def work(session: Session, officer: Officer) -> None:
        officers.set_password(officer, new, must_change=False)
        _record(session, "officer.change_password", username, by=f"officer:{username}", now=parts.now())

    _with(parts, username, work)


def reset_password(parts: Parts, username: str, *, by: str) -> str:
    """A new password for somebody who lost theirs; it must be changed at the first sign-in."""
    password = secrets.token_urlsafe(_PASSWORD_BYTES)

    def work(session: Session, officer: Officer) -> None:
        officers.set_password(officer, password, must_change=True)
        officer.failed_count, officer.locked_until = 0, None
        _record(session, "officer.reset_password", username, by=by, now=parts.now())

    _with(parts, username, work)
    return password


def set_rights(
    parts: Parts, username: str, *, roles: Collection[str], shop_ids: Collection[str] | None, by: str
) -> None:
    """Give an officer other roles and shops; raises InvalidInput, or Conflict when no administrator would be left."""
    if problems := officers.role_problems(roles):
        raise InvalidInput("the officer's roles are wrong", problems=problems)

    def work(session: Session, officer: Officer) -> None:
        if "admin" not in roles:
            _check_not_last(session, officer)
        details = {"roles": sorted(set(roles)), "roles_before": officer.roles}
        details |= {"shops": sorted(set(shop_ids or ())), "shops_before": officer.shop_ids or []}
        officer.roles = sorted(set(roles))
        officer.shop_ids = None if shop_ids is None else sorted(set(shop_ids))
        _record(session, "officer.set_rights", username, by=by, details=details, now=parts.now())

    _with(parts, username, work)


def set_disabled(parts: Parts, username: str, *, is_disabled: bool, by: str) -> None:
    """Let an officer in no more, or again; raises Conflict for the last administrator."""

    def work(session: Session, officer: Officer) -> None:
        if is_disabled:
            _check_not_last(session, officer)
        officer.disabled_at = parts.now() if is_disabled else None
        officers.end_sessions(officer)
        action = "officer.disable" if is_disabled else "officer.enable"
        _record(session, action, username, by=by, now=parts.now())

    _with(parts, username, work)


def unlock(parts: Parts, username: str, *, by: str) -> None:
    """End a lock-out before its time."""

    def work(session: Session, officer: Officer) -> None:
        officer.failed_count, officer.locked_until = 0, None
        _record(session, "officer.unlock", username, by=by, now=parts.now())

    _with(parts, username, work)


def choose_language(parts: Parts, username: str, language: str) -> None:
    """Remember in which language the officer reads the console; a matter of taste, so no audit row."""

    def work(_session: Session, officer: Officer) -> None:
        officer.language = language

    _with(parts, username, work)


def begin_second_factor(parts: Parts, username: str) -> str:
    """A fresh secret for the officer's device, which counts once its first digits fitted; raises Conflict."""
    secret = second_factor.new_secret()

    def work(session: Session, officer: Officer) -> None:
        if officer.totp_since is not None:
            raise Conflict("the second factor is set up already; an administrator can take it away")
        officer.totp_secret = parts.people.seal(session, secret.encode(), now=parts.now(), **_place(officer))
        officer.totp_step = None

    _with(parts, username, work)
    return secret


def pending_secret(parts: Parts, username: str) -> str | None:
    """The secret that waits for its first digits, so that a reloaded page shows the same square."""
    with parts.db.read() as session:
        officer = officers.find_officer(session, username)
        if officer is None or officer.totp_since is not None or officer.totp_secret is None:
            return None
        return _secret(parts, session, officer)


def confirm_second_factor(parts: Parts, username: str, code: str) -> list[str]:
    """The device works: from now on it is asked for. Returns the single-use codes, which are shown once.

    Raises InvalidInput when the digits do not fit.
    """
    codes, now = second_factor.new_codes(), parts.now()

    def work(session: Session, officer: Officer) -> None:
        if officer.totp_secret is None or officer.totp_since is not None:
            raise Conflict("there is no second factor that waits to be confirmed")
        step = second_factor.taken_step(_secret(parts, session, officer), code, last=officer.totp_step, now=now)
        if step is None:
            problem = Problem("code", "does not fit", "the six digits that the device shows now")
            raise InvalidInput("the second factor is not set up", problems=[problem])
        officer.totp_since, officer.totp_step = now, step
        officer.recovery_codes = [second_factor.digest_of(each) for each in codes]
        _record(session, "officer.second_factor", username, by=f"officer:{username}", now=now)

    _with(parts, username, work)
    return codes


def take_away_second_factor(parts: Parts, username: str, *, by: str) -> None:
    """The device is lost: the officer signs in without it and sets up another; every session ends."""

    def work(session: Session, officer: Officer) -> None:
        officer.totp_secret = officer.totp_since = officer.totp_step = None
        officer.recovery_codes = []
        officers.end_sessions(officer)
        _record(session, "officer.second_factor_reset", username, by=by, now=parts.now())

    _with(parts, username, work)


def second_factor_fits(parts: Parts, session: Session, officer: Officer, code: str, *, now: datetime) -> bool:
    """Whether the digits, or a single-use code, are the officer's; what fitted is used up in this transaction."""
    step = second_factor.taken_step(_secret(parts, session, officer), code, last=officer.totp_step, now=now)
    if step is not None:
        officer.totp_step = step
        return True
    left = second_factor.without(officer.recovery_codes, code)
    if left is None:
        return False
    officer.recovery_codes = left
    details = {"left": len(left)}
    _record(
        session, "officer.recovery_code", officer.username, by=f"officer:{officer.username}", details=details, now=now
    )
    return True


def _secret(parts: Parts, session: Session, officer: Officer) -> str:
    assert officer.totp_secret is not None, "a second factor is set up"
    return parts.people.unseal_many(session, [SealedValue(officer.totp_secret, **_place(officer))])[0].decode()


def _place(officer: Officer) -> dict[str, str]:
    return {
        "person": f"officer:{officer.username}",
        "table": "officer",
        "column": "totp_secret",
        "row": officer.id,
    }


def _check_not_last(session: Session, officer: Officer) -> None:
    if officer.disabled_at is None and officers.is_last_admin(session, officer):
        raise Conflict(f"{officer.username} is the last administrator; make another one first")


def _with(parts: Parts, username: str, work: Callable[[Session, Officer], T]) -> T:
    def whole(session: Session) -> T:
        officer = officers.find_officer(session, username)
        if officer is None:
            raise NotFound(f"no officer {username}")
        return work(session, officer)

    return parts.db.write(whole)


def _record(
    session: Session, action: str, username: str, *, by: str, now: datetime, details: Mapping[str, object] | None = None
) -> None:
    told = None if details is None else dict(details)
    audit.record(session, actor=by, action=action, object_type="officer", object_id=username, details=told, now=now)
