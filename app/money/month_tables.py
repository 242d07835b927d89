"""The fund's month (基金月报) as tables, for a spreadsheet or a text file; amounts in yuan, as accountants read them.

The first table adds up: opening, what came, what left, closing; the last line says whether it does.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from app.money.accounts import FUND, title_of
from app.money.amounts import plain_yuan
from app.money.causes import CAUSES
from app.money.report import MonthReport
from app.values.china_days import CHINA

Cell: TypeAlias = str | int
_IN = {"funding": "注资", "cash": "从商家保证金扣回", "repaid": "商家偿还", "reversal": "冲正"}
_TITLES = _IN | {
    "defunding": "划出",
    "payout": "赔付付款",
    "owed": "应付买家",
    "matched": "账单相符",
    "suspense": "转待查",
    "resolved": "差异处理",
    "deposit": "收取保证金",
    "deposit_back": "退还保证金",
    "written_off": "核销",
    "late_evidence": "迟到证据转损失",
    "given_back": "退还商家",
    "given_back_cash": "退还商家（资金）",
}


@dataclass(frozen=True, slots=True)
class Table:
    """One table: a title, a head, rows. Amounts are texts with two places."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def month_tables(report: MonthReport) -> list[Table]:
    """The whole report."""
    return [
        _fund(report),
        Table(
            "账户余额",
            ("账户", "期初（元）", "期末（元）"),
            tuple(
                (title_of(code), plain_yuan(report.opening.get(code, 0)), plain_yuan(report.closing.get(code, 0)))
                for code in sorted(report.opening.keys() | report.closing.keys())
            ),
        ),
        Table(
            "赔付（按事由）",
            ("事由", "新增（件）", "付款（件）", "付款（元）"),
            tuple(
                (CAUSES[cause].title, opened, paid, plain_yuan(fen))
                for cause, (opened, paid, fen) in report.by_cause.items()
            ),
        ),
        Table(
            "发生额（按用途）",
            ("用途", "笔数", "金额（元）"),
            tuple(
                (_TITLES.get(purpose, purpose), count, plain_yuan(fen))
                for purpose, (count, fen) in report.by_purpose.items()
            ),
        ),
        Table(
            "未查明差异",
            ("账龄", "笔数", "金额（元）"),
            tuple((age, count, plain_yuan(fen)) for age, (count, fen) in report.unexplained.items()),
        ),
        Table("每日余额", ("日期", "基金余额（元）"), tuple((day, plain_yuan(fen)) for day, fen in report.daily)),
    ]


def month_csv(report: MonthReport, tables: Sequence[Table]) -> bytes:
    """A text file in UTF-8 with a mark of order, as spreadsheets want it: what it is, then table after table."""
    made = io.StringIO()
    write = csv.writer(made)
    write.writerow([f"基金月报 {report.month}", "已结账" if report.is_closed else "未结账"])
    for each in tables:
        write.writerows([[], [each.title], list(each.head), *map(list, each.rows)])
    return made.getvalue().encode("utf-8-sig")


def _fund(report: MonthReport) -> Table:
    opening, closing = report.opening.get(FUND.code, 0), report.closing.get(FUND.code, 0)
    rows = [(_TITLES.get(purpose, purpose), plain_yuan(fen)) for purpose, fen in report.fund_moves.items()]
    adds_up = opening + sum(report.fund_moves.values()) == closing
    since, until = (at.astimezone(CHINA).date().isoformat() for at in (report.starts_at, report.ends_at))
    return Table(
        "基金收支",
        ("项目", "金额（元）"),
        (
            ("期间", f"{since} 至 {until}"),
            ("期初余额", plain_yuan(opening)),
            *rows,
            ("期末余额", plain_yuan(closing)),
            ("核对", "期初加收支等于期末" if adds_up else "不符，请运行 weiheng fund check"),
        ),
    )
