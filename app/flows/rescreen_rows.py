"""The contents of a piece of a file: which columns say what, and what a row has to be like."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from app.errors import InvalidInput, Problem
from app.flows.judge_content import Judge, check_content
from app.flows.rescreen_piece import VERDICTS, Before
from app.flows.rescreen_pieces import FilePiece, Unread, read_piece
from app.flows.rows import Row
from app.flows.screen_file import known_kind
from app.rescreening.changes import UNKNOWN
from app.values.content import ContentToScreen

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


def contents_of(judge: Judge, piece: FilePiece, asked: Columns) -> Iterator[Before | Unread]:
    """The contents of a piece with the decision each had; a row that cannot be judged says where it stands."""
    names = text_columns(piece.columns, asked)
    decision = asked.decision or "decision"
    kinds = {name for kind in judge.kinds.values() for name in kind.content_kinds}
    for number, row in enumerate(read_piece(piece), piece.start + 1 if piece.path.suffix == ".parquet" else 1):
        if isinstance(row, Unread):
            yield row
            continue
        try:
            yield _before(judge, row, names, decision, asked.kind, kinds)
        except InvalidInput as error:
            told = "; ".join(f"{each.field}: {each.problem}" for each in error.problems) or error.detail
            yield Unread(f"{piece.path}: row {number} of {piece.name}: {told}")


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
    if before not in VERDICTS and before != UNKNOWN:
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
