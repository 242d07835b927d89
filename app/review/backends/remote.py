"""A reviewer behind HTTP: the operator's own media or text service, asked with a small JSON contract.

``POST url {"content_id", "kind", "fields", "segments", "media"}`` answers ``{"verdict": "pass|review|block",
"score_bp": 0..10000, "reason": "…"}``. Anything else, and any time-out, is an abstention.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from pydantic import BaseModel, Field, ValidationError

from app.errors import InvalidInput
from app.outgoing import Unanswered, ask
from app.review.backend import Abstained, Desk, Material, Said
from app.settings import Settings
from app.values.content import ContentToScreen, Medium
from app.values.deciding import Opinion, Verdict

_ANSWER_MAX_BYTES = 65_536
_OK = 200
TITLE = "媒体审核服务"


class _Answer(BaseModel, extra="ignore"):
    verdict: Verdict
    score_bp: int = Field(ge=0, le=10_000)
    reason: str = Field("", max_length=2_000)


class _Settings(BaseModel, extra="forbid"):
    timeout_s: float = Field(20, gt=0, le=40)
    version: str = Field("1", min_length=1, max_length=40)
    allow_private: bool = True


class RemoteReviewer:
    """Asks the configured service."""

    name = "remote"
    title = TITLE
    is_quick = False
    is_advice = False

    def __init__(self, url: str, token: str | None, *, sees_all: bool, given: _Settings) -> None:
        self._url = url
        self._headers = {"content-type": "application/json"} | ({"authorization": f"Bearer {token}"} if token else {})
        self._sees_all, self._allow_private = sees_all, given.allow_private
        self.version, self.timeout_s = given.version, given.timeout_s

    def wants(self, content: ContentToScreen, verdict: Verdict) -> bool:
        """Contents with media, or every content when so configured."""
        del verdict
        return self._sees_all or bool(content.media)

    def sees(self, medium: Medium) -> bool:
        """Whatever comes: the service is the operator's own."""
        return bool(medium.url)

    def review(self, material: Material, desk: Desk) -> Said:
        """The service's opinion, unless it gave no usable one."""
        try:
            answer = ask(
                "POST",
                self._url,
                headers=self._headers,
                body=orjson.dumps(_asked(material.content)),
                allow_private=desk.allow_private or self._allow_private,
                max_bytes=_ANSWER_MAX_BYTES,
                timeout_s=self.timeout_s,
            )
        except (Unanswered, InvalidInput):
            return Abstained("no_answer", is_failure=True)
        if answer.status != _OK:
            return Abstained("refused", is_failure=True)
        try:
            given = _Answer.model_validate_json(answer.body)
        except ValidationError:
            return Abstained("nonsense", is_failure=True)
        return Opinion(self.name, given.verdict.answer, given.score_bp, given.reason)


def _asked(content: ContentToScreen) -> dict[str, object]:
    return {
        "content_id": content.content_id,
        "kind": content.kind,
        "fields": dict(content.fields),
        "segments": [{"source": line.source, "at_ms": line.at_ms, "text": line.text} for line in content.segments],
        "media": [{"type": item.type, "url": item.url, "sha256": item.sha256} for item in content.media],
    }


def open_backend(settings: Settings, given: Mapping[str, Any] | None) -> RemoteReviewer | None:
    """The remote reviewer when a URL is set."""
    if settings.reviewer_url is None:
        return None
    token = settings.reviewer_token.get_secret_value() if settings.reviewer_token else None
    own = _Settings.model_validate(given or {})
    return RemoteReviewer(settings.reviewer_url, token, sees_all=settings.reviewer_sees == "all", given=own)
