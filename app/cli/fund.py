"""``weiheng fund``: balances, the check, entries as a file, the month, the stop switch, bills."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from app.cli.acting import FINANCE, acting
from app.cli.free_text import FREE_TEXT
from app.cli.opened import opened_parts
from app.errors import InvalidInput, Problem
from app.flows.check_books import check_books
from app.flows.fetch_fund_bill import match_fund_bill
from app.flows.match_bill import Matched, match_bill
from app.flows.move_fund import close_month, correct, deposit_back, deposit_in, fund_in, fund_out
from app.flows.stop_payouts import ask_start, decide_start, stop_payouts
from app.models import BillDifference
from app.money import differences, stops
from app.money.accounts import title_of
from app.money.amounts import yuan
from app.money.balances import as_csv, balances, balances_at
from app.money.causes import CAUSES
from app.money.month_tables import month_csv, month_tables
from app.money.report import month_report
from app.money.workbook import as_workbook
from app.values.china_days import month_ends_at, month_of, month_starts_at
from app.values.given_instants import read_instant

_BY = click.option("--by", required=True, help="User name of the officer of finance who does this.")
_REASON = click.option("--reason", type=FREE_TEXT, required=True, help="Why; it stands in the audit rows.")
_FEN = click.IntRange(1, 10**13)


@click.group()
def fund() -> None:
    """The compensation fund and its ledger."""


@fund.command("balances")
@click.option("--at", help="An instant with its zone, such as 2026-11-23T10:00:00+08:00. Default: now.")
def show_balances(at: str | None) -> None:
    """Print every account, now or as it stood at an instant, in yuan."""
    with opened_parts() as parts, parts.db.read() as session:
        found = balances(session) if at is None else balances_at(session, _instant(at))
        for each in found:
            reserved = f"  （预留 {yuan(each.reserved_fen)}）" if each.reserved_fen else ""
            click.echo(f"{each.code:<28} {yuan(each.balance_fen):>18}  {each.title}{reserved}")
        for row in stops.standing(session):
            click.echo(f"已停付：{row.scope} {row.value}  {row.thrown_by}  {row.reason}  ({row.id})")


@fund.command("check")
def check() -> None:
    """Check the books: sums zero, balances equal postings, no orphan. Exit code 1 when something does not hold."""
    with opened_parts() as parts:
        found = check_books(parts, by="cli", now=parts.now()).findings
    for each in found:
        click.echo(f"{each.where}: {each.what}", err=True)
    if found:
        sys.exit(1)
    click.echo("the books hold")


@fund.command("export")
@click.argument("month")
def export(month: str) -> None:
    """Print every entry of a month (YYYY-MM) as CSV."""
    since, until = month_starts_at(month), month_ends_at(month)
    with opened_parts() as parts, parts.db.read() as session:
        for line in as_csv(session, since=since, until=until):
            click.echo(line, nl=False)


@fund.command("report")
@click.argument("month", required=False)
@click.option("--month", "named", help="The month (YYYY-MM), the same as the argument.")
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Into a file: .xlsx, .pdf, or .csv in UTF-8.",
)
def report(month: str | None, named: str | None, output: Path | None) -> None:
    """Print the fund's month (基金月报), or write it into a file. Default: this month so far."""
    if output is not None and output.suffix not in {".xlsx", ".csv", ".pdf"}:
        raise click.UsageError("the output must end in .xlsx, .pdf or .csv")
    with opened_parts() as parts, parts.db.read() as session:
        now = parts.now()
        told = month_report(session, month or named or month_of(now), now=now)
    if output is not None:
        tables = month_tables(told)
        if output.suffix == ".pdf":
            from app.web.console.report_pdf import report_pdf  # noqa: PLC0415 - the web loads slowly

            title = f"基金月报 {told.month}（{'已结账' if told.is_closed else '未结账'}）"
            output.write_bytes(report_pdf(title, tables, made_by="cli", at=now))
        else:
            output.write_bytes(as_workbook(tables) if output.suffix == ".xlsx" else month_csv(told, tables))
        click.echo(str(output))
        return
    click.echo(f"基金月报 {told.month}{'（已结账）' if told.is_closed else ''}")
    for code in sorted(told.opening.keys() | told.closing.keys()):
        opening, closing = yuan(told.opening.get(code, 0)), yuan(told.closing.get(code, 0))
        click.echo(f"  {title_of(code)}：期初 {opening}，期末 {closing}")
    for purpose, (count, fen) in told.by_purpose.items():
        click.echo(f"  {purpose}：{count} 笔，{yuan(fen)} 元")
    for cause, (opened, paid, fen) in told.by_cause.items():
        click.echo(f"  {CAUSES[cause].title}：新增 {opened} 件，付款 {paid} 件，{yuan(fen)} 元")
    for age, (count, fen) in told.unexplained.items():
        if count:
            click.echo(f"  未查明差异 {age}：{count} 笔，{yuan(fen)} 元")


@fund.command("put")
@click.argument("transfer_id")
@click.argument("amount_fen", type=_FEN)
@click.option("--shop", help="As the deposit of this shop. Default: into the fund.")
@click.option("--note", type=FREE_TEXT, required=True, help="Where it came from.")
@_BY
def put(transfer_id: str, amount_fen: int, shop: str | None, note: str, by: str) -> None:
    """Note money that came in, under an id of yours; the same id again changes nothing."""
    with opened_parts() as parts:
        officer = acting(parts, by, FINANCE)
        moved: dict[str, Any] = {"transfer_id": transfer_id, "amount_fen": amount_fen, "note": note}
        own: dict[str, Any] = {"caller": officer, "now": parts.now()}
        row = fund_in(parts, **moved, **own) if shop is None else deposit_in(parts, **moved, shop_id=shop, **own)
        click.echo(f"{row.id}  {yuan(row.amount_fen)} 元")


