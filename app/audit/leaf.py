"""A row as the bytes that are hashed: canonical JSON of everything in it, its number included.

Members sorted, no white space, UTF-8 unescaped, instants in UTC with six decimals: what ``json.dumps`` of any Python
writes, so that a verifier needs none of our code. The bytes are always made of what the database gives back, never of
what was handed to it, because JSONB keeps values and not spellings.
"""

from __future__ import annotations

import json
from datetime import UTC
from typing import Any

from sqlalchemy import Row

from app.models import AuditRow

VERSION = 1
_MEMBERS = ("id", "org_id", "actor", "action", "object_type", "object_id", "shop_id", "reason", "details")
_JSON = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
COLUMNS = tuple(getattr(AuditRow, name) for name in (*_MEMBERS, "at"))
"""What a leaf is made of, to be selected."""


def leaf_of(row: AuditRow | Row[Any], seq: int) -> bytes:
    """The row's leaf as number ``seq`` of the log."""
    leaf = {name: getattr(row, name) for name in _MEMBERS}
    leaf |= {"v": VERSION, "seq": seq, "at": row.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")}
    return _JSON.encode(leaf).encode()
