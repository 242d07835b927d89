"""What is told of a backtest: its row, its progress and, at the end, the result with the samples' excerpts.

Excerpts are looked up when somebody reads, and starred again by today's finder: the result itself holds no text.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.backtesting import rows
from app.backtesting.report import report
from app.backtesting.tally import Tally
from app.models import Backtest, Screening
from app.text.personal_data import find_personal_data, redact

_IN_MAX = 500


def backtest_answer(session: Session, run: Backtest, *, is_whole: bool) -> dict[str, Any]:
    """A run as plain data; ``is_whole`` adds the result of one that is done."""
    state = rows.shown_state(session, run)
    answer: dict[str, Any] = {name: getattr(run, name) for name in ("id", "asked_by", "created_at", "finished_at")}
    answer |= {
        "state": state,
        "candidate": {"tried": run.tried, "rules": run.rules_snapshot, "wordlists": run.wordlists_snapshot},
        "from_at": run.from_at,
        "to_at": run.to_at,
        "shop_ids": run.shop_ids,
        "limit": run.most,
        "progress": {"done": run.done, "total": max(run.total, run.done)},
        "error": f"page {run.page + 1} failed on every attempt" if state == "failed" else None,
    }
    if is_whole:
        answer["result"] = with_excerpts(session, _result(run)) if state == "done" else None
    return answer


def with_excerpts(session: Session, result: dict[str, Any]) -> dict[str, Any]:
    """The result with the redacted beginning of each sample's texts; None where the screening is gone."""
    ids = [sample["screening_id"] for sample in result["samples"]]
    excerpts: dict[str, str] = {}
    for start in range(0, len(ids), _IN_MAX):
        wanted = Screening.id.in_(ids[start : start + _IN_MAX])
        for screening_id, excerpt in session.execute(select(Screening.id, Screening.excerpt).where(wanted)):
            excerpts[screening_id] = redact(excerpt, find_personal_data(excerpt))
    samples = [sample | {"excerpt": excerpts.get(sample["screening_id"])} for sample in result["samples"]]
    return result | {"samples": samples}


def _result(run: Backtest) -> dict[str, Any]:
    return report(Tally.from_plain(run.tally), run.statuses)
