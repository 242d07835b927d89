"""Screening one piece of an archive: contents in, a file of decisions and their counts out; the same on any machine.

piece ─ contents with the decision they had ─ judge_content (or its words alone) ─┬─ rows ─ NAME.parquet
                                                                                  └─ counts ─ NAME.counts.json
Both are renamed into place, the counts last: their file says that the piece is done. A process that dies leaves
``.partial`` files, which the next one replaces.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import compress
from pathlib import Path

import orjson

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
from app.flows.judge_many import AT_ONCE, Quiet
from app.flows.rescreen_batch import Batch, Before, in_batches
from app.flows.rescreen_out import Row, Rows, write_rows
from app.flows.rescreen_pieces import Unread
from app.rescreening.changes import UNKNOWN, UNREADABLE, VERDICTS, Changes, Seen
from app.text.match import Scan
from app.text.personal_data import find_personal_data, redact
from app.values.content import ContentToScreen
from app.values.deciding import Decision, Verdict, hardest

FORMATS = ("parquet", "csv", "jsonl")
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


def screen_piece(
    judge: Judge, name: str, things: Iterable[Before | Unread], asked: Asked, folder: Path
) -> tuple[Changes, list[str]]:
    """Judge every content and write the piece's files; the counts, and the keys of those newly to be blocked."""
    return screen_batches(judge, name, in_batches(things), asked, folder)


def screen_batches(
    judge: Judge, name: str, batches: Iterable[Batch], asked: Asked, folder: Path, *, quiet: Quiet | None = None
) -> tuple[Changes, list[str]]:
    """As `screen_piece`, of contents by columns; ``quiet`` is that of the judge and what is asked, if there is one."""
    changes, to_block, rows = Changes(), list[str](), Rows()
    unchanged = Counter[tuple[str, str, str, str]]()
    quiet = quiet or quiet_of(judge, asked)
    for batch in batches:
        seen = dict(_judged_rows(judge, batch, quiet, asked, changes, to_block))
        stays = [at not in seen for at in range(len(batch))]
        about = zip(batch.shop_ids, batch.kinds, batch.categories, batch.decisions, strict=True)
        unchanged.update(compress(about, stays))
        rows.add(batch, seen, is_whole=asked.is_whole)
    changes.add_unchanged(unchanged, after=PASS)
    write_rows(folder, name, rows, asked.form)
    renamed(folder / f"{name}.counts.json", orjson.dumps(changes.as_plain() | {"to_block": to_block}))
    return changes, to_block


def quiet_of(judge: Judge, asked: Asked) -> Quiet:
    """What tells which short texts pass, and remembers what it told from one piece to the next."""
    return Quiet(judge, now=asked.now, tripped=asked.tripped, words_only=asked.words_only)


def _judged_rows(
    judge: Judge, batch: Batch, quiet: Quiet, asked: Asked, changes: Changes, to_block: list[str]
) -> Iterator[tuple[int, Row]]:
    """The rows of all contents but those that pass as they did; each is counted."""
    for at, thing, scan in _loud(judge, batch, quiet, asked):
        if isinstance(thing, Unread):
            changes.cannot_read(thing.problem)
            yield at, ("", "", "", "", "", UNREADABLE, False, "", "", thing.problem)
            continue
        decision = _hardened(thing, asked, NOTHING_FOUND) if scan is None else judged(judge, thing, asked, scan)
        seen = _seen(thing, decision)
        if changes.add(seen):
            changes.keep(seen, _shown(thing.content, decision))
        if thing.decision in {"pass", "label"} and seen.after == "block":
            to_block.append(thing.key)
        yield at, _row(thing, seen, decision)


def _loud(judge: Judge, batch: Batch, quiet: Quiet, asked: Asked) -> Iterator[tuple[int, Before | Unread, Scan | None]]:
    """Those of a batch that do not pass as they did, in their order, with what is found in them; None: nothing is."""
    things: dict[int, Before] = {}
    scans: dict[int, Scan] = {}
    plain = [at for at, text in enumerate(batch.texts) if text is not None]
    abouts = list(zip(batch.kinds, batch.categories, batch.shop_ids, strict=True))
    for start in range(0, len(plain), AT_ONCE):
        some = plain[start : start + AT_ONCE]
        texts = [text for at in some if (text := batch.texts[at]) is not None]
        loud = quiet.loud(texts, [batch.names[at] for at in some], [abouts[at] for at in some])
        for number, at in enumerate(some):
            if number not in loud and batch.decisions[at] in _STAYS:
                continue
            thing = batch.thing(at)
            assert isinstance(thing, Before), "what has a plain text was read"
            things[at] = thing
            if number in loud:
                scans[at] = loud[number]
    others = {at: batch.thing(at) for at, text in enumerate(batch.texts) if text is None}
    contents = {at: each.content for at, each in others.items() if isinstance(each, Before)}
    read = scan_contents(judge, list(contents.values()), now=asked.now, words_only=asked.words_only)
    scans.update(zip(contents, read, strict=True))
    for at in sorted({*things, *others}):
        yield at, things.get(at) or others[at], scans.get(at)


def judged(judge: Judge, thing: Before, asked: Asked, scan: Scan) -> Decision:
    """The decision by today's judge. What no snapshot changes is carried over; words alone only make it harder."""
    if asked.words_only:
        return _hardened(thing, asked, judge_words(thing.content, scan))
    return _hardened(thing, asked, judged_whole(judge, thing, asked, scan).decision)


def _hardened(thing: Before, asked: Asked, decision: Decision) -> Decision:
    least = [Verdict.REVIEW] if thing.is_out else []
    if asked.words_only:
        least = [Verdict(thing.decision)] if thing.decision in VERDICTS else []
    verdict = hardest([decision.decision, *least])
    return decision if verdict is decision.decision else replace(decision, decision=verdict)


def judged_whole(judge: Judge, thing: Before, asked: Asked, scan: Scan | None = None) -> Judged:
    """The content judged by words and rules, as the service judges it, without advice to its merchant."""
    doubts = (UNSEEN_MEDIA,) if thing.is_unseen else ()
    return judge_content(
        judge, thing.content, now=asked.now, doubts=doubts, tripped=asked.tripped, advises=False, scan=scan
    )


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
