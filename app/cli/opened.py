"""Parts for a command: opened from the environment, the schema checked, closed at the end."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from app.errors import NotReady
from app.flows.parts import Parts
from app.jobs.open_parts import build_parts
from app.migrate import current, head
from app.settings import read_settings


@contextmanager
def opened_parts(*, needs_schema: bool = True) -> Iterator[Parts]:
    """Parts of a short command; it does not take the process lock, so it works beside a running service."""
    parts = build_parts(read_settings(os.environ))
    try:
        if needs_schema and (at := current(parts.db)) != head():
            raise NotReady(f"the database is at revision {at}, this program needs {head()}: run `weiheng db upgrade`")
        yield parts
    finally:
        parts.db.close()
