"""What reviewers said, as officers and machines are told: of one case, and of all over a span of time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from app.flows.parts import Parts
from app.flows.picture_words import read_in_pictures
from app.models import Case, ReviewerModel, ReviewerOpinion
from app.review import ai_agreement, cases, opinions
from app.review.ai_agreement import Agreed
from app.review.backend import titles
from app.review.linear import store
from app.values.access import Caller


@dataclass(frozen=True, slots=True)
class HeardOpinion:
    """One reviewer's word."""

    row: ReviewerOpinion
    title: str

    def answer(self) -> dict[str, Any]:
        """As plain data."""
        row = self.row
        kept = ("reviewer", "state", "verdict", "score_bp", "reason", "why", "is_advice", "is_repeated")
        when = {"asked_at": row.asked_at.isoformat()}
        when |= {"answered_at": None if row.answered_at is None else row.answered_at.isoformat()}  # type: ignore[dict-item]
        return {name: getattr(row, name) for name in kept} | {"title": self.title, "read": self.read} | when

    @property
    def read(self) -> list[dict[str, Any]]:
        """What it has read in the content's pictures, line by line, with the hits in each."""
        return read_in_pictures(self.row)


@dataclass(frozen=True, slots=True)
class HeardOfCase:
    """What stands beside a case; hidden while it is blind and open, so that the officer judges first."""

    items: Sequence[HeardOpinion]
    is_blind: bool

    @property
    def is_hidden(self) -> bool:
        """Whether the opinions are held back now."""
        return self.is_blind and not self.items


def heard_of_case(parts: Parts, session: Session, case: Case) -> HeardOfCase:
    """The opinions on the content a case shows."""
    is_blind = parts.review_settings.is_blind(case.id)
    if case.screening_id is None or (is_blind and case.state in cases.OPEN_STATES):
        return HeardOfCase((), is_blind)
    titles = titles_of(parts)
    found = opinions.of_screening(session, case.screening_id)
    return HeardOfCase([HeardOpinion(row, titles.get(name, name)) for name, row in found.items()], is_blind)


def reviewers_told(
    parts: Parts, session: Session, *, caller: Caller, days: int, shop_id: str | None, now: datetime
) -> dict[str, Any]:
    """Every reviewer that is set up or has spoken, with its agreement; and the model in use."""
    since = now - timedelta(days=days)
    span: dict[str, Any] = {"caller": caller, "since": since, "until": now, "shop_id": shop_id}
    agreed = ai_agreement.agreement(session, is_blind=parts.review_settings.is_blind, **span)
    answers = ai_agreement.answers(session, **span)
    set_up, titles = {each.name: each for each in parts.reviewers}, titles_of(parts)
    resting = parts.breakers.open(now=now)
    items = []
    for name in sorted({*set_up, *agreed, *answers}):
        tally = agreed.get(name, Agreed())
        items.append(
            {
                "reviewer": name,
                "title": titles.get(name, name),
                "is_set_up": name in set_up,
                "is_advice": name in set_up and set_up[name].is_advice,
                "rests": name in resting,
                "answers": answers.get(name, {}),
                "agreement": tally.all.answer(),
                "blind": tally.blind.answer(),
            }
        )
    return {"start_at": since.isoformat(), "end_at": now.isoformat(), "items": items, "model": _model(session)}


def titles_of(parts: Parts) -> dict[str, str]:
    """What reviewers are called in Chinese, those of the folder and whoever else is set up."""
    return {**titles(), **{each.name: each.title for each in parts.reviewers}}


def _model(session: Session) -> dict[str, Any] | None:
    use = store.newest_use(session)
    row = session.get(ReviewerModel, use.model_id) if use and use.model_id else None
    if use is None or row is None:
        return None
    return {
        "model_id": row.id,
        "trained_at": row.trained_at.isoformat(),
        "used_at": use.used_at.isoformat(),
        "used_by": use.used_by,
        "reason": use.reason,
        "report": row.report,
    }
