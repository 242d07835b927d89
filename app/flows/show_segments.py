"""The report of segments: shares against the strategy's, what each segment is offered; and one person with the why."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.errors import NotFound
from app.flows.parts import Parts
from app.flows.segment_names import pseudonym_of
from app.models import PersonSegment, TierRun
from app.tiering import store
from app.tiering.differences import GONE
from app.tiering.segments import FIGURES, SCORES, conditions
from app.tiering.shares import Share, shares
from app.tiering.terms import PACK, TARGETED, TITLES, Terms, terms_of
from app.values.access import Caller
from app.values.policy import Policy
from app.values.rule_scope import RuleScope

_COLUMNS = (
    "shop_id",
    "as_of",
    "segment",
    "title",
    "count",
    "of_all_bp",
    "of_three_bp",
    "target_bp",
    "is_off",
    "treatments",
)


def segment_report(parts: Parts, session: Session, caller: Caller, *, shop_id: str | None = None) -> dict[str, Any]:
    """Each shop's segments; a shop whose customers were never put into any is not there."""
    if shop_id is not None:
        caller.require_shop(shop_id)
    runs = [run for run in store.newest_runs(session, caller) if shop_id in {None, run.shop_id}]
    counted = store.counts_by_shop(session, caller)
    return {"items": [_shop(parts, run, counted.get(run.shop_id, {})) for run in runs], "next_cursor": None}


def _shop(parts: Parts, run: TierRun, counts: dict[str, int]) -> dict[str, Any]:
    policy = parts.live.current.engine.policy(RuleScope(run.shop_id))
    found = shares_of(policy, counts)
    return {
        "shop_id": run.shop_id,
        "as_of": run.as_of.isoformat(),
        "is_full": run.is_full,
        "people": sum(counts.values()),
        "moved": run.moved_count,
        "segments": [
            {
                "segment": each.segment.value,
                "title": TITLES[each.segment],
                "count": each.count,
                "of_all_bp": each.of_all_bp,
                "of_three_bp": each.of_three_bp,
                "target_bp": each.target_bp,
                "is_off": each.is_off,
                "treatments": list(treatments(policy, each.segment)),
            }
            for each in found
        ],
    }


def shares_of(policy: Policy, counts: dict[str, int]) -> tuple[Share, ...]:
    """Counts against the targets of the pack."""
    targets = {each.value: policy.count(f"{PACK}.{each.value}_share_bp") or 0 for each in TARGETED}
    return shares(
        counts,
        targets=targets,
        tolerance_bp=policy.count(f"{PACK}.share_tolerance_bp") or 0,
        least=policy.count(f"{PACK}.share_min_people_count") or 0,
    )


def treatments(policy: Policy, segment: str) -> tuple[str, ...]:
    """What the pack recommends to do for a segment."""
    return policy.texts(f"{PACK}.{segment}_treatments")


def report_csv(report: dict[str, Any]) -> str:
    """The same as CSV, one line a shop and segment."""
    lines = (
        {**each, "shop_id": shop["shop_id"], "as_of": shop["as_of"], "treatments": "；".join(each["treatments"])}
        for shop in report["items"]
        for each in shop["segments"]
    )
    return as_csv(_COLUMNS, lines)


def as_csv(columns: tuple[str, ...], rows: Iterable[dict[str, Any]]) -> str:
    """Rows as CSV with a head; a text that a spreadsheet would take for a formula is kept a text."""
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, extrasaction="ignore", lineterminator="\r\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({name: _plain(row.get(name)) for name in columns})
    return out.getvalue()


def _plain(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value[:1] in {"=", "+", "-", "@", "\t"} else value


def person_report(
    parts: Parts, session: Session, caller: Caller, ref: str, *, shop_id: str | None = None
) -> dict[str, Any]:
    """Where a person stands in each shop, since when, why, and where they stood before; raises NotFound."""
    person = pseudonym_of(parts, ref)
    rows = store.of_person(session, person, caller, shop_id)
    if not rows:
        raise NotFound("nobody of that reference is in a segment")
    return {"person": person, "items": [_stands(parts, session, row) for row in rows]}


def _stands(parts: Parts, session: Session, row: PersonSegment) -> dict[str, Any]:
    policy = parts.live.current.engine.policy(RuleScope(row.shop_id))
    run = store.newest_run(session, row.shop_id)
    as_of, terms = (run.as_of, Terms(**run.terms)) if run else (row.since_at, terms_of(policy))
    figures = {name: getattr(row, name) for name in (*FIGURES, "first_paid_at", "last_paid_at")}
    moves = store.moves_of(session, row.shop_id, row.person)
    return {
        "shop_id": row.shop_id,
        "segment": row.segment,
        "title": TITLES[row.segment],
        "since_at": row.since_at.isoformat(),
        "as_of": as_of.isoformat(),
        "treatments": list(treatments(policy, row.segment)),
        "figures": {name: _shown(value) for name, value in figures.items()}
        | {"recency_days": None if row.last_paid_at is None else (as_of - row.last_paid_at).days}
        | {name: getattr(row, name) for name in SCORES},
        "why": [
            {
                "segment": each.segment.value,
                "figure": each.figure,
                "value": each.value,
                "wanted": each.wanted,
                "holds": each.holds,
            }
            for each in conditions(figures, as_of=as_of, terms=terms)
        ],
        "history": [
            *(
                {
                    "at": move.at.isoformat(),
                    "from": move.from_segment,
                    "to": move.to_segment,
                    "figures": move.figures,
                }
                for move in moves
            ),
            {"at": row.first_at.isoformat(), "from": None, "to": row.first_segment, "figures": None},
        ],
    }


def _shown(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def title_of(segment: str | None) -> str:
    """A segment's Chinese name, with those of coming and going."""
    if segment is None:
        return "首次分层"
    return "已不是客户" if segment == GONE else TITLES.get(segment, segment)
