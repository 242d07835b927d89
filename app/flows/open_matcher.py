"""Getting the matcher of a set of wordlists: what was built once is opened, everything else is built in a child.

this machine's folder ─ there? ─▶ open
      └ no: the database (PostgreSQL) ─ there? ─▶ keep in the folder, open
             └ no: one process of this machine builds, in a child; kept in both ─▶ open
                    └ the child failed, or the engine cannot be packed ─▶ built here
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import structlog
from sqlalchemy.exc import SQLAlchemyError

from app import packed_matchers, snapshots
from app.clock import utc_now
from app.db import Database
from app.packed_matchers import PackFolder
from app.settings import Settings
from app.text.beside import Beside
from app.text.build_in_child import ChildFailed, build_in_child
from app.text.categories import CATEGORIES_FILE
from app.text.edit_lists import OFFICERS
from app.text.match import Matcher, build_matcher
from app.text.packed import Opened, counts_of, is_packable, unpack, variant
from app.text.read_exemptions import EXEMPTIONS_FILE
from app.text.wordlist import load_wordlists

_TIMEOUT_S = 300
_MOST_APART = 500
_SMALL = 300
"""Lines that are built in a tenth of the second that a child takes to start."""
_log = structlog.get_logger(__name__)


def open_matcher(
    settings: Settings, wordlists_id: str, files: Mapping[str, str], *, db: Database | None = None
) -> Opened:
    """The matcher of the files, which are those of that id.

    Raises:
        BadDefinition: naming every problem as ``file:line``.
    """
    large, small = _apart(files)
    if small is None:
        return _opened(settings, wordlists_id, files, db)
    opened = _opened(settings, snapshots.content_id("wordlists", large), large, db)
    beside = build_matcher(load_wordlists(small), engine=settings.matcher)
    assert isinstance(opened.matcher, Matcher), "the large part is one matcher"
    return Opened(Beside(opened.matcher, beside), opened.severities)


def check_wordlists(
    settings: Settings, wordlists_id: str, files: Mapping[str, str], *, db: Database | None = None
) -> dict[str, Any]:
    """The counts of files that are right, whose matcher is then ready for every process. Raises like `open_matcher`."""
    large, small = _apart(files)
    if small is None:
        return _counts(settings, wordlists_id, files, db)
    counts = _counts(settings, snapshots.content_id("wordlists", large), large, db)
    lists = load_wordlists(small)
    return counts | {"lists": counts["lists"] + len(lists.lists), "words": counts["words"] + lists.words}


def _apart(files: Mapping[str, str]) -> tuple[Mapping[str, str], dict[str, str] | None]:
    """What officers added apart from the rest, so that one urgent word is in force at once; None where that cannot be.

    It cannot where it is much, or where an exemption might name what it is about.
    """
    added = {name: text for name, text in files.items() if name.startswith(OFFICERS)}
    exemptions = files.get(EXEMPTIONS_FILE, "")
    is_much = _lines(added) > _MOST_APART
    if not added or is_much or len(added) == len(files) - 1 or OFFICERS in exemptions or "category" in exemptions:
        return files, None
    rest = {name: text for name, text in files.items() if name not in added}
    return rest, added | {CATEGORIES_FILE: files.get(CATEGORIES_FILE, "")}


def _lines(files: Mapping[str, str]) -> int:
    return sum(text.count("\n") for text in files.values())


def _opened(settings: Settings, wordlists_id: str, files: Mapping[str, str], db: Database | None) -> Opened:
    packed = _packed(settings, wordlists_id, files, db)
    if packed is not None:
        return unpack(packed, files)
    lists = load_wordlists(files)
    severities = {name: category.severity for name, category in lists.categories.items()}
    return Opened(build_matcher(lists, engine=settings.matcher), severities)


def _counts(settings: Settings, wordlists_id: str, files: Mapping[str, str], db: Database | None) -> dict[str, Any]:
    packed = _packed(settings, wordlists_id, files, db)
    if packed is not None:
        return counts_of(packed)
    lists = load_wordlists(files)
    return {"lists": len(lists.lists), "words": lists.words, "exemptions": len(lists.exemptions)}


def _packed(settings: Settings, wordlists_id: str, files: Mapping[str, str], db: Database | None) -> bytes | None:
    """The pack, built if need be; None where none can be had, or where building is faster than opening."""
    if not is_packable(settings.matcher) or _lines(files) <= _SMALL:
        return None
    folder = PackFolder(settings.cache)
    if (packed := folder.get(wordlists_id, variant())) is not None:
        return packed
    try:
        with folder.building():
            return folder.get(wordlists_id, variant()) or _shared_or_built(settings, wordlists_id, files, db, folder)
    except (ChildFailed, OSError) as error:
        _log.warning("matcher_not_packed", error=f"{type(error).__name__}: {error}"[:500])
        return None


def _shared_or_built(
    settings: Settings, wordlists_id: str, files: Mapping[str, str], db: Database | None, folder: PackFolder
) -> bytes:
    is_shared = db is not None and not db.is_sqlite
    if db is not None and is_shared:
        with db.read() as session:
            packed = packed_matchers.load(session, wordlists_id, variant())
        if packed is not None:
            folder.put(wordlists_id, variant(), packed)
            return packed
    began = time.monotonic()
    with TemporaryDirectory(dir=settings.cache) as made:
        into, known = Path(made) / "matcher", Path(made) / "known"
        if (other := folder.newest(variant())) is not None:
            known.write_bytes(other)
        about = known if other is not None else None
        build_in_child(files, engine=settings.matcher, into=into, timeout_s=_TIMEOUT_S, known=about)
        packed = into.read_bytes()
    _log.info("matcher_built", wordlists=wordlists_id, seconds=round(time.monotonic() - began, 1), bytes=len(packed))
    folder.put(wordlists_id, variant(), packed)
    if db is not None and is_shared:
        _share(db, wordlists_id, packed)
    return packed


def _share(db: Database, wordlists_id: str, packed: bytes) -> None:
    """Keep the pack for all machines; where another one was faster, it serves here all the same."""
    try:
        db.write(lambda session: packed_matchers.store(session, wordlists_id, variant(), packed, now=utc_now()))
    except SQLAlchemyError as error:
        _log.warning("matcher_not_shared", wordlists=wordlists_id, error=f"{type(error).__name__}: {error}"[:200])
