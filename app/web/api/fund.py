"""The fund over HTTP: balances now or then, entries, the check, deposits, agreements, the stop switch, the month."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any, Literal

import orjson
from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel, Field

from app.errors import Forbidden, InvalidInput, Problem
from app.flows.check_books import check_books as check_books_now
from app.flows.move_fund import agree, deposit_in, fund_in
from app.flows.stop_payouts import ask_start, decide_start, stop_payouts
from app.money import stops
from app.money.agreements import Agreed
from app.money.balances import balances, balances_at, lines
from app.money.month_tables import month_csv, month_tables
from app.money.report import month_report
from app.money.workbook import TYPE, as_workbook
from app.values.access import Caller, Scope
from app.values.china_days import month_of
from app.web.auth import answered_once, caller, parts
from app.web.console.report_pdf import TYPE as PDF
from app.web.console.report_pdf import report_pdf
from app.web.cursors import read_cursor, write_cursor
from app.web.docs import PROBLEMS, SECURITY
from app.web.money_answers import (
    AgreementAnswer,
    CheckAnswer,
    FundAnswer,
    MonthAnswer,
    PostingAnswer,
    PostingPage,
    StopAnswer,
    balance_answer,
    posting_answer,
    stop_answer,
)
from app.web.money_schemas import AgreementIn, DepositIn, ReasonIn, StartIn, StopIn
from app.web.schema_fields import Id, Instant

CSV_TYPE = "text/csv; charset=utf-8"
blueprint = APIBlueprint(
    "fund",
    __name__,
    url_prefix="/v1/fund",
    abp_tags=[Tag(name="fund", description="基金 · the fund and its ledger")],
    abp_security=SECURITY,
    abp_responses=PROBLEMS,
)


class FundQuery(BaseModel, extra="forbid"):
    """When."""

    at: Instant | None = None


class PostingQuery(BaseModel, extra="forbid"):
    """Which entries, newest first."""

    account: str | None = Field(None, max_length=160)
    claim_id: str | None = Field(None, max_length=36)
    cursor: str | None = Field(None, max_length=400)
    limit: int = Field(50, ge=1, le=200)


class MonthPath(BaseModel):
    """Which month, ``YYYY-MM``."""

    month: Id


class ReportQuery(BaseModel, extra="forbid"):
    """Which month, ``YYYY-MM``, this one when left out; and as what."""

    month: Annotated[str, Field(max_length=7)] | None = None
    format: Literal["json", "csv", "xlsx", "pdf"] = "xlsx"


class MonthFile(BaseModel):
    """The month as tables; amounts are texts in yuan."""

    month: str
    is_closed: bool
    tables: list[dict[str, Any]]


_FILES = {
    "application/json": {"schema": MonthFile.model_json_schema(ref_template="#/components/schemas/{model}")},
    "text/csv": {"schema": {"type": "string"}},
    TYPE: {"schema": {"type": "string", "format": "binary"}},
    PDF: {"schema": {"type": "string", "format": "binary"}},
}


class StopPath(BaseModel):
    """Which stop."""

    stop_id: Id


@blueprint.get("", summary="Balances", responses={200: FundAnswer})
def show_fund(query: FundQuery) -> Response:
    """Every account as it stands, or as it stood at an instant, and the stops in force."""
    _of_all_shops()
    with parts().db.read() as session:
        found = balances(session) if query.at is None else balances_at(session, query.at)
        standing = stops.standing(session)
    return _json(
        {"accounts": [balance_answer(each) for each in found], "stops": [stop_answer(row) for row in standing]}
    )


@blueprint.get("/postings", summary="Entries of the ledger", responses={200: PostingPage})
def list_postings(query: PostingQuery) -> Response:
    """Entries, newest first, of one account or claim where asked."""
    _of_all_shops()
    before = read_cursor(query.cursor)
    with parts().db.read() as session:
        found = lines(session, account=query.account, claim_id=query.claim_id, before=before, limit=query.limit + 1)
    page = found[: query.limit]
    more = write_cursor(page[-1].posting.at, page[-1].posting.id) if len(found) > query.limit else None
    return _json({"items": [posting_answer(each) for each in page], "next_cursor": more})


@blueprint.get("/check", summary="Check the books", responses={200: CheckAnswer})
def check_books() -> Response:
    """Whether sums are zero, balances equal their postings, and nothing is an orphan: all of the books, now."""
    by = _of_all_shops()
    told = check_books_now(parts(), by=by.name, now=parts().now())
    findings = [{"what": each.what, "where": each.where} for each in told.findings]
    took_us = told.took_ms * 1_000
    return _json({"ok": not findings, "findings": findings, "checked_at": told.checked_at, "took_us": took_us})


@blueprint.get("/months/<string:month>", summary="A month of the fund", responses={200: MonthAnswer})
def show_month(path: MonthPath) -> Response:
    """基金月报: balances at both ends and by day, what moved by purpose, claims by cause."""
    _of_all_shops()
    with parts().db.read() as session:
        told = month_report(session, path.month, now=parts().now())
    return _json(
        {
            "month": told.month,
            "is_closed": told.is_closed,
            "opening": told.opening,
            "closing": told.closing,
            "by_purpose": {name: {"count": count, "fen": fen} for name, (count, fen) in told.by_purpose.items()},
            "by_cause": {
                name: {"opened": opened, "paid": paid, "paid_fen": fen}
                for name, (opened, paid, fen) in told.by_cause.items()
            },
            "daily": [{"day": day, "fund_fen": fen} for day, fen in told.daily],
        }
    )


@blueprint.get(
    "/report",
    summary="A month of the fund, as a file",
    responses={200: {"description": "The month", "content": _FILES}},
)
def month_file(query: ReportQuery) -> Response:
    """基金月报 as a workbook, on paper or as text: opening, contributions, payouts, recoveries, closing."""
    by, now = _of_all_shops(), parts().now()
    with parts().db.read() as session:
        told = month_report(session, query.month or month_of(now), now=now)
    tables = month_tables(told)
    if query.format == "json":
        return _json({"month": told.month, "is_closed": told.is_closed, "tables": [asdict(each) for each in tables]})
    if query.format == "pdf":
        title = f"基金月报 {told.month}（{'已结账' if told.is_closed else '未结账'}）"
        answer = Response(report_pdf(title, tables, made_by=by.name, at=now), content_type=PDF)
    elif query.format == "xlsx":
        answer = Response(as_workbook(tables), content_type=TYPE)
    else:
        answer = Response(month_csv(told, tables), content_type=CSV_TYPE)
    answer.headers["Content-Disposition"] = f'attachment; filename="fund-{told.month}.{query.format}"'
    return answer


@blueprint.post("/deposits", summary="Money that came in", responses={201: PostingAnswer})
@answered_once
def put_in(body: DepositIn) -> Response:
    """Note money that was put into the fund, or paid by a shop as its deposit; the same id again changes nothing."""
    by, now = _of_all_shops(), parts().now()
    moved: dict[str, Any] = {"transfer_id": body.transfer_id, "amount_fen": body.amount_fen, "note": body.note}
    if (body.into == "deposit") is (body.shop_id is None):
        raise InvalidInput("只有保证金须指明店铺", problems=[Problem("shop_id", "与 into 不符", "deposit 时必填")])
    if body.shop_id is None:
        row = fund_in(parts(), **moved, caller=by, now=now)
    else:
        row = deposit_in(parts(), **moved, shop_id=body.shop_id, caller=by, now=now)
    with parts().db.read() as session:
        [line] = [each for each in lines(session, since=row.at, limit=1_000) if each.posting.id == row.id]
    return _json(posting_answer(line), status=201)


@blueprint.post("/agreements", summary="A merchant's written agreement", responses={201: AgreementAnswer})
@answered_once
def keep_agreement(body: AgreementIn) -> Response:
    """Keep a merchant's written agreement; without one in force its deposit is not touched."""
    by = caller(Scope.MONEY)
    return _json(
        {"agreement_id": agree(parts(), Agreed(**body.model_dump()), caller=by, now=parts().now())}, status=201
    )


