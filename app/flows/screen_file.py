"""Screening a file: rows in, the same rows with decisions out, on all cores, in order, without a database.

rows (streamed) ─ chunks ─ processes, each with its own judge from the folders ─ chunks in order ─ file
The output is written beside its final name and renamed at the end: what is there is complete.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import Any, TypeVar

import orjson

from app import snapshots
from app.errors import InvalidInput, Problem
from app.events.kind import load_kinds
from app.flows.child_pool import child_pool
from app.flows.judge_content import Judge, judge_content
from app.flows.open_matcher import open_matcher
from app.flows.rows import Row, open_reader, open_writer
from app.rules.engine import build_engine
from app.rules.pack import load_packs
from app.settings import Settings
from app.values.answer import decision_answer
from app.values.content import ContentToScreen

T = TypeVar("T")
CHUNK = 500
_ABOUT = frozenset({"content_id", "id", "kind", "shop_id", "author_id", "category", "label", "decision"})
_judges: dict[str, Judge] = {}  # one per process: built once by the initializer, used by every chunk


@dataclass(frozen=True, slots=True)
class Plan:
    """How to read rows: the columns that hold text, and the kind of rows that do not say theirs."""

    columns: tuple[str, ...]
    kind: str
    now: datetime


def judge_from_folders(settings: Settings) -> Judge:
    """A judge built from the folders as they are, for use without a database."""
    kinds = load_kinds()
    rules = snapshots.read_folder("rules", settings.rules_dir)
    words = snapshots.read_folder("wordlists", settings.wordlists_dir)
    wordlists_id = snapshots.content_id("wordlists", words)
    matcher, severities = open_matcher(settings, wordlists_id, words)
    return Judge(
        rules_id=snapshots.content_id("rules", rules),
        wordlists_id=wordlists_id,
        engine=build_engine(load_packs(rules, kinds=kinds), kinds, evaluator=settings.evaluator),
        matcher=matcher,
        kinds=kinds,
        severities=severities,
    )


def screen_file(
    settings: Settings,
    source: Path,
    target: Path,
    *,
    columns: Sequence[str],
    kind: str,
    processes: int,
    now: datetime,
    progress: Callable[[int], None],
) -> Counter[str]:
    """Screen every row of ``source`` (.txt, .csv, .jsonl, .parquet) into ``target`` of the same format.

    ``progress`` hears how many rows were added. Returns how many rows got which decision.

    Raises:
        InvalidInput: unknown format, column or kind, or a row that cannot be read (with its line).
    """
    reader = open_reader(source)
    plan = Plan(_text_columns(reader.columns, columns), known_kind(kind), now)
    counts: Counter[str] = Counter()
    unfinished = target.with_name(target.name + ".partial")
    with open_writer(unfinished, target.suffix) as writer:
        for rows in judged_in_order(settings, partial(screen_rows, plan=plan), reader.rows(), processes=processes):
            writer.write(rows)
            counts.update(row["decision"] for row in rows)
            progress(len(rows))
    unfinished.replace(target)
    return counts


def judged_in_order(
    settings: Settings, work: Callable[[Judge, Sequence[Row]], list[T]], rows: Iterator[Row], *, processes: int
) -> Iterator[list[T]]:
    """What ``work`` makes of the rows, chunk by chunk in their order; it is done in processes, so it must pickle.

    A file of one chunk is done right here, before a process would have started.
    """
    first, second = list(islice(rows, CHUNK)), list(islice(rows, 1))
    if not second:
        if first:
            yield work(judge_from_folders(settings), first)
        return
    rows = chain(first, second, rows)
    with child_pool(processes, _start, settings) as pool:
        waiting: deque[Future[list[T]]] = deque()
        while True:
            while len(waiting) < processes * 4 and (chunk := list(islice(rows, CHUNK))):
                waiting.append(pool.submit(_work, work, chunk))
            if not waiting:
                return
            yield waiting.popleft().result()


def screen_rows(judge: Judge, rows: Sequence[Row], *, plan: Plan) -> list[Row]:
    """The rows with decision, hits, exempted, rules, personal data, advice and rewrites added.

    Lists are JSON texts; ``advice`` has a sentence a line.
    """
    screened = []
    for row in rows:
        content = _content(row, plan)
        decision = decision_answer(judge_content(judge, content, now=plan.now).decision)
        added = {
            "decision": decision["decision"],
            "hits": orjson.dumps(decision["hits"]).decode(),
            "exempted": orjson.dumps(decision["exempted"]).decode(),
            "rules": ",".join(firing["rule"] for firing in decision["firings"]),
            "personal_data": orjson.dumps(decision["personal_data"]).decode(),
            "advice": "\n".join(decision["advice"]),
            "rewrites": orjson.dumps(decision["rewrites"]).decode(),
        }
        screened.append({**row, **added})
    return screened


def _content(row: Row, plan: Plan) -> ContentToScreen:
    said: dict[str, Any] = {name: row.get(name) for name in _ABOUT}
    return ContentToScreen(
        content_id=str(said["content_id"] or said["id"] or ""),
        kind=known_kind(str(said["kind"] or plan.kind)),
        shop_id=str(said["shop_id"] or ""),
        fields={name: str(row[name]) for name in plan.columns if row.get(name) is not None},
        category=str(said["category"]) if said["category"] else None,
    )


def _text_columns(known: Sequence[str], wanted: Sequence[str]) -> tuple[str, ...]:
    if missing := [name for name in wanted if name not in known]:
        problem = Problem("--column", f"not in the file: {', '.join(missing)}", ", ".join(known))
        raise InvalidInput("the file has no such column", problems=[problem])
    if wanted:
        return tuple(wanted)
    if "text" in known:
        return ("text",)
    found = tuple(name for name in known if name not in _ABOUT)
    if not found:
        raise InvalidInput("the file has no column of text", problems=[Problem("--column", "none", "a column's name")])
    return found


def known_kind(kind: str) -> str:
    """The kind of content itself; raises InvalidInput with the known ones."""
    kinds = [name for each in load_kinds().values() for name in each.content_kinds]
    if kind not in kinds:
        raise InvalidInput("unknown kind", problems=[Problem("kind", kind, ", ".join(sorted(kinds)))])
    return kind


def _start(settings: Settings) -> None:
    _judges["mine"] = judge_from_folders(settings)


def _work(work: Callable[[Judge, Sequence[Row]], list[T]], rows: Sequence[Row]) -> list[T]:
    return work(_judges["mine"], rows)
