"""What an export for an inquiry holds, file by file: a shop's records of a period, personal data starred or in full.

Each file is read by id, a page at a time, so a page that is read again after a crash is the same page.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import orjson
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.flows.parts import Parts
from app.flows.stored_screening import open_column
from app.models import (
    AuditRow,
    Case,
    Claim,
    Content,
    EventDecision,
    Evidence,
    Inquiry,
    Notice,
    Order,
    Screening,
)
from app.text.personal_data import without_personal
from app.vault.crypto import SealBroken

Turn = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class File:
    """One file: the table it comes from, the column that says when, and the columns it holds."""

    name: str
    title: str
    model: Any
    when: InstrumentedAttribute[Any]
    columns: tuple[str, ...]
    personal: tuple[str, ...] = ()

    def rows_of(self, run: Inquiry) -> ColumnElement[bool]:
        """The condition that keeps a query to the shop and period."""
        own: ColumnElement[bool] = self.model.shop_id == run.shop_id
        return own & (self.when >= run.from_at) & (self.when < run.to_at)


_ORDER = (
    "subject",
    "transaction_id",
    "out_trade_no",
    "supplier_id",
    "category",
    "channel",
    "stock_type",
    "paid_at",
    "paid_fen",
    "delivery_deadline_at",
    "first_shipped_at",
    "shipped_at",
    "cancelled_at",
    "cancel_type",
    "confirmed_at",
    "settled_at",
    "refunded_fen",
    "fully_refunded_at",
    "guaranteed_fen",
    "sku_ids",
)
_CASE = (
    "id",
    "state",
    "decision",
    "category",
    "severity",
    "summary",
    "subject_type",
    "subject",
    "screening_id",
    "opened_at",
    "due_at",
    "decided_at",
    "decided_by",
    "outcome",
    "policy",
    "reason",
)
_CLAIM = ("id", "order_id", "item", "cause", "state", "amount_fen", "paid_fen", "opened_at", "opened_by", "basis")
_DECISION = ("id", "kind", "subject", "happened_at", "decided_at", "decision", "firings", "rules_snapshot")
_EVIDENCE = (
    "id",
    "kind",
    "subject_type",
    "subject",
    "claims",
    "number",
    "issuer",
    "valid_from",
    "valid_until",
    "state",
)
_NOTICE = ("id", "kind", "number", "authority", "title", "received_on", "due_at", "state", "answered_at", "closed_at")
_AUDIT = ("id", "at", "actor", "action", "object_type", "object_id", "reason", "details")
FILES = (
    File("contents", "内容与裁决", Screening, Screening.created_at, (), ("author_id",)),
    File("cases", "案件", Case, Case.opened_at, _CASE, ("author_id",)),
    File("claims", "先行赔付", Claim, Claim.opened_at, _CLAIM),
    File("orders", "订单", Order, Order.paid_at, _ORDER, ("buyer_ref",)),
    File("decisions", "事件裁决", EventDecision, EventDecision.decided_at, _DECISION),
    File("evidence", "凭证", Evidence, Evidence.proposed_at, _EVIDENCE),
    File("notices", "监管通知", Notice, Notice.recorded_at, _NOTICE),
    File("audit", "操作记录", AuditRow, AuditRow.at, _AUDIT),
)


def count_all(session: Session, run: Inquiry) -> int:
    """How many rows there will be, as things stand."""
    return sum(
        session.scalar(select(func.count()).select_from(file.model).where(file.rows_of(run))) or 0 for file in FILES
    )


def page_of(
    parts: Parts, session: Session, run: Inquiry, file: File, *, after: str, limit: int
) -> list[tuple[str, dict[str, Any]]]:
    """The next rows of a file, each with its id and what is told of it, in plain values."""
    turn: Turn = _same if run.with_personal else _starred
    wanted = select(file.model).where(file.rows_of(run), file.model.id > after).order_by(file.model.id).limit(limit)
    rows: Sequence[Any] = session.scalars(wanted).all()
    told = _contents(parts, session, rows, run) if file.name == "contents" else [_plain(row, file, run) for row in rows]
    return [(row.id, turn(each)) for row, each in zip(rows, told, strict=True)]


def json_line(told: dict[str, Any]) -> bytes:
    """One row as its line of JSON."""
    return orjson.dumps(told, option=orjson.OPT_SORT_KEYS) + b"\n"


def _plain(row: Any, file: File, run: Inquiry) -> dict[str, Any]:
    names = (*file.columns, *(file.personal if run.with_personal else ()))
    return {name: _value(getattr(row, name)) for name in names}


def _contents(parts: Parts, session: Session, rows: Sequence[Any], run: Inquiry) -> list[dict[str, Any]]:
    """Screenings with their texts and what was found; the excerpt alone where the person was erased."""
    wanted = select(Content.id, Content.content_id, Content.decision, Content.outcome_by).where(
        Content.id.in_({row.content_pk for row in rows})
    )
    known = {row.id: row for row in session.execute(wanted)}
    found = []
    for row in rows:
        content = known.get(row.content_pk)
        told = {
            "screening_id": row.id,
            "content_id": content.content_id if content else None,
            "stands_as": content.decision if content else None,
            "outcome_by": content.outcome_by if content else None,
            "version": row.version,
            "kind": row.kind,
            "decision": row.decision,
            "excerpt": row.excerpt,
            "digest": row.digest,
            "rules_snapshot": row.rules_snapshot,
            "wordlists_snapshot": row.wordlists_snapshot,
            "created_at": _value(row.created_at),
        }
        try:
            request, answer = (orjson.loads(open_column(parts.people, session, row, n)) for n in ("request", "answer"))
        except SealBroken:
            found.append(told | {"erased": True})
            continue
        told |= {"fields": request.get("fields"), "segments": request.get("segments"), "media": request.get("media")}
        told |= {name: answer.get(name) for name in ("hits", "firings", "opinions", "doubts", "labels")}
        found.append(told | ({"author_id": row.author_id} if run.with_personal else {}))
    return found


def _value(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value.isoformat() if isinstance(value, date) else value


def _same(value: Any) -> Any:
    return value


def _starred(value: Any) -> Any:
    if isinstance(value, str):
        return without_personal(value)
    if isinstance(value, Mapping):
        return {name: _starred(each) for name, each in value.items()}
    return [_starred(each) for each in value] if isinstance(value, list | tuple) else value