@blueprint.post("/stops", summary="Stop payouts", responses={201: StopAnswer})
@answered_once
def stop(body: StopIn) -> Response:
    """Stop all payouts, one shop's or one cause's, at once."""
    by = caller(Scope.MONEY)
    row = stop_payouts(parts(), scope=body.scope, value=body.value, reason=body.reason, caller=by, now=parts().now())
    return _json(stop_answer(row), status=201)


@blueprint.post("/stops/<string:stop_id>/start", summary="Ask to start again", responses={200: StopAnswer})
@answered_once
def ask_to_start(path: StopPath, body: ReasonIn) -> Response:
    """Ask that a stop may end; another person has to agree."""
    ask_start(parts(), path.stop_id, reason=body.reason, caller=_of_all_shops(), now=parts().now())
    return _stop(path.stop_id)


@blueprint.post("/stops/<string:stop_id>/approve", summary="Start payouts again", responses={200: StopAnswer})
@answered_once
def start(path: StopPath, body: StartIn) -> Response:
    """Agree, or refuse, as somebody else than who asked."""
    by = _of_all_shops()
    decide_start(parts(), path.stop_id, approve=body.approve, reason=body.reason, caller=by, now=parts().now())
    return _stop(path.stop_id)


def _stop(stop_id: str) -> Response:
    with parts().db.read() as session:
        return _json(stop_answer(stops.find(session, stop_id)))


def _of_all_shops() -> Caller:
    by = caller(Scope.MONEY)
    if by.shop_ids is not None:
        raise Forbidden(f"{by.name} is bound to shops, and the fund belongs to all")
    return by


def _json(body: dict[str, Any], *, status: int = 200) -> Response:
    return Response(orjson.dumps(body), status=status, content_type="application/json")
