"""WeChat Pay's daily bill of profit sharing (分账账单), read strictly: a line that is not understood stops the reading.

The bill is CSV with a backtick before every value and amounts in yuan; after the lines stands a summary with a header
of its own. Columns are found by their names, because the platform has added some over the years.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from app.errors import InvalidInput, Problem

_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "transaction_id": ("微信订单号",),
    "number": ("商户分账/回退单号", "商户分账单号"),
    "account": ("分账接收方",),
    "amount": ("分账金额", "分账金额(元)"),
    "type": ("业务类型",),
}
_RETURN, _SPLIT, _UNFREEZE = "回退", "分账", "解冻"


@dataclass(frozen=True, slots=True)
class BillLine:
    """One split or return that the platform says was carried out; ``number`` is the merchant's of either."""

    direction: str
    number: str
    transaction_id: str
    account: str
    told_fen: int


def read_split_bill(raw: bytes) -> list[BillLine]:
    """The bill's lines; what was unfrozen to the merchant itself is left out.

    Raises:
        InvalidInput: no such bill, with the line and what was expected.
    """
    try:
        rows = list(csv.reader(raw.decode("utf-8-sig").splitlines()))
    except (UnicodeDecodeError, csv.Error) as error:
        raise InvalidInput("the bill is no CSV in UTF-8", problems=[Problem("1", str(error)[:200])]) from None
    if not rows:
        raise InvalidInput("the bill is empty", problems=[Problem("1", "has no header", "分账时间,…")])
    at = _places(rows[0])
    lines = [_line(row, at, place) for place, row in enumerate(rows[1:], start=2) if _is_line(row)]
    return [line for line in lines if line is not None]


def _places(header: Sequence[str]) -> dict[str, int]:
    names = [name.strip().lstrip("`") for name in header]
    found = {key: names.index(name) for key, known in _COLUMNS.items() for name in known if name in names}
    if missing := [known[0] for key, known in _COLUMNS.items() if key not in found]:
        problem = Problem("1", f"the header lacks {'、'.join(missing)}", "the header of a 分账账单")
        raise InvalidInput("the bill is not one of profit sharing", problems=[problem])
    return found


def _is_line(row: Sequence[str]) -> bool:
    """Lines carry a backtick; the summary's header does not, and its figures are few."""
    return len(row) >= len(_COLUMNS) and row[0].startswith("`")


def _line(row: Sequence[str], at: Mapping[str, int], place: int) -> BillLine | None:
    if len(row) <= max(at.values()):
        return None  # the summary
    said = {key: row[column].strip().lstrip("`").strip() for key, column in at.items()}
    if _UNFREEZE in said["type"]:
        return None
    if _SPLIT not in said["type"] and _RETURN not in said["type"]:
        raise _bad(place, f"业务类型 {said['type']:.40}", "分账 or 分账回退")
    direction = "return" if _RETURN in said["type"] else "split"
    return BillLine(direction, said["number"], said["transaction_id"], said["account"], _fen(said["amount"], place))


def _fen(yuan: str, place: int) -> int:
    try:
        fen = Decimal(yuan) * 100
        if fen == int(fen) and fen >= 0:
            return int(fen)
    except (InvalidOperation, ValueError, OverflowError):
        pass
    raise _bad(place, f"分账金额 {yuan:.40}", "yuan with at most two decimals")


def _bad(place: int, problem: str, expected: str) -> InvalidInput:
    return InvalidInput("the bill has a line that is not understood", problems=[Problem(str(place), problem, expected)])
