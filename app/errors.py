"""The one family of errors the service raises on purpose.

Every error says what is wrong, where (``file:line``, field or id) and what was expected, and carries the HTTP status
it becomes at the door, so no door needs a table of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with an input.

    ``field`` is a dotted path (``items.3.fields.title``), a setting's name or a ``file:line``.
    """

    field: str
    problem: str
    expected: str = ""

    def __str__(self) -> str:
        text = f"{self.field}: {self.problem}" if self.field else self.problem
        return f"{text} (expected {self.expected})" if self.expected else text


class AppError(Exception):
    """Base of all deliberate errors; ``code`` and ``status`` belong to the class, the rest to the occasion."""

    code = "internal"
    status = 500
    title = "Internal error"

    def __init__(self, detail: str, *, problems: Sequence[Problem] = (), retry_after_s: int | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.problems = tuple(problems)
        self.retry_after_s = retry_after_s

    def __str__(self) -> str:
        return "\n".join([self.detail, *(f"  {problem}" for problem in self.problems)])


class InvalidInput(AppError):
    """The request was understood but does not fit the contract."""

    code = "invalid_input"
    status = 422
    title = "The input does not fit the contract"


class BrokenRequest(AppError):
    """The request could not be read at all (broken JSON, not UTF-8)."""

    code = "broken_request"
    status = 400
    title = "The request could not be read"


class Unauthenticated(AppError):
    """No key, or one that is unknown, expired or revoked."""

    code = "unauthenticated"
    status = 401
    title = "A valid API key is needed"


class Forbidden(AppError):
    """Known caller, but without the scope, role or shop."""

    code = "forbidden"
    status = 403
    title = "Not allowed"


class SamePerson(Forbidden):
    """Whoever asked for something, or was the first of two, wants to be the second too."""

    code = "same_person"
    title = "Another person is needed"

    def __init__(self, why: str = "a change is never approved by whoever asked for it") -> None:
        super().__init__(why)


class NotFound(AppError):
    """No such thing, or not one of the caller's shops (the two look the same on purpose)."""

    code = "not_found"
    status = 404
    title = "Not found"


class Conflict(AppError):
    """The state has moved on, or two inputs contradict each other."""

    code = "conflict"
    status = 409
    title = "Conflict"


class NotReady(AppError):
    """Able to answer later; says when to come back."""

    code = "not_ready"
    status = 503
    title = "Not ready"


class RateLimited(AppError):
    """The key has used up its rate; says when to come back."""

    code = "rate_limited"
    status = 429
    title = "Too many requests"


class TooSlow(AppError):
    """The request's body did not arrive in time."""

    code = "too_slow"
    status = 408
    title = "The request took too long to arrive"


class SettingsError(AppError):
    """The environment's settings are wrong; every wrong one is named at once."""

    code = "bad_settings"
    title = "Wrong settings"


class BadDefinition(AppError):
    """A rule pack or a wordlist that must not be loaded; each problem's ``field`` is ``file:line``."""

    code = "bad_definition"
    status = 422
    title = "A rule pack or wordlist is wrong"


class WrongMediaType(AppError):
    """A body that is not declared as JSON."""

    code = "wrong_media_type"
    status = 415
    title = "The body must be JSON"
