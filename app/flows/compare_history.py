"""Comparing somebody's past decisions with ours: the first thing a newcomer wants to know before switching over.

file ─ encoding ─ columns ─ words checked ─┬─ judged in processes as by `screen_file` ─ Agreement
                                           └─ every row with our decision, where asked for
Nothing here needs a database, and nothing is kept but the file asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import orjson

from app.errors import AppError, InvalidInput, Problem
from app.flows.agreement import Agreement, Compared, Seen
from app.flows.judge_content import Judge, Judged, judge_content
from app.flows.past_decisions import SKIP, Columns, as_word, check_words, find_columns
from app.flows.rows import FORMATS, UTF_8, Row, encoding_of, open_reader, open_writer
from app.flows.screen_file import judged_in_order, known_kind
from app.settings import Settings
from app.text.personal_data import find_personal_data, redact
from app.values.answer import decision_answer
from app.values.content import ContentToScreen
from app.values.deciding import Decision, Verdict

_SHOWN_CHARS, _BEFORE = 120, 30
_ASKING = frozenset({Verdict.REVIEW, Verdict.BLOCK})
_NUMBER = "\0number"


@dataclass(frozen=True, slots=True)
class History:
    """A file of past decisions, looked over: how it is written, which columns count, how many rows it has."""

    path: Path
    encoding: str
    columns: Columns
    words: Mapping[str, str]
    rows: int


@dataclass(frozen=True, slots=True)
class Reading:
    """How each row is read and judged; ``kind`` is that of rows that do not say theirs."""

    columns: Columns
    words: Mapping[str, str]
    kind: str
    now: datetime


def open_history(
    path: Path, *, texts: Sequence[str], named: Mapping[str, str | None], words: Mapping[str, str]
) -> History:
    """Look a file over before anything is judged.

    Raises:
        InvalidInput: a format, an encoding or a column that is not known; a row that cannot be read; a decision without
            a meaning in ``words`` (with its row and value).
    """
    if path.suffix == ".txt" or path.suffix not in FORMATS:
        expected = ", ".join(suffix for suffix in FORMATS if suffix != ".txt")
        raise InvalidInput("unknown format", problems=[Problem(str(path), path.suffix or "no ending", expected)])
    encoding = UTF_8 if path.suffix == ".parquet" else encoding_of(path)
    reader = open_reader(path, encoding)
    columns = find_columns(reader.columns, texts=texts, named=named)
    return History(path, encoding, columns, words, check_words(reader.rows(), columns.decision, words))


def compare_history(
    settings: Settings,
    history: History,
    *,
    kind: str,
    target: Path | None,
    processes: int,
    now: datetime,
    agreement: Agreement,
    progress: Callable[[int], None],
) -> None:
    """Judge every row and count it into ``agreement``; with ``target`` also write every row with our decision.

    ``progress`` hears how many rows were added. ``target`` gets ``our_decision``, ``their_decision`` (as understood),
    ``agrees``, ``hits``, ``rules`` and ``personal_data``, and is there only when it is complete.
    """
    reading = Reading(history.columns, history.words, known_kind(kind), now)
    rows = (
        {**row, _NUMBER: number}
        for number, row in enumerate(open_reader(history.path, history.encoding).rows(), 1)
    )  # fmt: skip
    unfinished = target.with_name(target.name + ".partial") if target else None
    writing = open_writer(unfinished, target.suffix) if target and unfinished else nullcontext()
    with writing as writer:
        work = partial(_judge_rows, reading=reading)
        for judged in judged_in_order(settings, work, rows, processes=processes):
            agreement.add(compared for compared, _ in judged)
            if writer is not None:
                writer.write([row for _, row in judged])
            progress(len(judged))
    if target and unfinished:
        unfinished.replace(target)


def _judge_rows(judge: Judge, rows: Sequence[Row], *, reading: Reading) -> list[tuple[Compared, Row]]:
    return [_judge_row(judge, row, reading) for row in rows]


def _judge_row(judge: Judge, row: Row, reading: Reading) -> tuple[Compared, Row]:
    number = row.pop(_NUMBER)
    content = _content(row, number, reading)
    judged = judge_content(judge, content, now=reading.now)
    decision = judged.decision
    meaning = reading.words[as_word(row.get(reading.columns.decision))]
    theirs = None if meaning == SKIP else Verdict(meaning)
    ours = decision.decision if decision.decision in _ASKING else Verdict.PASS
    differs = theirs is not None and theirs is not ours
    shown, hits = _shown(content, judged) if differs else ("", ())
    compared = Compared(
        row=number,
        theirs=theirs,
        ours=ours,
        given=decision.decision,
        category=content.category or "",
        causes=_causes(decision),
        id=_starred(content.content_id) if differs else "",
        shown=shown,
        hits=hits,
    )
    return compared, _row_out(row, compared, decision)


def _content(row: Row, number: int, reading: Reading) -> ContentToScreen:
    columns = reading.columns
    said = {role: _said(row, column) for role, column in _abouts(columns).items()}
    try:
        kind = known_kind(said["kind"] or reading.kind)
    except AppError as error:
        raise InvalidInput(f"row {number}: {error.detail}", problems=error.problems) from None
    return ContentToScreen(
        content_id=said["id"],
        kind=kind,
        shop_id=said["shop"],
        fields={name: text for name in columns.texts if (text := _said(row, name))},
        category=said["category"] or None,
    )


def _abouts(columns: Columns) -> dict[str, str | None]:
    return {"id": columns.id, "kind": columns.kind, "category": columns.category, "shop": columns.shop}


def _said(row: Row, column: str | None) -> str:
    value = row.get(column) if column else None
    return "" if value is None else str(value)


def _causes(decision: Decision) -> tuple[str, ...]:
    """The rules and words that asked for a person or a block, each once."""
    rules = [f"rule {each.rule}" for each in decision.firings if each.decision.answer in _ASKING and not each.shadow]
    words = [f"word {hit.word} ({hit.wordlist})" for hit in decision.hits if hit.verdict.answer in _ASKING]
    return tuple(dict.fromkeys([*rules, *words]))


def _shown(content: ContentToScreen, judged: Judged) -> tuple[str, tuple[Seen, ...]]:
    """The neighbourhood of the first hit and all hits, out of the texts with personal data starred."""
    clean = dict(content.fields) | {each.field: each.text for each in judged.masked}
    hits = judged.decision.hits
    field = hits[0].field if hits else next(iter(clean), "")
    text = clean.get(field, "")
    start = max(0, hits[0].start - _BEFORE) if hits and len(text) > _SHOWN_CHARS else 0
    part = text[start : start + _SHOWN_CHARS]
    shown = ("…" if start else "") + part + ("…" if start + _SHOWN_CHARS < len(text) else "")
    seen = [Seen(clean[hit.field][hit.start : hit.end], hit.word, hit.category, hit.hidden_by) for hit in hits]
    return " ".join(shown.split()), tuple(seen)


def _starred(text: str) -> str:
    return redact(text, find_personal_data(text))


def _row_out(row: Row, compared: Compared, decision: Decision) -> Row:
    answer: dict[str, Any] = decision_answer(decision)
    return {
        **row,
        "our_decision": compared.given.value,
        "their_decision": compared.theirs.value if compared.theirs else SKIP,
        "agrees": "" if compared.theirs is None else str(compared.theirs is compared.ours).lower(),
        "hits": orjson.dumps(answer["hits"]).decode(),
        "rules": ",".join(firing["rule"] for firing in answer["firings"]),
        "personal_data": orjson.dumps(answer["personal_data"]).decode(),
    }
