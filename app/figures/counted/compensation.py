"""Compensation that left the fund, by cause."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import Claim, Posting


def count(session: Session, since: datetime, until: datetime) -> Iterable[tuple[str, str, str, str, int]]:
    """``paid`` by cause: the number of payments, and their fen."""
    left = (Posting.purpose == "payout") & (Posting.phase == "posted")
    lately = (Posting.at >= since) & (Posting.at < until)
    columns = (Claim.shop_id, Claim.cause)
    found = select(*columns, func.count(), func.sum(Posting.amount_fen)).join(Posting, Posting.claim_id == Claim.id)
    for shop_id, cause, times, fen in session.execute(found.where(left, lately).group_by(*columns)):
        yield "paid", shop_id, cause, "count", times
        yield "paid", shop_id, cause, "fen", int(fen)
