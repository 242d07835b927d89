"""A reviewer behind HTTP: the operator's own media or text service, asked with a small JSON contract.

``POST url {"content_id", "kind", "fields", "segments", "media"}`` answers ``{"verdict": "pass|review|block",
"score_bp": 0..10000, "reason": "…"}``. Anything else, and any time-out, is an abstention.
"""

from __future__ import annotations

import httpx
import structlog
from pydantic import BaseModel, Field, ValidationError

from app.settings import Settings
from app.values.content import ContentToScreen
from app.values.deciding import Opinion, Verdict

_TIMEOUT = httpx.Timeout(20, connect=5)
_ANSWER_MAX_BYTES = 65_536
_log = structlog.get_logger(__name__)


class _Answer(BaseModel, extra="ignore"):
    verdict: Verdict
    score_bp: int = Field(ge=0, le=10_000)
    reason: str = Field("", max_length=2_000)


class RemoteReviewer:
    """Asks the configured service."""

    name = "remote"

    def __init__(self, url: str, token: str | None, *, sees_all: bool) -> None:
        self._url = url
        self._headers = {"authorization": f"Bearer {token}"} if token else {}
        self._sees_all = sees_all

    def wants(self, content: ContentToScreen) -> bool:
        """Contents with media, or every content when so configured."""
        return self._sees_all or bool(content.media)

    def review(self, content: ContentToScreen) -> Opinion | None:
        """The service's opinion; None when it did not give a usable one."""
        asked = {
            "content_id": content.content_id,
            "kind": content.kind,
            "fields": dict(content.fields),
            "segments": [{"source": line.source, "at_ms": line.at_ms, "text": line.text} for line in content.segments],
            "media": [{"type": item.type, "url": item.url, "sha256": item.sha256} for item in content.media],
        }
        try:
            with httpx.Client(timeout=_TIMEOUT, trust_env=False) as client:
                answer = client.post(self._url, json=asked, headers=self._headers)
            if answer.status_code != httpx.codes.OK or len(answer.content) > _ANSWER_MAX_BYTES:
                _log.warning("reviewer_abstained", reviewer=self.name, http_status=answer.status_code)
                return None
            given = _Answer.model_validate_json(answer.content)
        except (httpx.HTTPError, ValidationError) as error:
            _log.warning("reviewer_abstained", reviewer=self.name, error=type(error).__name__)
            return None
        return Opinion(self.name, given.verdict.answer, given.score_bp, given.reason)


def open_backend(settings: Settings) -> RemoteReviewer | None:
    """The remote reviewer when a URL is set."""
    if settings.reviewer_url is None:
        return None
    token = settings.reviewer_token.get_secret_value() if settings.reviewer_token else None
    return RemoteReviewer(settings.reviewer_url, token, sees_all=settings.reviewer_sees == "all")
