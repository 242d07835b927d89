"""Single changes that officers took up from cases and feedback: words to add, contexts to allow, words to retire."""

from __future__ import annotations

from sqlalchemy import select

from app.models import WordChange
from app.text.edit_lists import Edit
from app.wordlist_sources.source import Around, Fetched, Known, SourceOptions

STATES = ("waiting",)


class Options(SourceOptions):
    """Nothing to say: proposals come from cases, the console and the API."""


def fetch(options: Options, known: Known, around: Around) -> Fetched:  # noqa: ARG001 - every kind's promise
    """The changes that wait for a second person."""
    with around.db.read() as session:
        rows = session.scalars(
            select(WordChange).where(WordChange.state.in_(STATES)).order_by(WordChange.proposed_at, WordChange.id)
        ).all()
    return Fetched(
        "people",
        edits=tuple(edit_of(row) for row in rows),
        change_ids=tuple(row.id for row in rows),
        people=tuple(sorted({row.proposed_by for row in rows})),
    )


def edit_of(row: WordChange) -> Edit:
    """A stored change as it is laid over lists."""
    return Edit(row.what, row.wordlist, row.category, row.word, row.value, str(row.details.get("source", "")))
