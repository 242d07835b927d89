"""Cases as they go out over HTTP."""

from __future__ import annotations

from pydantic import BaseModel, Field

from app.web.answers import Decided


class CaseAnswer(BaseModel):
    """A case, about a content, or about an order or another subject of events (then `subject` says which)."""

    id: str
    shop_id: str
    content_id: str | None
    screening_id: str | None
    subject_type: str | None
    subject: str | None
    state: str
    decision: Decided
    category: str
    severity: int
    summary: str
    excerpt: str | None
    opened_at: str
    due_at: str
    outcome: str | None = Field(description="pass, label, block or return")
    policy: str | None = Field(description="the category or rule the outcome rests on")
    reason: str | None
    suggestion: str | None = Field(description="with `return`: what to write instead")
    wording: dict[str, object] | None = Field(description="id, version and text the merchant is told beside the reason")
    decided_by: str | None
    decided_at: str | None
    queue: str = Field(description="content, orders or senior")
    size: int = Field(description="how many contents stand behind the case")
    stamp: int = Field(description="rises with every change; send it back and a stale view is refused")
    author_id: str | None
    amount_fen: int | None
    claimed_by: str | None
    claimed_until: str | None
    assigned_to: str | None
    held_until: str | None
    first_by: str | None = Field(description="who gave the first of two decisions")
    first_at: str | None


class CasePage(BaseModel):
    """A page of cases."""

    items: list[CaseAnswer]
    next_cursor: str | None
