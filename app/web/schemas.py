"""What comes in over HTTP, read by pydantic and left behind at once; and what goes out, for the OpenAPI page."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, ConfigDict, Field, SkipValidation, WithJsonSchema, model_validator

from app.events.kind import load_kinds
from app.outbox.messages import EventType
from app.values.change import Language
from app.values.content import ContentToScreen, Medium, Segment
from app.web.schema_fields import (
    STAMP_MAX,
    Contract,
    FieldName,
    FreeMap,
    Id,
    Instant,
    Reason,
    ShopId,
    Suggestion,
    Text,
    no_control,
)

BATCH_MAX = 1_000
CONTENT_KINDS = tuple(sorted({name for kind in load_kinds().values() for name in kind.content_kinds}))


def _known_kind(value: str) -> str:
    if value not in CONTENT_KINDS:
        raise ValueError(f"unknown kind; expected: one of {', '.join(CONTENT_KINDS)}")
    return value


class SegmentIn(Contract):
    """A line of a video."""

    source: Literal["asr", "ocr", "subtitle", "cover"]
    at_ms: int = Field(ge=0, le=86_400_000)
    text: Text


class MediumIn(Contract):
    """A file media reviewers look at."""

    type: Literal["image", "video", "audio"]
    url: str = Field(min_length=1, max_length=2_000, pattern=r"^[^\x00-\x20\x7f]+$")
    sha256: str | None = Field(None, pattern=r"^[0-9a-f]{64}$")


class ScreeningIn(Contract):
    """One content to screen: ``text`` or named ``fields``, a video's segments, media, and what the uploader claims."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "content_id": "v-1001",
                "kind": "video_caption",
                "shop_id": "shop-7",
                "author_id": "u-9",
                "category": "cosmetics",
                "fields": {"title": "全网最*佳面膜", "body": "三天根治痘痘，加徽❤信 vx12345"},
                "facts": {"ad_label": False},
                "occurred_at": "2026-11-22T10:04:31+08:00",
            }
        }
    )

    content_id: Id
    kind: Annotated[str, AfterValidator(_known_kind), WithJsonSchema({"type": "string", "enum": list(CONTENT_KINDS)})]
    shop_id: ShopId
    author_id: Id | None = None
    category: Annotated[str, Field(min_length=1, max_length=64), AfterValidator(no_control)] | None = None
    text: Text | None = None
    fields: dict[FieldName, Text] | None = Field(None, max_length=50)
    segments: list[SegmentIn] = Field(default_factory=list, max_length=5_000)
    media: list[MediumIn] = Field(default_factory=list, max_length=50)
    facts: FreeMap = Field(default_factory=dict)
    attributes: FreeMap = Field(default_factory=dict)
    occurred_at: Instant | None = None
    deadline_ms: int = Field(200, ge=1, le=60_000)
    score: bool = Field(False, description="also score the quality of its texts")

    @model_validator(mode="after")
    def _has_something(self) -> ScreeningIn:
        if self.text is not None and self.fields is not None:
            raise ValueError("send `text` or `fields`, not both")
        if self.text is None and not self.fields and not self.segments and not self.media:
            raise ValueError("nothing to screen: send `text`, `fields`, `segments` or `media`")
        return self

    def as_content(self) -> ContentToScreen:
        """The value the flows work on."""
        fields = {"text": self.text} if self.text is not None else dict(self.fields or {})
        return ContentToScreen(
            content_id=self.content_id,
            kind=self.kind,
            shop_id=self.shop_id,
            fields=fields,
            author_id=self.author_id,
            category=self.category,
            segments=tuple(Segment(line.source, line.at_ms, line.text) for line in self.segments),
            media=tuple(Medium(item.type, item.url, item.sha256) for item in self.media),
            facts=self.facts,
            attributes=self.attributes,
            occurred_at=self.occurred_at,
            deadline_ms=self.deadline_ms,
            wants_score=self.score,
        )


