"""The contents of a piece of a file: which columns say what, and what a row has to be like."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
import polars as pl

from app.errors import InvalidInput, Problem
from app.flows.judge_content import Judge, check_content
from app.flows.judge_many import AT_ONCE, SHORT
from app.flows.rescreen_batch import Batch, Before, in_batches
from app.flows.rescreen_pieces import FilePiece, Unread, read_frame, read_piece
from app.flows.rows import Row
from app.flows.screen_file import known_kind
from app.rescreening.changes import UNKNOWN, VERDICTS
from app.values.content import ContentToScreen

_DECISIONS = VERDICTS | {UNKNOWN}
_ABOUT = frozenset(
    {"content_id", "id", "kind", "shop_id", "author_id", "category", "label", "decision", "facts", "before", "outcome"}
)


@dataclass(frozen=True, slots=True)
class Columns:
    """Which columns hold texts and the decision so far, and the kind of rows that do not say theirs."""

    texts: tuple[str, ...] = ()
    decision: str | None = None
    kind: str = "video_caption"


def check_columns(known: Sequence[str], asked: Columns, *, where: str) -> None:
    """Raise InvalidInput naming what the file does not have, and a kind nobody knows."""
    known_kind(asked.kind)
    wanted = [*asked.texts, *([asked.decision] if asked.decision else [])]
    if missing := [name for name in wanted if name not in known]:
        problem = Problem(where, f"has no column {', '.join(missing)}", ", ".join(known))
        raise InvalidInput("a file has no such column", problems=[problem])
    if not text_columns(known, asked):
        raise InvalidInput("a file has no column of text", problems=[Problem(where, "none", "a column's name")])


def text_columns(known: Sequence[str], asked: Columns) -> tuple[str, ...]:
    """The columns that are screened: those asked for, else ``text``, else all that are not about the content."""
    if asked.texts:
        return asked.texts
    return ("text",) if "text" in known else tuple(name for name in known if name not in _ABOUT)


def batches_of(judge: Judge, piece: FilePiece, asked: Columns) -> Iterator[Batch]:
    """The contents of a piece by columns; of Parquet no row is made but of what is unusual."""
    names = text_columns(piece.columns, asked)
    if piece.path.suffix != ".parquet" or len(names) != 1:
        yield from in_batches(contents_of(judge, piece, asked))
        return
    frame = read_frame(piece)
    for start in range(0, len(frame), AT_ONCE):
        yield _by_columns(_Reader(judge, piece, asked), frame.slice(start, AT_ONCE), names[0], piece.start + start + 1)


def contents_of(judge: Judge, piece: FilePiece, asked: Columns) -> Iterator[Before | Unread]:
    """The contents of a piece with the decision each had; a row that cannot be judged says where it stands."""
    reader = _Reader(judge, piece, asked)
    for number, row in enumerate(read_piece(piece), piece.start + 1 if piece.path.suffix == ".parquet" else 1):
        yield row if isinstance(row, Unread) else reader.read(row, number)


class _Reader:
    """Reads rows of one piece as contents."""

    def __init__(self, judge: Judge, piece: FilePiece, asked: Columns) -> None:
        self._judge, self._piece, self.kind = judge, piece, asked.kind
        self._names = text_columns(piece.columns, asked)
        self.decision = asked.decision or "decision"
        self.kinds = {name for kind in judge.kinds.values() for name in kind.content_kinds}

    def read(self, row: Row, number: int) -> Before | Unread:
        """The content in a row, or why there is none."""
        try:
            return _before(self._judge, row, self._names, self.decision, self.kind, self.kinds)
        except InvalidInput as error:
            told = "; ".join(f"{each.field}: {each.problem}" for each in error.problems) or error.detail
            return Unread(f"{self._piece.path}: row {number} of {self._piece.name}: {told}")


def _by_columns(reader: _Reader, frame: pl.DataFrame, name: str, number: int) -> Batch:
    """Rows from ``number`` on. What is no plain content is read from its row when it is asked for."""

    def column(wanted: str, default: str = "") -> list[str]:
        if wanted not in frame.columns:
            return [default] * len(frame)
        return [str(value) if value else default for value in frame[wanted].to_list()]

    ids = column("content_id")
    if not all(ids):
        ids = [one or other for one, other in zip(ids, column("id"), strict=True)]
    shops, kinds, categories = column("shop_id"), column("kind", reader.kind), column("category")
    decisions, authors, facts = column(reader.decision, UNKNOWN), column("author_id"), column("facts")
    texts = [
        str(text)
        if text is not None and not fact and kind in reader.kinds and decision in _DECISIONS and len(str(text)) <= SHORT
        else None
        for text, fact, kind, decision in zip(frame[name].to_list(), facts, kinds, decisions, strict=True)
    ]

    def thing(at: int) -> Before | Unread:
        text = texts[at]
        if text is None:
            return reader.read(frame.row(at, named=True), number + at)
        author, category = authors[at] or None, categories[at] or None
        return Before(
            ContentToScreen(ids[at], kinds[at], shops[at], {name: text}, author, category), decisions[at], ids[at]
        )

    return Batch(ids, shops, kinds, categories, decisions, texts, [name] * len(frame), thing)


def _before(judge: Judge, row: Row, names: Sequence[str], decision: str, kind: str, kinds: set[str]) -> Before:
    said = row.get
    kind = str(said("kind") or kind)
    facts = _facts(said("facts"))
    content = ContentToScreen(
        str(said("content_id") or said("id") or ""),
        kind,
        str(said("shop_id") or ""),
        {name: str(value) for name in names if (value := said(name)) is not None},
        str(said("author_id")) if said("author_id") else None,
        str(said("category")) if said("category") else None,
        facts=facts,
    )
    if facts or kind not in kinds:
        check_content(judge, content)
    before = str(said(decision) or UNKNOWN)
    if before not in _DECISIONS:
        problem = Problem(decision, f"unknown decision: {before:.40}", ", ".join(sorted(VERDICTS)))
        raise InvalidInput("the row cannot be read", problems=[problem])
    return Before(content, before, content.content_id)


def _facts(given: Any) -> dict[str, Any]:
    """Facts as an object, or as JSON in a text."""
    if given is None or given == "":
        return {}
    if isinstance(given, str):
        try:
            given = orjson.loads(given)
        except orjson.JSONDecodeError:
            given = None
    if not isinstance(given, dict):
        raise InvalidInput("facts", problems=[Problem("facts", "not an object", "an object, or JSON of one")])
    return {name: value for name, value in given.items() if value is not None}
