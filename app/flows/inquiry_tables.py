"""The same rows of an export as tables, for whoever reads them in a spreadsheet: CSV in UTF-8 with its mark of order.

A table says what its JSON lines say, to people: headings and states in Chinese, Beijing time, yuan, what was found in
words. It is made of the very rows that were written as JSON, so it stars and leaves out what they do. Spreadsheets turn
long numbers into rounded ones and texts that begin like a formula into one, so both begin with an apostrophe.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from app.flows.inquiry_columns import COLUMNS, VALUES
from app.money.amounts import plain_yuan
from app.values.china_days import CHINA

LONGEST = 32_000  # a cell of Excel holds 32,767 characters; what is longer stands whole in the JSON lines
_LONG_NUMBER = re.compile(r"-?\d{12,}")
_FORMULA = tuple("=+-@\t\r")
_NAMED = ("word", "rule", "title", "reviewer", "label", "id")


def table_name(file: str) -> str:
    """What the table of a file is called."""
    return f"{file}.csv"


def table_head(file: str, *, with_personal: bool) -> bytes:
    """The first line of a table, after the mark of order."""
    return b"\xef\xbb\xbf" + _line([_heading(name, title) for name, title in _columns(file, with_personal)])


def table_rows(file: str, rows: Sequence[Mapping[str, Any]], *, with_personal: bool) -> bytes:
    """The lines of some rows, which are as their JSON has them."""
    columns = _columns(file, with_personal)
    return b"".join(_line([_cell(file, name, row.get(name)) for name, _ in columns]) for row in rows)


def _columns(file: str, with_personal: bool) -> list[tuple[str, str]]:
    return [each for each in COLUMNS[file].items() if with_personal or each[0] not in {"author_id", "buyer_ref"}]


def _heading(name: str, title: str) -> str:
    if name.endswith("_fen"):
        return f"{title}（元）"
    return f"{title}（北京时间）" if _is_instant(name) else title


def _is_instant(name: str) -> bool:
    return name == "at" or name.endswith("_at")


def _cell(file: str, name: str, value: Any) -> str:
    if value is None or value == "":
        return ""
    if name.endswith("_fen") and isinstance(value, int):
        return plain_yuan(value)
    if _is_instant(name) and isinstance(value, str):
        return datetime.fromisoformat(value).astimezone(CHINA).strftime("%Y-%m-%d %H:%M:%S")
    if name == "basis" and isinstance(value, Mapping):  # what each number rests on stands in the JSON lines
        value = [value.get("formula"), value.get("reason"), *value.get("references", ())]
    told = VALUES.get((file, name), {}).get(value) if isinstance(value, str) else None
    told = told or _said(value)
    if len(told) > LONGEST:
        told = f"{told[:LONGEST]}…（全文见 {file}.jsonl）"
    return f"'{told}" if told.startswith(_FORMULA) or _LONG_NUMBER.fullmatch(told) else told


def _said(value: Any) -> str:
    """Values inside values: a list of findings by what they name, a mapping by its members."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "；".join(_member(each) for each in value if each not in (None, ""))
    if isinstance(value, Mapping):
        return "；".join(f"{name}：{_said(each)}" for name, each in value.items())
    return "" if value is None else str(value)


def _member(value: Any) -> str:
    if not isinstance(value, Mapping):
        return _said(value)
    named = [str(value[name]) for name in _NAMED if value.get(name)]
    text = value.get("reason") or value.get("text")
    if not named and not text:
        return json.dumps(value, ensure_ascii=False, sort_keys=True)
    kind = value.get("category") or value.get("decision") or value.get("verdict")
    return " ".join(named[:1]) + (f"（{kind}）" if kind and named else "") + (f" {text}" if text else "")


def _line(cells: Sequence[str]) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow(cells)
    return out.getvalue().encode()
