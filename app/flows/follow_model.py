"""Following the model in use: each process takes what the table names, whole; a damaged one leaves none in use."""

from __future__ import annotations

import structlog

from app.flows.parts import Parts
from app.models import ReviewerModel
from app.review.linear import store
from app.review.linear.model import BrokenModel, read_model
from app.review.linear.shelf import InUse

_log = structlog.get_logger(__name__)


def follow_model(parts: Parts) -> bool:
    """Put the model in use on this process's shelf; True when something changed."""
    shelf = parts.models
    with parts.db.read() as session:
        use = store.newest_use(session)
        mark = use.id if use else None
        if mark == shelf.mark:
            return False
        row = session.get(ReviewerModel, use.model_id) if use and use.model_id else None
    try:
        shelf.current = InUse(row.id, read_model(row.body, expected=row.id)) if row else None
    except BrokenModel as broken:
        shelf.current = None
        _log.error("model_refused", model=row.id if row else None, why=broken.detail)
    shelf.mark = mark
    _log.info("model_followed", model=shelf.current.id if shelf.current else None)
    return True
