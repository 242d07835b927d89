"""What can be wrong with a message that claims to come from WeChat, and with an answer WeChat gives us."""

from __future__ import annotations

from enum import StrEnum

from app.errors import AppError


class Doubt(StrEnum):
    """Why a message is not believed. The sender is told none of it: a forger would learn where he stands."""

    MALFORMED = "malformed"  # a header, the envelope or a field is missing or no such thing
    STALE = "stale"  # the timestamp is too far from now
    PROBE = "probe"  # the platform tries whether we verify at all
    UNKNOWN_KEY = "unknown_key"  # signed with a key that is neither configured nor fetched
    ENDED_KEY = "ended_key"  # signed with a certificate outside its validity
    SIGNATURE = "signature"
    DECRYPTION = "decryption"
    WRONG_ACCOUNT = "wrong_account"  # genuine, but meant for somebody else


class Untrusted(AppError):
    """A message that is forged, stale, damaged or not ours."""

    code = "untrusted_message"
    status = 401
    title = "The message cannot be trusted"

    def __init__(self, doubt: Doubt, detail: str) -> None:
        super().__init__(detail)
        self.doubt = doubt


class PlatformRefused(AppError):
    """The platform answered, and the answer is no: ``platform_code`` is its own error code.

    Asking again without changing something gives the same answer.
    """

    code = "platform_refused"
    status = 502
    title = "The platform refused"

    def __init__(self, detail: str, *, platform_code: str, http_status: int = 200) -> None:
        super().__init__(detail)
        self.platform_code = platform_code
        self.http_status = http_status


class PlatformBusy(AppError):
    """No usable answer: a time-out, a rate limit, a failing platform. What was asked may or may not have happened."""

    code = "platform_busy"
    status = 503
    title = "The platform does not answer now"

    def __init__(self, detail: str, *, platform_code: str = "", retry_after_s: int | None = None) -> None:
        super().__init__(detail, retry_after_s=retry_after_s)
        self.platform_code = platform_code
