"""Lists that people uploaded (CSV or text): the newest upload of each name, already in our own format."""

from __future__ import annotations

import gzip

from sqlalchemy import select

from app.models import WordlistUpload
from app.wordlist_sources.source import Around, Fetched, Known, SourceOptions


class Options(SourceOptions):
    """Nothing to say: uploads come from the console and the API."""


def fetch(options: Options, known: Known, around: Around) -> Fetched:  # noqa: ARG001 - every kind's promise
    """Every upload; what a person uploaded waits for a second one."""
    with around.db.read() as session:
        rows = session.scalars(select(WordlistUpload).order_by(WordlistUpload.name)).all()
    people = tuple(sorted({row.uploaded_by for row in rows if row.is_new}))
    return Fetched("people", {f"{row.name}.txt": gzip.decompress(row.text) for row in rows}, people=people)
