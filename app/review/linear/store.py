"""The trained models in the database, and which of them is in use."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, defer

from app.errors import Conflict, NotFound
from app.models import ReviewerModel, ReviewerModelUse
from app.review.linear.model import name_of

NAME = "linear"
_HISTORY = 200


def keep(session: Session, body: bytes, *, report: dict[str, Any], is_good: bool, by: str, now: datetime) -> str:
    """Store a trained model; the same one trained twice is one, with its newest trial."""
    model_id = name_of(body)
    row = session.get(ReviewerModel, model_id)
    if row is None:
        row = ReviewerModel(id=model_id, name=NAME, body=body, trained_at=now, trained_by=by)
        session.add(row)
    row.report, row.is_good = report, is_good
    session.flush()
    return model_id


def listed(session: Session, *, limit: int) -> Sequence[ReviewerModel]:
    """Models, newest first, without their bytes."""
    found = select(ReviewerModel).where(ReviewerModel.name == NAME).options(defer(ReviewerModel.body))
    return session.scalars(found.order_by(ReviewerModel.trained_at.desc(), ReviewerModel.id).limit(limit)).all()


def find(session: Session, start: str) -> ReviewerModel:
    """The one model whose name begins so, with or without ``sha256:``; raises NotFound or Conflict."""
    wanted = start if start.startswith("sha256:") else f"sha256:{start}"
    like = ReviewerModel.id.startswith(wanted, autoescape=True)
    found = session.scalars(select(ReviewerModel).where(ReviewerModel.name == NAME, like).limit(2)).all()
    if not found or wanted == "sha256:":
        raise NotFound(f"no model {start}")
    if len(found) > 1:
        raise Conflict(f"{start} begins the names of several models")
    return found[0]


def newest_use(session: Session) -> ReviewerModelUse | None:
    """What was said last about which model is in use."""
    found = select(ReviewerModelUse).where(ReviewerModelUse.name == NAME)
    return session.scalar(found.order_by(ReviewerModelUse.id.desc()).limit(1))


def uses(session: Session, *, limit: int = _HISTORY) -> Sequence[ReviewerModelUse]:
    """The history of use, newest first."""
    found = select(ReviewerModelUse).where(ReviewerModelUse.name == NAME)
    return session.scalars(found.order_by(ReviewerModelUse.id.desc()).limit(limit)).all()


def use(session: Session, model_id: str | None, *, by: str, reason: str, now: datetime) -> ReviewerModelUse:
    """Take a model into use, or (None) the one in use out of it."""
    row = ReviewerModelUse(name=NAME, model_id=model_id, used_at=now, used_by=by, reason=reason)
    session.add(row)
    session.flush()
    return row


def before_the_present(session: Session) -> str | None:
    """The model that was in use before the present one, stepping over what was gone back from; None for none.

    Going back twice goes back two models, not to and fro: the history is read as a stack.
    """
    stack: list[str | None] = []
    for row in reversed(uses(session)):
        if row.model_id in stack:
            del stack[stack.index(row.model_id) + 1 :]
        else:
            stack.append(row.model_id)
    return stack[-2] if len(stack) > 1 else None