@fund.command("take")
@click.argument("transfer_id")
@click.argument("amount_fen", type=_FEN)
@click.option("--shop", help="Back to this shop, out of its deposit. Default: out of the fund.")
@click.option("--note", type=FREE_TEXT, required=True, help="Where it went.")
@_BY
def take(transfer_id: str, amount_fen: int, shop: str | None, note: str, by: str) -> None:
    """Note money that was taken out, never below the fund's floor; the same id again changes nothing."""
    with opened_parts() as parts:
        officer = acting(parts, by, FINANCE)
        moved: dict[str, Any] = {"transfer_id": transfer_id, "amount_fen": amount_fen, "note": note}
        own: dict[str, Any] = {"caller": officer, "now": parts.now()}
        row = fund_out(parts, **moved, **own) if shop is None else deposit_back(parts, **moved, shop_id=shop, **own)
        click.echo(f"{row.id}  {yuan(row.amount_fen)} 元")


@fund.command("reverse")
@click.argument("posting_id")
@_REASON
@_BY
def reverse(posting_id: str, reason: str, by: str) -> None:
    """Undo a wrong entry by another that names it."""
    with opened_parts() as parts:
        row = correct(parts, posting_id, reason=reason, caller=acting(parts, by, FINANCE), now=parts.now())
        click.echo(row.id)


@fund.command("close")
@click.argument("month")
@_BY
def close(month: str, by: str) -> None:
    """Close a month (YYYY-MM) that is over; nothing is entered into it any more."""
    with opened_parts() as parts:
        row = close_month(parts, month, caller=acting(parts, by, FINANCE), now=parts.now())
        click.echo(f"{row.month} 已结账")


@fund.command("stop")
@click.option("--shop", help="Only this shop's payouts.")
@click.option("--cause", type=click.Choice(list(CAUSES)), help="Only payouts of this cause.")
@_REASON
@_BY
def stop(shop: str | None, cause: str | None, reason: str, by: str) -> None:
    """Stop all payouts at once, or one shop's or one cause's."""
    if shop and cause:
        raise click.UsageError("--shop and --cause are two stops; throw them one by one")
    scope = "shop" if shop else "cause" if cause else "all"
    with opened_parts() as parts:
        officer = acting(parts, by, FINANCE)
        value = shop or cause or ""
        row = stop_payouts(parts, scope=scope, value=value, reason=reason, caller=officer, now=parts.now())
        click.echo(row.id)


@fund.command("start")
@click.argument("stop_id")
@click.option("--agree", is_flag=True, help="Agree to what somebody else asked for. Default: ask.")
@_REASON
@_BY
def start(stop_id: str, reason: str, by: str, *, agree: bool) -> None:
    """End a stop: one of finance asks, another one agrees."""
    with opened_parts() as parts:
        officer = acting(parts, by, FINANCE)
        if agree:
            decide_start(parts, stop_id, approve=True, reason=reason, caller=officer, now=parts.now())
        else:
            ask_start(parts, stop_id, reason=reason, caller=officer, now=parts.now())
        click.echo("已恢复付款" if agree else "已申请恢复，等待另一人同意")


@fund.command("fetch-bill")
@click.argument("day", type=click.DateTime(["%Y-%m-%d"]))
@_BY
def fetch_bill(day: datetime, by: str) -> None:
    """Fetch a day's bill (资金账单) from the payout channel and match it; exit code 1 while anything is unexplained."""
    with opened_parts() as parts:
        officer = acting(parts, by, FINANCE)
        done = match_fund_bill(parts, day.date(), caller=officer, now=parts.now())
        with parts.db.read() as session:
            open_ = differences.open_differences(session)
    _say_matched(done, open_)


@fund.command("match")
@click.argument("bill", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--channel", default="wechat_pay", help="Whose bill it is.")
@_BY
def match(bill: Path, channel: str, by: str) -> None:
    """Import the platform's bill of a day and compare it with the ledger. Exit code 1 while anything is unexplained."""
    with opened_parts() as parts:
        officer = acting(parts, by, FINANCE)
        done = match_bill(parts, bill.read_bytes(), channel=channel, caller=officer, now=parts.now())
        with parts.db.read() as session:
            open_ = differences.open_differences(session)
    _say_matched(done, open_)


def _say_matched(done: Matched | None, open_: list[BillDifference]) -> None:
    if done is None:
        click.echo("当日无资金变动")
    else:
        new = "" if done.is_new else "（此前已导入）"
        click.echo(f"{done.lines} 行，相符 {done.matched} 笔，账单未列示 {done.missing} 笔{new}")
    for row in open_:
        click.echo(f"{row.id}  {row.kind}  {row.about}  {yuan(row.amount_fen)} 元  自 {row.day}")
    if open_:
        sys.exit(1)


def _instant(text: str) -> datetime:
    if (at := read_instant(text)) is None:
        raise InvalidInput("时间有误", problems=[Problem("--at", text, "2026-11-23T10:00:00+08:00")])
    return at
