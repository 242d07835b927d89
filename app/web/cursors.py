"""Cursors of lists that are paged by an instant and an id, or by two names; opaque to the caller."""

from __future__ import annotations

import base64
import binascii
import json
from datetime import datetime

from app.errors import InvalidInput, Problem
from app.values.given_instants import read_instant


def write_cursor(at: datetime, row_id: str) -> str:
    """Where the next page begins."""
    return base64.urlsafe_b64encode(f"{at.isoformat()} {row_id}".encode()).decode()


def read_cursor(cursor: str | None) -> tuple[datetime, str] | None:
    """The last seen instant and id; raises InvalidInput for what is no cursor of ours."""
    if cursor is None:
        return None
    try:
        at, _, row_id = base64.urlsafe_b64decode(cursor.encode()).decode().partition(" ")
        instant = read_instant(at)
    except (binascii.Error, UnicodeError, ValueError):
        instant, row_id = None, ""
    if instant is None or not row_id:
        problem = Problem("cursor", "is none of ours", "next_cursor of the page before")
        raise InvalidInput("the cursor is wrong", problems=[problem])
    return instant, row_id


def write_pair(first: str, second: str) -> str:
    """Where the next page of a list by two names begins."""
    return base64.urlsafe_b64encode(json.dumps([first, second], ensure_ascii=False).encode()).decode()


def read_pair(cursor: str | None) -> tuple[str, str] | None:
    """The last seen names; raises InvalidInput for what is no cursor of ours."""
    if cursor is None:
        return None
    try:
        said = json.loads(base64.urlsafe_b64decode(cursor.encode()))
    except (binascii.Error, UnicodeError, ValueError):
        said = None
    match said:
        case [str() as first, str() as second] if "\0" not in first + second:
            return first, second
    problem = Problem("cursor", "is none of ours", "next_cursor of the page before")
    raise InvalidInput("the cursor is wrong", problems=[problem])
