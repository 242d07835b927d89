"""Who is signed in: the session names an officer and an epoch, and every request looks both up again.

The cookie only holds what is signed into it, so it cannot be taken back by itself. Therefore an officer's
``session_epoch`` rises at sign-out and ends every session of theirs, and a session has an absolute end that no amount
of clicking moves.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, cast

from flask import Flask, redirect, request, session, url_for
from flask_login import LoginManager, current_user, login_user, logout_user
from werkzeug.wrappers import Response

from app.flows.parts import Parts
from app.models import Officer
from app.officers import as_caller
from app.settings import Env
from app.values.access import Caller
from app.web.auth import parts
from app.web.console.safe_paths import is_local

_ENDS_AT = "ends_at"
_HALF, _HALF_UNTIL = "half", "half_until"
_ELSEWHERE, _PROVED = "from_elsewhere", "second_factor_elsewhere"
_HALF_FOR = timedelta(minutes=5)
_SETTING_UP = frozenset(
    {
        "console.account",
        "console.change_password",
        "console.begin_second_factor",
        "console.confirm_second_factor",
        "console.sign_out",
        "console.static",
    }
)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The officer of this request, with the three answers that Flask-Login asks for."""

    is_authenticated: ClassVar[bool] = True
    is_active: ClassVar[bool] = True
    is_anonymous: ClassVar[bool] = False

    caller: Caller
    display_name: str
    username: str
    epoch: int
    must_change: bool = False
    has_second_factor: bool = False
    language: str | None = None

    def get_id(self) -> str:
        """What the session keeps of them."""
        return f"{self.caller.id} {self.epoch}"


def give(app: Flask, own: Parts) -> None:
    """Sessions signed with the parts' own key, in cookies scripts cannot read."""
    is_secure = own.settings.secure_cookies or own.settings.env is Env.PRODUCTION
    app.config.update(
        SECRET_KEY=own.keyring.sessions,
        SESSION_COOKIE_NAME="__Host-weiheng" if is_secure else "weiheng",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=is_secure,
        SESSION_COOKIE_PATH="/",
        PERMANENT_SESSION_LIFETIME=timedelta(hours=own.settings.session_hours),
        SESSION_REFRESH_EACH_REQUEST=False,
    )


def install(app: Flask) -> None:
    """Who looks at a page, of the session's cookie."""
    manager: Any = LoginManager()
    manager.session_protection = None  # people change networks; the epoch and the end guard the session
    manager.user_loader(_load)
    manager.unauthorized_handler(to_sign_in)
    manager.init_app(app)


def begin(officer: Officer, *, now: datetime, is_elsewhere: bool = False, is_proved: bool = False) -> None:
    """Start a new session; nothing of the one before lives on.

    ``is_elsewhere``: not by our password, so nobody has to change it; ``is_proved``: the service asked for a second
    factor.
    """
    session.clear()
    session.permanent = True
    session[_ELSEWHERE], session[_PROVED] = is_elsewhere, is_proved
    session[_ENDS_AT] = int((now + timedelta(hours=parts().settings.session_hours)).timestamp())
    login_user(_signed_in(officer))


def begin_half(officer: Officer, *, now: datetime, is_elsewhere: bool = False) -> None:
    """The password was right; the second factor is still asked for, for a few minutes."""
    session.clear()
    session[_ELSEWHERE] = is_elsewhere
    session[_HALF] = f"{officer.id} {officer.session_epoch}"
    session[_HALF_UNTIL] = int((now + _HALF_FOR).timestamp())


def half() -> tuple[str, int] | None:
    """Id and epoch of the officer whose password was right in this browser; None when that is too long ago."""
    kept, until = session.get(_HALF), session.get(_HALF_UNTIL)
    if not isinstance(kept, str) or not isinstance(until, int) or parts().now().timestamp() >= until:
        return None
    officer_id, _, epoch = kept.partition(" ")
    return officer_id, int(epoch)


def came_from_elsewhere() -> bool:
    """Whether this session, or its first half, was not begun by our password."""
    return bool(session.get(_ELSEWHERE))


def is_to_set_up(endpoint: str | None) -> bool:
    """Whether the officer has to see to their account before they may open this page."""
    who = officer()
    lacks_factor = parts().settings.needs_second_factor and not who.has_second_factor and not session.get(_PROVED)
    is_incomplete = (who.must_change and not came_from_elsewhere()) or lacks_factor
    return is_incomplete and endpoint not in _SETTING_UP


def end() -> None:
    """Forget the session in this browser."""
    logout_user()
    session.clear()


def officer() -> SignedIn:
    """The officer of this request; pages are only reached by one. The value itself, fit for the writer thread."""
    return cast("SignedIn", current_user._get_current_object())  # noqa: SLF001 - werkzeug's name for it


def _load(kept: str) -> SignedIn | None:
    officer_id, _, epoch = kept.partition(" ")
    ends_at = session.get(_ENDS_AT)
    own = parts()
    if not isinstance(ends_at, int) or own.now() >= datetime.fromtimestamp(ends_at, UTC):
        return None
    with own.db.read() as reading:
        found = reading.get(Officer, officer_id)
    if found is None or found.disabled_at is not None or str(found.session_epoch) != epoch:
        return None
    return _signed_in(found)


def _signed_in(found: Officer) -> SignedIn:
    caller, has_second_factor = as_caller(found), found.totp_since is not None
    epoch, must_change = found.session_epoch, found.must_change
    return SignedIn(caller, found.display_name, found.username, epoch, must_change, has_second_factor, found.language)


def to_sign_in() -> Response:
    """Send a stranger to the sign-in page, and remember where they wanted to go."""
    wanted = request.full_path.rstrip("?")
    is_worth_it = request.method == "GET" and is_local(wanted) and request.endpoint != "console.home"
    return redirect(url_for("console.sign_in", next=wanted if is_worth_it else None))
