"""Screening one piece of an archive: contents in, a file of decisions and their counts out; the same on any machine.

piece ─ contents with the decision they had ─ judge_content (or its words alone) ─┬─ rows ─ NAME.parquet
                                                                                  └─ counts ─ NAME.counts.json
Both are renamed into place, the counts last: their file says that the piece is done. A process that dies leaves
``.partial`` files, which the next one replaces.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
import polars as pl

from app.flows.judge_content import UNSEEN_MEDIA, Judge, Judged, judge_content, judge_words, text_fields
from app.flows.rescreen_pieces import Unread
from app.rescreening.changes import UNREADABLE, Changes, Seen
from app.text.personal_data import find_personal_data, redact
from app.values.content import ContentToScreen
from app.values.deciding import Decision, Verdict, hardest

FORMATS = ("parquet", "csv", "jsonl")
COLUMNS = ("content_id", "shop_id", "kind", "category", "before", "after", "changed", "rules", "words", "doubts")
_SHOWN_CHARS, _AROUND = 120, 40


@dataclass(frozen=True, slots=True)
class Asked:
    """How contents are screened: by which instant, which rules have tripped, words alone or all, and into which format.

    ``is_whole`` writes every content; without it only those whose decision changes.
    """

    now: datetime
    words_only: bool = False
    form: str = "parquet"
    is_whole: bool = True
    tripped: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Before:
    """A content with the decision it had.

    ``is_out`` while a reviewer has still to answer, ``is_unseen`` with media that a person had to look at.
    """

    content: ContentToScreen
    decision: str
    key: str = ""
    is_out: bool = False
    is_unseen: bool = False


def screen_piece(
    judge: Judge, name: str, things: Iterable[Before | Unread], asked: Asked, folder: Path
) -> tuple[Changes, list[str]]:
    """Judge every content and write the piece's files; the counts, and the keys of those newly to be blocked."""
    changes, to_block = Changes(), list[str]()
    columns: dict[str, list[Any]] = {column: [] for column in COLUMNS}
    for thing in things:
        if isinstance(thing, Unread):
            changes.cannot_read(thing.problem)
            _write_row(columns, ("", "", "", "", "", UNREADABLE, False, "", "", thing.problem))
            continue
        decision = judged(judge, thing, asked)
        seen = _seen(thing, decision)
        if changes.add(seen):
            changes.keep(seen, _shown(thing.content, decision))
        if thing.decision in {"pass", "label"} and seen.after == "block":
            to_block.append(thing.key)
        if asked.is_whole or seen.is_changed:
            _write_row(columns, _row(thing, seen, decision))
    _write(folder, name, columns, asked.form)
    renamed(folder / f"{name}.counts.json", orjson.dumps(changes.as_plain() | {"to_block": to_block}))
    return changes, to_block


def judged(judge: Judge, thing: Before, asked: Asked) -> Decision:
    """The decision by today's judge. What no snapshot changes is carried over; words alone only make it harder."""
    content = thing.content
    if asked.words_only:
        decision = judge_words(judge, content, now=asked.now)
        least = [Verdict(thing.decision)] if thing.decision in VERDICTS else []
    else:
        decision = judged_whole(judge, thing, asked).decision
        least = [Verdict.REVIEW] if thing.is_out else []
    verdict = hardest([decision.decision, *least])
    return decision if verdict is decision.decision else replace(decision, decision=verdict)


def judged_whole(judge: Judge, thing: Before, asked: Asked) -> Judged:
    """The content judged by words and rules, as the service judges it, without advice to its merchant."""
    doubts = (UNSEEN_MEDIA,) if thing.is_unseen else ()
    return judge_content(judge, thing.content, now=asked.now, doubts=doubts, tripped=asked.tripped, advises=False)


VERDICTS = frozenset({"pass", "label", "review", "block"})


def _seen(thing: Before, decision: Decision) -> Seen:
    content = thing.content
    return Seen(
        thing.key or content.content_id,
        content.shop_id,
        content.kind,
        content.category or "",
        thing.decision,
        decision.decision.value,
        tuple([firing.rule for firing in decision.firings if not firing.shadow]) if decision.firings else (),
        tuple([(hit.wordlist, hit.word, hit.category) for hit in decision.hits]) if decision.hits else (),
    )


def _row(thing: Before, seen: Seen, decision: Decision) -> tuple[object, ...]:
    content = thing.content
    rules, words = ",".join(dict.fromkeys(seen.rules)), ""
    if seen.words:
        words = ",".join(dict.fromkeys(f"{wordlist}/{word}" for wordlist, word, _ in seen.words))
    doubts = "；".join(decision.doubts)
    about = (content.content_id, seen.shop_id, seen.kind, seen.shop_category)
    return (*about, seen.before, seen.after, seen.is_changed, rules, words, doubts)


def _write_row(columns: dict[str, list[Any]], row: tuple[object, ...]) -> None:
    for values, value in zip(columns.values(), row, strict=True):
        values.append(value)


def _write(folder: Path, name: str, columns: dict[str, list[Any]], form: str) -> None:
    schema = {column: pl.Boolean if column == "changed" else pl.String for column in COLUMNS}
    frame = pl.DataFrame(columns, schema=schema)
    target = folder / f"{name}.{form}"
    unfinished = target.with_name(target.name + ".partial")
    write: dict[str, Callable[[Path], Any]] = {
        "parquet": frame.write_parquet,
        "csv": frame.write_csv,
        "jsonl": frame.write_ndjson,
    }
    write[form](unfinished)
    unfinished.replace(target)


def renamed(target: Path, body: bytes) -> None:
    """Write a small file so that it is there whole or not at all."""
    unfinished = target.with_name(target.name + ".partial")
    unfinished.write_bytes(body)
    unfinished.replace(target)


def _shown(content: ContentToScreen, decision: Decision) -> str:
    """The neighbourhood of the first hit, or the beginning, with personal data starred."""
    texts = text_fields(content)
    if not texts:
        return ""
    hit = decision.hits[0] if decision.hits else None
    place = (hit.field, hit.segment) if hit else (texts[0].name, texts[0].segment)
    text = next((each.text for each in texts if (each.name, each.segment) == place), texts[0].text)
    clean = redact(text, find_personal_data(text))
    start = max(0, hit.start - _AROUND) if hit and len(clean) > _SHOWN_CHARS else 0
    part = clean[start : start + _SHOWN_CHARS]
    return " ".join((("…" if start else "") + part + ("…" if start + _SHOWN_CHARS < len(clean) else "")).split())
