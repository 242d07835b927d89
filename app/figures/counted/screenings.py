"""Contents: how many were screened with which answer, how long it took, and which rules fired."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime

from sqlalchemy import String, case, cast, func, select
from sqlalchemy.orm import Session

from app.models import AuditRow, Screening

BOUNDS_US = (
    200, 300, 500, 700, 1_000, 1_500, 2_000, 3_000, 5_000, 7_000, 10_000, 15_000, 20_000, 30_000, 50_000, 70_000,
    100_000, 200_000, 500_000, 1_000_000, 2_000_000, 5_000_000, 10_000_000,
)  # fmt: skip
"""A screening counts under the first of these it did not take longer than; the slowest under the last."""
_AT_A_TIME = 5_000


def count(session: Session, since: datetime, until: datetime) -> Iterable[tuple[str, str, str, str, int]]:
    """``screened`` by answer, ``latency`` by bound, ``fired`` by rule."""
    lately = (Screening.created_at >= since) & (Screening.created_at < until)
    bound = case(*((Screening.took_us <= each, each) for each in BOUNDS_US), else_=BOUNDS_US[-1])
    columns = (Screening.shop_id, Screening.decision, bound)
    rows = session.execute(select(*columns, func.count()).where(lately).group_by(*columns))
    for shop_id, decision, us, times in rows:
        yield "screened", shop_id, decision, "", times
        yield "latency", shop_id, str(us), "", times
    yield from _fired(session, since, until)


def _fired(session: Session, since: datetime, until: datetime) -> Iterator[tuple[str, str, str, str, int]]:
    told = cast(AuditRow.details, String)
    lately = (AuditRow.at >= since) & (AuditRow.at < until) & (AuditRow.action == "content.screen")
    some = told.not_like('%"fired":[]%') & told.not_like('%"fired": []%')
    found = select(AuditRow.shop_id, AuditRow.details).where(lately, some).execution_options(yield_per=_AT_A_TIME)
    counts: Counter[tuple[str, str]] = Counter()
    for shop_id, details in session.execute(found):
        counts.update((shop_id or "", rule) for rule in dict.fromkeys(details.get("fired") or ()))
    for (shop_id, rule), times in counts.items():
        yield "fired", shop_id, rule, "", times
