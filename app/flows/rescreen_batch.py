"""Some contents of a piece by columns, so that what passes is never made into an object of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from app.flows.judge_many import AT_ONCE, SHORT
from app.flows.rescreen_pieces import Unread
from app.values.content import ContentToScreen


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


@dataclass(frozen=True, slots=True)
class Batch:
    """Columns of equal length, which count for plain contents; ``thing`` makes any of them into an object.

    ``texts`` are those of plain contents, one short text each and nothing else to judge by; ``names`` are its fields'.
    """

    content_ids: list[str]
    shop_ids: list[str]
    kinds: list[str]
    categories: list[str]
    decisions: list[str]
    texts: list[str | None]
    names: list[str]
    thing: Callable[[int], Before | Unread]

    def __len__(self) -> int:
        return len(self.texts)


def in_batches(things: Iterable[Before | Unread]) -> Iterator[Batch]:
    """Things that are objects already, some at a time."""
    left = iter(things)
    while some := list(islice(left, AT_ONCE)):
        yield _batch(some)


def _batch(things: list[Before | Unread]) -> Batch:
    contents = [None if isinstance(each, Unread) else each.content for each in things]
    return Batch(
        content_ids=["" if each is None else each.content_id for each in contents],
        shop_ids=["" if each is None else each.shop_id for each in contents],
        kinds=["" if each is None else each.kind for each in contents],
        categories=["" if each is None else each.category or "" for each in contents],
        decisions=["" if isinstance(each, Unread) else each.decision for each in things],
        texts=[None if isinstance(each, Unread) else _plain_text(each) for each in things],
        names=["" if each is None else next(iter(each.fields), "") for each in contents],
        thing=things.__getitem__,
    )


def _plain_text(thing: Before) -> str | None:
    """The text of a content that is judged by nothing else."""
    content = thing.content
    if thing.is_out or thing.is_unseen or len(content.fields) != 1:
        return None
    if content.segments or content.media or content.facts or content.wants_score:
        return None
    [text] = content.fields.values()
    return text if len(text) <= SHORT else None
