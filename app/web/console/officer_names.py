"""What people read where an officer is named: 林晓雯, and beside it the user name where two bear that name.

Rows keep ``officer:lin``, which never changes and of which there is one; a page asks here. Nothing that leaves the
service (API, exports, evidence packs) does: it says the user name, as the audit log does.
"""

from __future__ import annotations

from collections.abc import Mapping

from flask import g

from app.officers import display_names
from app.web.auth import parts
from app.web.console.words import say

_OFFICER = "officer:"


def officer_name(username: str) -> str:
    """The name people know an officer by; a user name nobody has as it is."""
    names = _names()
    shown = names.get(username, username)
    is_another = list(names.values()).count(shown) > 1
    return say("staff.named", name=shown, username=username) if is_another else shown


def named_actor(said: str) -> str:
    """What the audit log calls whom a person looks for: ``officer:lin`` of 林晓雯 and of lin; all else as it is."""
    called = [username for username, shown in _names().items() if said in {username, shown}]
    return f"{_OFFICER}{called[0]}" if len(called) == 1 else said


def _names() -> Mapping[str, str]:
    """The name of every officer by user name, read once for a page and only by one that names somebody."""
    if "officer_names" not in g:
        with parts().db.read() as session:
            g.officer_names = display_names(session)
    names: Mapping[str, str] = g.officer_names
    return names
