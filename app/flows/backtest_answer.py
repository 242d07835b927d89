"""What is told of a backtest: its row, its progress and, at the end, the result with the samples' excerpts.

Excerpts are looked up when somebody reads, and starred again by today's finder: the result itself holds no text.
What an event is called and whom it is about is looked up and starred likewise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.backtesting import rows
from app.backtesting.both import Both
from app.backtesting.report import report
from app.events.dues import SOURCE
from app.flows.blind_figures import is_backtest_withheld
from app.models import Backtest, Deadline, Event, Screening
from app.text.personal_data import find_personal_data, redact
from app.values.access import Caller

_IN_MAX = 500


def backtest_answer(session: Session, run: Backtest, *, is_whole: bool, caller: Caller) -> dict[str, Any]:
    """A run as plain data; ``is_whole`` adds the result of one that is done.

    While the caller reviews blind what was decided before it was done, it tells no officer's decision.
    """
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
        done = state == "done"
        is_withheld = done and is_backtest_withheld(session, run, caller)
        both = Both.from_plain(run.tally)
        answer["officers_withheld"] = is_withheld
        answer["result"] = (
            result_of(session, both.without_officers() if is_withheld else both, run.statuses) if done else None
        )
    return answer


def result_of(session: Session, both: Both, statuses: Mapping[str, str]) -> dict[str, Any]:
    """What came of contents and, in ``events``, of events; samples are named as they are known today."""
    events = report(both.events, statuses)
    spoke = [each for each in events["rules"] if any(each["before"].values()) or any(each["after"].values())]
    told = {name: events[name] for name in ("looked_at", "unreadable", "changed", "decisions", "officers")}
    told |= {"rules": spoke, "samples": _named_events(session, events["samples"])}
    return _with_excerpts(session, report(both.contents, statuses)) | {"events": told}


def _with_excerpts(session: Session, result: dict[str, Any]) -> dict[str, Any]:
    """The result with the redacted beginning of each sample's texts; None where the screening is gone."""
    ids = [sample["screening_id"] for sample in result["samples"]]
    excerpts: dict[str, str] = {}
    for start in range(0, len(ids), _IN_MAX):
        wanted = Screening.id.in_(ids[start : start + _IN_MAX])
        for screening_id, excerpt in session.execute(select(Screening.id, Screening.excerpt).where(wanted)):
            excerpts[screening_id] = redact(excerpt, find_personal_data(excerpt))
    samples = [sample | {"excerpt": excerpts.get(sample["screening_id"])} for sample in result["samples"]]
    return result | {"samples": samples}


def _named_events(session: Session, samples: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Samples of events with what they are called; one that is kept no longer is left out."""
    ids = [sample["screening_id"] for sample in samples]
    named: dict[str, dict[str, Any]] = {}
    for start in range(0, len(ids), _IN_MAX):
        some = ids[start : start + _IN_MAX]
        for row in session.scalars(select(Event).where(Event.id.in_(some))):
            named[row.id] = _named(row.kind, row.source, row.event_id, row.subject, row.happened_at)
        for due in session.scalars(select(Deadline).where(Deadline.id.in_(some))):
            named[due.id] = _named(due.kind, SOURCE, due.name, due.subject, due.due_at)
    wanted = ("shop_id", "before", "after", "outcome", "rules", "doubts")
    known = [each for each in samples if each["screening_id"] in named]
    return [named[each["screening_id"]] | {name: each[name] for name in wanted} for each in known]


def _named(kind: str, source: str, event_id: str, subject: str, at: datetime) -> dict[str, Any]:
    names = {"source": source, "event_id": event_id, "subject": subject}
    starred = {what: redact(name, find_personal_data(name)) for what, name in names.items()}
    return {"kind": kind, **starred, "happened_at": at.isoformat()}
