"""Officers' accounts: Argon2id passwords, and a lock-out that backs off after repeated failures."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import select, update
from sqlalchemy.orm import Session, object_session

from app.errors import Conflict, InvalidInput, Problem, Unauthenticated
from app.models import Officer
from app.models.base import ORG
from app.values.access import Caller, Role

_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)  # OWASP's first choice for Argon2id
# The hash of "nobody has this password", so that an unknown name takes as long as a wrong password. It is written down
# because every command would pay for making it at its start.
_NOBODY = "$argon2id$v=19$m=19456,t=2,p=1$kqZZn1FnrDOecyuUEwNEGg$NPwk5it5KzE02eq7EOdhGZ9Cx+dhot0xVJSEIDf6o3M"
_FREE_FAILURES = 5
_LONGEST_LOCK = timedelta(minutes=30)
PASSWORD_MIN = 12
PASSWORD_MAX = 1_024


def create_officer(
    session: Session,
    *,
    username: str,
    display_name: str,
    password: str,
    roles: Iterable[str],
    shop_ids: Iterable[str] | None,
    now: datetime,
    must_change: bool = False,
) -> Officer:
    """Add an officer.

    Raises:
        InvalidInput: short password or unknown role, all named at once.
        Conflict: the user name is taken.
    """
    wanted = sorted(set(roles))
    problems = role_problems(wanted) + password_problems(password)
    if not username.strip():
        problems.append(Problem("username", "is empty", "a name to sign in with"))
    if problems:
        raise InvalidInput("the officer's details are wrong", problems=problems)
    if find_officer(session, username) is not None:
        raise Conflict(f"there is already an officer {username}")
    officer = Officer(
        username=username,
        display_name=display_name,
        password_hash=_HASHER.hash(password),
        roles=wanted,
        shop_ids=None if shop_ids is None else sorted(set(shop_ids)),
        created_at=now,
        must_change=must_change,
    )
    session.add(officer)
    session.flush()
    return officer


def role_problems(roles: Collection[str]) -> list[Problem]:
    """What is wrong with the roles for an officer."""
    problems = [Problem("roles", f"unknown: {role}", ", ".join(Role)) for role in roles if role not in set(Role)]
    return problems if roles else [Problem("roles", "none given", ", ".join(Role))]


def password_problems(password: str) -> list[Problem]:
    """What is wrong with a password: only its length is ruled, by people's own advice (NIST SP 800-63B)."""
    if len(password) < PASSWORD_MIN:
        return [Problem("password", "too short", f"at least {PASSWORD_MIN} characters")]
    if len(password) > PASSWORD_MAX:
        return [Problem("password", "too long", f"at most {PASSWORD_MAX} characters")]
    return []


def set_password(officer: Officer, password: str, *, must_change: bool) -> None:
    """Give an officer a new password; every session of theirs ends."""
    officer.password_hash, officer.must_change = _HASHER.hash(password), must_change
    end_sessions(officer)


def is_last_admin(session: Session, officer: Officer) -> bool:
    """Whether nobody else could let people in."""
    others = select(Officer).where(Officer.org_id == ORG, Officer.id != officer.id, Officer.disabled_at.is_(None))
    return Role.ADMIN in officer.roles and not any(Role.ADMIN in each.roles for each in session.scalars(others))


def find_officer(session: Session, username: str) -> Officer | None:
    """The officer of that name, disabled or not."""
    return session.scalar(select(Officer).where(Officer.org_id == ORG, Officer.username == username))


def display_names(session: Session) -> dict[str, str]:
    """The name people know each officer by, by user name; disabled ones too, for what they once did."""
    found = session.execute(select(Officer.username, Officer.display_name).where(Officer.org_id == ORG))
    return {each.username: each.display_name for each in found}


def password_fits(officer: Officer | None, password: str) -> bool:
    """Whether the password is this officer's. Slow on purpose, and as slow when there is no such officer."""
    try:
        return _HASHER.verify(_NOBODY if officer is None else officer.password_hash, password) and officer is not None
    except (VerificationError, InvalidHashError):
        return False


def check_open(officer: Officer | None, *, now: datetime) -> None:
    """Raise Unauthenticated while the account is locked; says for how long, never whether the name exists."""
    if officer is not None and officer.locked_until is not None and officer.locked_until > now:
        wait = int((officer.locked_until - now).total_seconds()) + 1
        raise Unauthenticated("账号已暂时锁定，请稍后再试", retry_after_s=wait)


def note_failure(officer: Officer, *, now: datetime) -> None:
    """Count a failed sign-in; after five, lock for 1, 2, 4 … minutes up to 30.

    The database counts, so that guesses made at the same moment are all counted.
    """
    session = object_session(officer)
    assert session is not None, "the officer was loaded in this unit of work"
    counted = update(Officer).where(Officer.id == officer.id).values(failed_count=Officer.failed_count + 1)
    session.execute(counted.execution_options(synchronize_session=False))
    session.refresh(officer)
    if officer.failed_count >= _FREE_FAILURES:
        over = min(officer.failed_count - _FREE_FAILURES, 10)
        officer.locked_until = now + min(timedelta(minutes=2**over), _LONGEST_LOCK)


def note_success(officer: Officer, *, now: datetime) -> None:
    """Forget earlier failures."""
    officer.failed_count, officer.locked_until, officer.signed_in_at = 0, None, now


def end_sessions(officer: Officer) -> None:
    """End every session of an officer, also one whose cookie was copied."""
    officer.session_epoch += 1


def as_caller(officer: Officer) -> Caller:
    """The officer as the one who calls."""
    shops = None if officer.shop_ids is None else frozenset(officer.shop_ids)
    return Caller(officer.id, f"officer:{officer.username}", frozenset(officer.roles), shops)
