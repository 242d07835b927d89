"""Reading WeChat Pay's bill of an account's flows (资金账单): CSV, each cell after a backtick, amounts in yuan.

Layout and notes: pay.weixin.qq.com/doc/v3/partner/4012760535. Details first, then one head and one line of totals,
which have to agree with the details: a bill that was cut off must not pass for a quiet day.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from app.errors import InvalidInput, Problem
from app.values.china_days import CHINA

_NEEDED = ("记账时间", "资金流水单号", "业务类型", "收支类型", "收支金额(元)", "业务凭证号")
_TOTALS = "资金流水总笔数"
_YUAN = re.compile(r"(\d{1,11})(?:\.(\d{1,2}))?", re.ASCII)
_OUT, _IN = "支出", "收入"


@dataclass(frozen=True, slots=True)
class Flow:
    """One line: money that left or came."""

    flow_no: str
    reference: str
    amount_fen: int
    is_out: bool
    kind: str
    booked_at: datetime


@dataclass(frozen=True, slots=True)
class Bill:
    """A whole bill, its totals checked."""

    flows: tuple[Flow, ...]
    out_fen: int
    in_fen: int


def read_bill(data: bytes) -> Bill:
    """Read a bill; raises InvalidInput naming every line that cannot be read."""
    try:
        rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    except UnicodeDecodeError:
        raise _wrong([Problem("file", "不是 UTF-8 文本", "微信支付资金账单 CSV")]) from None
    rows = [[cell.strip().removeprefix("`") for cell in row] for row in rows if any(cell.strip() for cell in row)]
    split = next((number for number, row in enumerate(rows) if row[0] == _TOTALS), None)
    head = {_name(cell): column for column, cell in enumerate(rows[0])} if rows else {}
    lacking = [name for name in _NEEDED if _name(name) not in head]
    if lacking or split is None:
        raise _wrong([Problem("file", f"缺少 {'、'.join(lacking) or '汇总行'}", "微信支付资金账单 CSV")])
    problems: list[Problem] = []
    flows = [
        flow for number, row in enumerate(rows[1:split], 2) if (flow := _flow(row, head, number, problems)) is not None
    ]
    bill = Bill(
        tuple(flows),
        sum(flow.amount_fen for flow in flows if flow.is_out),
        sum(flow.amount_fen for flow in flows if not flow.is_out),
    )
    problems += _totals(bill, rows[split : split + 2])
    if problems:
        raise _wrong(problems)
    return bill


def fen_of(yuan: str) -> int | None:
    """``12.3`` yuan in fen; None for what is no amount."""
    found = _YUAN.fullmatch(yuan)
    return None if found is None else int(found[1]) * 100 + int((found[2] or "0").ljust(2, "0"))


def _flow(row: list[str], head: Mapping[str, int], number: int, problems: list[Problem]) -> Flow | None:
    if len(row) <= max(head.values()):
        problems.append(Problem(f"line {number}", "列数不足", f"{len(head)} 列"))
        return None
    cell = {name: row[head[_name(name)]] for name in _NEEDED}
    amount_fen, kind = fen_of(cell["收支金额(元)"]), cell["收支类型"]
    try:
        booked_at = datetime.strptime(cell["记账时间"], "%Y-%m-%d %H:%M:%S").replace(tzinfo=CHINA).astimezone(UTC)
    except ValueError:
        booked_at = None
    if amount_fen is None or kind not in {_OUT, _IN} or booked_at is None or not cell["资金流水单号"]:
        problems.append(Problem(f"line {number}", "时间、流水号、收支类型或金额有误", "账单原文，未经编辑"))
        return None
    return Flow(
        cell["资金流水单号"][:64], cell["业务凭证号"][:64], amount_fen, kind == _OUT, cell["业务类型"][:32], booked_at
    )


def _totals(bill: Bill, rows: list[list[str]]) -> list[Problem]:
    """What the bill says of itself against what was read."""
    if len(rows) < 2:  # noqa: PLR2004 - a head and a line
        return [Problem("totals", "缺少汇总行", "表头与一行汇总")]
    said = dict(zip((_name(cell) for cell in rows[0]), rows[1], strict=False))
    read = {
        _TOTALS: (said.get(_TOTALS), str(len(bill.flows))),
        "支出金额": (fen_of(said.get("支出金额", "")), bill.out_fen),
        "收入金额": (fen_of(said.get("收入金额", "")), bill.in_fen),
    }
    return [Problem("totals", f"{name} 与明细不符", str(has)) for name, (told, has) in read.items() if told != has]


def _name(cell: str) -> str:
    """A head without its unit, in either kind of bracket."""
    return re.sub(r"[(（].*[)）]$", "", cell)


def _wrong(problems: list[Problem]) -> InvalidInput:
    return InvalidInput("账单无法读取，未导入任何一行", problems=problems[:50])
