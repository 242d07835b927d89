"""Screening one piece of an archive: contents in, a file of decisions and their counts out; the same on any machine.

piece ─ contents with the decision they had ─ judge_content (or its words alone) ─┬─ rows ─ NAME.parquet
                                                                                  └─ counts ─ NAME.counts.json
Both are renamed into place, the counts last: their file says that the piece is done. A process that dies leaves
``.partial`` files, which the next one replaces.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, TypeAlias

import orjson
import polars as pl

from app.deciding import NOTHING_FOUND
from app.flows.judge_content import (
    UNSEEN_MEDIA,
    Judge,
    Judged,
    judge_content,
    judge_words,
    scan_contents,
    text_fields,
)
from app.flows.rescreen_pieces import Unread
from app.rescreening.changes import UNKNOWN, UNREADABLE, Changes, Seen
from app.text.match import Scan
from app.text.personal_data import find_personal_data, redact
from app.values.content import ContentToScreen
from app.values.deciding import Decision, Verdict, hardest

FORMATS = ("parquet", "csv", "jsonl")
COLUMNS = ("content_id", "shop_id", "kind", "category", "before", "after", "changed", "rules", "words", "doubts")
AT_ONCE = 1_024
"""Contents whose texts are looked through together."""
Row: TypeAlias = tuple[object, ...]
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
    changes, to_block, rows = Changes(), list[str](), list[Row]()
    unchanged = Counter[tuple[str, str, str, str]]()
    for each in _scanned(judge, things, asked):
        if isinstance(each, Unread):
            changes.cannot_read(each.problem)
            rows.append(("", "", "", "", "", UNREADABLE, False, "", "", each.problem))
            continue
        thing, scan = each
        decision = judged(judge, thing, asked, scan)
        if decision is NOTHING_FOUND and thing.decision in _STAYS:
            content = thing.content
            about = (content.shop_id, content.kind, content.category or "", thing.decision)
            unchanged[about] += 1
            if asked.is_whole:
                rows.append((content.content_id, *about, PASS, False, "", "", ""))
            continue
        seen = _seen(thing, decision)
        if changes.add(seen):
            changes.keep(seen, _shown(thing.content, decision))
        if thing.decision in {"pass", "label"} and seen.after == "block":
            to_block.append(thing.key)
        if asked.is_whole or seen.is_changed:
            rows.append(_row(thing, seen, decision))
    changes.add_unchanged(unchanged, after=PASS)
    _write(folder, name, rows, asked.form)
    renamed(folder / f"{name}.counts.json", orjson.dumps(changes.as_plain() | {"to_block": to_block}))
    return changes, to_block


def _scanned(judge: Judge, things: Iterable[Before | Unread], asked: Asked) -> Iterator[tuple[Before, Scan] | Unread]:
    """Things in their order, what can be read with what the matcher finds in it; some at a time."""
    left = iter(things)
    while some := list(islice(left, AT_ONCE)):
        scans = iter(scan_contents(judge, [each.content for each in some if isinstance(each, Before)], now=asked.now))
        for each in some:
            yield (each, next(scans)) if isinstance(each, Before) else each


def judged(judge: Judge, thing: Before, asked: Asked, scan: Scan) -> Decision:
    """The decision by today's judge. What no snapshot changes is carried over; words alone only make it harder."""
    if asked.words_only:
        decision = judge_words(thing.content, scan)
        least = [Verdict(thing.decision)] if thing.decision in VERDICTS else []
    else:
        decision = judged_whole(judge, thing, asked, scan).decision
        least = [Verdict.REVIEW] if thing.is_out else []
    verdict = hardest([decision.decision, *least])
    return decision if verdict is decision.decision else replace(decision, decision=verdict)


def judged_whole(judge: Judge, thing: Before, asked: Asked, scan: Scan | None = None) -> Judged:
    """The content judged by words and rules, as the service judges it, without advice to its merchant."""
    doubts = (UNSEEN_MEDIA,) if thing.is_unseen else ()
    return judge_content(
        judge, thing.content, now=asked.now, doubts=doubts, tripped=asked.tripped, advises=False, scan=scan
    )


VERDICTS = frozenset({"pass", "label", "review", "block"})
PASS = Verdict.PASS.value
_STAYS = frozenset({PASS, UNKNOWN})
"""Decisions that a content with nothing in it keeps."""


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


def _row(thing: Before, seen: Seen, decision: Decision) -> Row:
    content = thing.content
    rules, words = ",".join(dict.fromkeys(seen.rules)), ""
    if seen.words:
        words = ",".join(dict.fromkeys(f"{wordlist}/{word}" for wordlist, word, _ in seen.words))
    doubts = "；".join(decision.doubts)
    about = (content.content_id, seen.shop_id, seen.kind, seen.shop_category)
    return (*about, seen.before, seen.after, seen.is_changed, rules, words, doubts)


def _write(folder: Path, name: str, rows: Sequence[Row], form: str) -> None:
    schema = {column: pl.Boolean if column == "changed" else pl.String for column in COLUMNS}
    columns = zip(*rows, strict=True) if rows else [()] * len(COLUMNS)
    frame = pl.DataFrame(
        [pl.Series(column, values, schema[column]) for column, values in zip(COLUMNS, columns, strict=True)]
    )
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
