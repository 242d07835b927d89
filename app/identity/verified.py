"""What a sign-in service vouched for, and the question every such service answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from app.errors import AppError


class NotVerified(AppError):
    """The sign-in service's answer does not prove who somebody is; ``detail`` is for the log, never for the page."""

    code = "not_verified"
    status = 401
    title = "The sign-in could not be verified"


@dataclass(frozen=True, slots=True)
class Verified:
    """A person as the service knows them: ``subject`` is theirs for good, a name is not.

    ``groups`` and ``shops`` are None where nothing was configured to be read; ``is_second_factor``: the service asked
    for one itself.
    """

    issuer: str
    subject: str
    username: str
    display_name: str
    groups: frozenset[str] | None = None
    shops: frozenset[str] | None = None
    is_second_factor: bool = False


@dataclass(frozen=True, slots=True)
class Ticket:
    """What one try is bound to: kept in the browser's session, and part of what is asked."""

    state: str
    nonce: str
    verifier: str


class SignInService(Protocol):
    """A service that knows who people are."""

    def address(self, ticket: Ticket, *, back: str, now: datetime) -> str:
        """Where to send the browser; raises Unanswered or NotVerified."""
        ...

    def identify(self, code: str, ticket: Ticket, *, back: str, now: datetime) -> Verified:
        """Who came back with this code; raises NotVerified or Unanswered."""
        ...

    def way_out(self, *, back: str) -> str | None:
        """Where a person can sign out at the service, too; None where it has no such place."""
        ...
