"""Importing events from a file, a thousand in a unit of work; a line that is wrong is told and skipped.

JSON lines hold events as the API takes them. A CSV has the columns id, kind, subject, shop_id and occurred_at, and one
column for each fact; an empty cell is an absent fact.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from app.errors import InvalidInput, Problem
from app.events.cells import read_cell
from app.events.stored import SentEvent
from app.flows.parts import Parts
from app.flows.rows import encoding_of, open_reader
from app.flows.take_any import take_any
from app.values.facts import EventKind
from app.values.given_instants import EXPECTED, read_instant
from app.values.given_json import doubled_name

FORMATS = (".jsonl", ".ndjson", ".csv")
_PORTION = 500
_OWN = ("id", "kind", "subject", "shop_id", "occurred_at")


def import_events(
    parts: Parts,
    path: Path,
    *,
    actor: str,
    now: datetime,
    told: Callable[[int, Problem], None],
    progress: Callable[[int], None],
) -> Counter[str]:
    """Take every event of a file; how many were accepted, duplicates or invalid.

    ``told`` hears of each line that is wrong, with its number. Raises InvalidInput when the file cannot be read at all.
    """
    if path.suffix not in FORMATS:
        raise InvalidInput("unknown format", problems=[Problem(str(path), path.suffix, ", ".join(FORMATS))])
    counts: Counter[str] = Counter()
    portion: list[tuple[int, SentEvent]] = []
    for number, row in _rows(path):
        event = _event(row, parts.live.current.kinds) if isinstance(row, dict) else row
        if isinstance(event, SentEvent):
            portion.append((number, event))
        else:
            counts["invalid"] += 1
            for problem in event:
                told(number, problem)
        if len(portion) == _PORTION:
            counts += _take(parts, portion, actor=actor, now=now, told=told)
            progress(len(portion))
            portion = []
    counts += _take(parts, portion, actor=actor, now=now, told=told)
    progress(len(portion))
    return counts


def _take(
    parts: Parts, portion: Sequence[tuple[int, SentEvent]], *, actor: str, now: datetime, told: Callable[..., None]
) -> Counter[str]:
    answers = take_any(parts, [event for _, event in portion], actor=actor, now=now)
    for (number, _), answer in zip(portion, answers, strict=True):
        for problem in answer.problems:
            told(number, problem)
    return Counter(answer.status for answer in answers)


def _rows(path: Path) -> Iterator[tuple[int, Any]]:
    if path.suffix == ".csv":
        yield from enumerate(open_reader(path, encoding_of(path)).rows(), 2)
        return
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            if line.strip():
                yield number, _line(line)


def _line(line: bytes) -> dict[str, Any] | list[Problem]:
    try:
        row = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        return [Problem("", f"not JSON: {error}", "one JSON object a line")]
    if not isinstance(row, dict):
        return [Problem("", "no object", "one event a line")]
    if (name := doubled_name(line)) is not None:
        return [Problem("", f"the name {name!r} stands twice", "each name once in an object")]
    return row


def _event(row: dict[str, Any], kinds: Mapping[str, EventKind]) -> SentEvent | list[Problem]:
    problems = [Problem(name, "is missing", "a text") for name in _OWN if not isinstance(row.get(name), str | datetime)]
    if problems:
        return problems
    occurred_at = read_instant(str(row["occurred_at"]))
    if occurred_at is None:
        return [Problem("occurred_at", "is no instant with an offset", EXPECTED)]
    kind = kinds.get(row["kind"])
    given = row.get("data")
    if not isinstance(given, dict):
        cells = {name: value for name, value in row.items() if name not in (*_OWN, "data") and value not in {None, ""}}
        given = {name: read_cell(kind.fact(name), value) if kind else value for name, value in cells.items()}
    unknown = [name for name in row if name not in (*_OWN, "data")] if "data" in row else []
    if unknown:
        return [Problem(name, "is unknown", ", ".join((*_OWN, "data"))) for name in unknown]
    shop_id = row["shop_id"]
    return SentEvent(row["id"], row["kind"], f"shop:{shop_id}", shop_id, row["subject"], occurred_at, given)
