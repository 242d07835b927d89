"""An uploaded content as it is screened, read from outside and checked before it gets here."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson


@dataclass(frozen=True, slots=True)
class Segment:
    """A line of a video's speech, subtitles or cover; ``at_ms`` from the start."""

    source: str
    at_ms: int
    text: str


@dataclass(frozen=True, slots=True)
class Medium:
    """An image, video or audio that media reviewers look at."""

    type: str
    url: str
    sha256: str | None = None


@dataclass(frozen=True, slots=True)
class ContentToScreen:
    """One content: named texts, a video's segments, media, and what the uploader claims (``facts``)."""

    content_id: str
    kind: str
    shop_id: str
    fields: Mapping[str, str]
    author_id: str | None = None
    category: str | None = None
    segments: tuple[Segment, ...] = ()
    media: tuple[Medium, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)
    attributes: Mapping[str, Any] = field(default_factory=dict)
    occurred_at: datetime | None = None
    deadline_ms: int = 200
    wants_score: bool = False

    def as_stored(self) -> bytes:
        """The content as JSON, its fields in the order they were sent."""
        return orjson.dumps(self._plain())

    def digest(self) -> str:
        """``sha256:…`` of the content with sorted keys: equal exactly when what was uploaded is equal."""
        return "sha256:" + hashlib.sha256(orjson.dumps(self._plain(), option=orjson.OPT_SORT_KEYS)).hexdigest()

    def _plain(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "category": self.category,
            "author_id": self.author_id,
            "fields": dict(self.fields),
            "segments": [[segment.source, segment.at_ms, segment.text] for segment in self.segments],
            "media": [[medium.type, medium.url, medium.sha256] for medium in self.media],
            "facts": dict(self.facts),
            "attributes": dict(self.attributes),
            **({"score": True} if self.wants_score else {}),
        }

    @property
    def subject(self) -> str:
        """By what a rule's share is drawn: the author, who then always meets the same rules; else the content."""
        return f"author:{self.author_id}" if self.author_id else f"content:{self.shop_id}/{self.content_id}"

    @property
    def person(self) -> str:
        """Under whose key this content's personal data is sealed: the author's, else the shop's."""
        return f"author:{self.author_id}" if self.author_id else f"shop:{self.shop_id}"
