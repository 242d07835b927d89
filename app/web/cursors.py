"""Cursors of lists that are paged by an instant and an id, opaque to the caller."""

from __future__ import annotations

import base64
import binascii
from datetime import datetime

from app.errors import InvalidInput, Problem


def write_cursor(at: datetime, row_id: str) -> str:
    """Where the next page begins."""
    return base64.urlsafe_b64encode(f"{at.isoformat()} {row_id}".encode()).decode()


def read_cursor(cursor: str | None) -> tuple[datetime, str] | None:
    """The last seen instant and id; raises InvalidInput for what is no cursor of ours."""
    if cursor is None:
        return None
    try:
        at, _, row_id = base64.urlsafe_b64decode(cursor.encode()).decode().partition(" ")
        instant = datetime.fromisoformat(at)
    except (binascii.Error, UnicodeError, ValueError):
        instant, row_id = None, ""
    if instant is None or instant.tzinfo is None or not row_id:
        problem = Problem("cursor", "is none of ours", "next_cursor of the page before")
        raise InvalidInput("the cursor is wrong", problems=[problem])
    return instant, row_id
