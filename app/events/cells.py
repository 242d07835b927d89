"""Cells of a table as facts: a CSV knows texts only, and the declaration says what each of them is."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import orjson

from app.values.facts import Fact, FactType
from app.values.given_numbers import read_whole


def read_cell(fact: Fact | None, cell: object) -> object:
    """A cell as the fact is declared; what cannot be read stays a text, for the check to refuse."""
    if fact is None or not isinstance(cell, str):
        return cell
    return _READERS[fact.type](cell)


def _bool(cell: str) -> object:
    return {"true": True, "false": False, "1": True, "0": False}.get(cell.strip().lower(), cell)


def _int(cell: str) -> object:
    return cell if (number := read_whole(cell)) is None else number


def _texts(cell: str) -> object:
    return [each.strip() for each in cell.split("|") if each.strip()]


def _records(cell: str) -> object:
    try:
        return orjson.loads(cell)
    except orjson.JSONDecodeError:
        return cell


_READERS: Mapping[FactType, Callable[[str], object]] = {
    FactType.BOOL: _bool,
    FactType.INT: _int,
    FactType.TEXT: str,
    FactType.INSTANT: str,
    FactType.TEXT_LIST: _texts,
    FactType.RECORD_LIST: _records,
}
