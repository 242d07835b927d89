"""What the categories of a wordlist snapshot are called in Chinese, and the law behind each.

A snapshot never changes, so what was read once is kept. Pages about an old decision use the titles of its own snapshot.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from sqlalchemy.orm import Session

from app import snapshots
from app.errors import NotFound
from app.flows.parts import Parts
from app.text.categories import CATEGORIES_FILE, read_categories
from app.text.findings import Findings
from app.text.words import Category
from app.web.console.language import translated
from app.web.console.words import name

_NONE: Mapping[str, Category] = MappingProxyType({})
_KNOWN: dict[str, Mapping[str, Category]] = {}
_KNOWN_MAX = 32


def of_snapshot(session: Session, snapshot_id: str) -> Mapping[str, Category]:
    """The snapshot's categories by id; none when there is no such snapshot."""
    known = _KNOWN.get(snapshot_id)
    if known is None:
        try:
            files = snapshots.load(session, snapshot_id)
        except NotFound:
            return _NONE
        known = read_categories(files.get(CATEGORIES_FILE, ""), Findings(CATEGORIES_FILE))
        if len(_KNOWN) >= _KNOWN_MAX:
            _KNOWN.clear()
        _KNOWN[snapshot_id] = known
    return known


def in_force(parts: Parts, session: Session) -> Mapping[str, Category]:
    """The categories of today; none before the first snapshot is loaded."""
    return of_snapshot(session, parts.live.current.wordlists_id) if parts.live.is_ready else _NONE


def category_titler(parts: Parts, session: Session) -> Callable[[str], str]:
    """Says what a category is called today."""
    known = in_force(parts, session) or of_snapshot(session, snapshots.pointer(session, "wordlists").snapshot_id or "")
    return lambda category: title(known, category)


def title(categories: Mapping[str, Category], category: str) -> str:
    """A category's Chinese name, else its id."""
    known = categories.get(category)
    return translated(known.title, "title") if known is not None else name("category", category)