class ScoreIn(Contract):
    """A content whose quality is asked for: its texts, as in a screening."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "shop_id": "shop-7",
                "kind": "video_caption",
                "text": "这件羽绒服用90%白鸭绒，充绒量120克，零下10度也暖和。你们更喜欢黑色还是米色？评论区告诉我。",
            }
        }
    )

    shop_id: ShopId
    kind: Annotated[str, AfterValidator(_known_kind), WithJsonSchema({"type": "string", "enum": list(CONTENT_KINDS)})]
    category: Annotated[str, Field(min_length=1, max_length=64), AfterValidator(no_control)] | None = None
    text: Text | None = None
    fields: dict[FieldName, Text] | None = Field(None, max_length=50)
    segments: list[SegmentIn] = Field(default_factory=list, max_length=5_000)

    @model_validator(mode="after")
    def _has_something(self) -> ScoreIn:
        if self.text is not None and self.fields is not None:
            raise ValueError("send `text` or `fields`, not both")
        if self.text is None and not self.fields and not self.segments:
            raise ValueError("nothing to score: send `text`, `fields` or `segments`")
        return self

    def as_content(self) -> ContentToScreen:
        """The value the flows work on; it has no id, because nothing is stored."""
        return ContentToScreen(
            content_id="",
            kind=self.kind,
            shop_id=self.shop_id,
            fields={"text": self.text} if self.text is not None else dict(self.fields or {}),
            category=self.category,
            segments=tuple(Segment(line.source, line.at_ms, line.text) for line in self.segments),
            wants_score=True,
        )


class BatchIn(Contract):
    """Up to 1,000 contents; each item is checked by itself, so that one bad item spoils nothing."""

    items: list[SkipValidation[ScreeningIn]] = Field(min_length=1, max_length=BATCH_MAX)


class WantedSnapshots(Contract):
    """Stored snapshots to judge by; what is left out is the one in force."""

    rules: str | None = Field(None, pattern=r"^sha256:[0-9a-f]{64}$")
    wordlists: str | None = Field(None, pattern=r"^sha256:[0-9a-f]{64}$")


class EvaluationIn(Contract):
    """What if: a content like a screening's, or the facts of an event of some kind.

    With ``shop_id`` the figures about the past that were not given are worked out for that shop (and ``subject``).
    """

    model_config = ConfigDict(
        json_schema_extra={
            "example": {"kind": "content.submit", "facts": {"content_kind": "comment", "category": "tea"}}
        }
    )

    kind: Annotated[str, Field(min_length=1, max_length=64), AfterValidator(no_control)] | None = None
    facts: FreeMap | None = None
    content: ScreeningIn | None = None
    now: Instant | None = None
    snapshot: WantedSnapshots | None = None
    rules: list[Annotated[str, Field(min_length=1, max_length=64)]] = Field(default_factory=list, max_length=200)
    shop_id: ShopId | None = None
    subject: Id | None = None
    language: Language = Field("zh", description="in which language rules are explained")

    @model_validator(mode="after")
    def _asks_one_thing(self) -> EvaluationIn:
        is_event = self.kind is not None or self.facts is not None
        if is_event is (self.content is not None) or (is_event and (self.kind is None or self.facts is None)):
            raise ValueError("send `content`, or `kind` with `facts`")
        if self.content is not None and (self.shop_id is not None or self.subject is not None):
            raise ValueError("`shop_id` and `subject` belong to `kind` with `facts`; a content says its own")
        if self.subject is not None and self.shop_id is None:
            raise ValueError("`subject` needs `shop_id`")
        return self


class DecideIn(Contract):
    """An officer tool's decision on a case."""

    decision: Literal["pass", "label", "block", "return"]
    reason: Reason
    policy: str | None = Field(None, min_length=1, max_length=100, description="category or rule it rests on")
    suggestion: Suggestion | None = Field(None, description="with `return`: what to write instead")
    stamp: int | None = Field(
        None, ge=0, le=STAMP_MAX, description="the case's `stamp` as it was seen; refused when it has changed"
    )


class WebhookIn(Contract):
    """An endpoint to add. Without ``shop_ids`` it hears of all the key's shops."""

    format: Literal["standard", "wecom"] = "standard"
    url: str = Field(min_length=8, max_length=2_000, pattern=r"^https?://[^\x00-\x20\x7f]+$")
    event_types: list[EventType] = Field(min_length=1, max_length=20)
    shop_ids: list[ShopId] | None = Field(None, max_length=1_000)
