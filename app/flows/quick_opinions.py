"""Opinions that are there within the screening itself: of the model trained on officers' own decisions."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from app.flows.ask_reviewers import ask_quick, material_of
from app.flows.judge_content import Judged
from app.flows.parts import Parts
from app.review import opinions
from app.review.asking import Asked
from app.values.content import ContentToScreen
from app.values.deciding import Opinion, Verdict, hardest

if TYPE_CHECKING:
    from app.flows.screening_rows import Fresh

_STOPS = frozenset({Verdict.REVIEW, Verdict.BLOCK})


def with_quick_opinions(
    parts: Parts, content: ContentToScreen, judged: Judged, *, now: datetime
) -> tuple[Judged, tuple[Asked, ...]]:
    """The judged content with the opinions that count; those that are advice stand beside it only."""
    asked = ask_quick(parts, content, judged, now=now)
    counted = tuple(each.said for each in asked if isinstance(each.said, Opinion) and not each.reviewer.is_advice)
    if not counted:
        return judged, asked
    decision = judged.decision
    verdict = hardest([decision.decision, *(each.verdict for each in counted)])
    return replace(judged, decision=replace(decision, decision=verdict, opinions=counted)), asked


def keep_quick(session: Session, each: Fresh) -> None:
    """Keep them where they matter: a person will look, or the reviewer objects to what words and rules let pass."""
    objects = any(isinstance(asked.said, Opinion) and asked.said.verdict in _STOPS for asked in each.quick)
    if not each.quick or not (objects or each.is_pending or each.judged.decision.decision in _STOPS):
        return
    material = material_of(each.content, each.judged).digest
    where = {"shop_id": each.content.shop_id, "screening_id": each.screening_id, "material": material}
    opinions.keep(session, [opinions.row_of(asked, **where, now=each.now) for asked in each.quick])
