"""Getting the matcher of a set of wordlists: what was built once is opened, everything else is built in a child.

So are the tables of the program, with the first large set; who finds none makes them when they are first needed.

this machine's folder ─ there? ─▶ open
      └ no: the database (PostgreSQL) ─ there? ─▶ keep in the folder, open
             └ no: one process of this machine builds, in a child; kept in both ─▶ open
                    └ the child failed, or the engine cannot be packed ─▶ built here
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import suppress
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
from app.text.packed import Opened, counts_of, give_tables, is_packable, unpack, variant
from app.text.read_exemptions import EXEMPTIONS_FILE
from app.text.wordlist import load_wordlists

_TIMEOUT_S = 300
_MOST_APART = 500
_SMALL = 300
"""Lines that are built in a tenth of the second that a child takes to start."""
_LARGE = 2_000
"""Lines from which on the tables of the program are kept, which take longer to make than a smaller set to build."""
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
        if _lines(files) >= _LARGE:
            _take_tables(settings, db)
        return unpack(packed, files)
    lists = load_wordlists(files)
    severities = {name: category.severity for name, category in lists.categories.items()}
    return Opened(build_matcher(lists, engine=settings.matcher), severities)


_taken: set[str] = set()


def _take_tables(settings: Settings, db: Database | None) -> None:
    """Have this process take the tables that were made for its program; once, and where there are any."""
    if variant() in _taken:
        return
    with suppress(OSError, SQLAlchemyError):  # without them it makes its own
        if (tables := _tables(PackFolder(settings.cache), db)) is not None:
            _taken.add(variant())
            give_tables(tables)


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
    if (shared := _shared(folder, db, wordlists_id)) is not None:
        return shared
    began = time.monotonic()
    with TemporaryDirectory(dir=settings.cache) as made:
        into, tables = Path(made) / "matcher", Path(made) / "tables"
        wants_tables = _lines(files) >= _LARGE and _tables(folder, db) is None
        build_in_child(
            files, engine=settings.matcher, into=into, timeout_s=_TIMEOUT_S, tables=tables if wants_tables else None
        )
        packed = into.read_bytes()
        if wants_tables:
            _keep(folder, db, packed_matchers.TABLES, tables.read_bytes())
    _log.info("matcher_built", wordlists=wordlists_id, seconds=round(time.monotonic() - began, 1), bytes=len(packed))
    _keep(folder, db, wordlists_id, packed)
    return packed


def _tables(folder: PackFolder, db: Database | None) -> bytes | None:
    """The tables of this program, where some process has packed them."""
    return folder.get(packed_matchers.TABLES, variant()) or _shared(folder, db, packed_matchers.TABLES)


def _shared(folder: PackFolder, db: Database | None, name: str) -> bytes | None:
    """What another machine built, from now on in this one's folder, too."""
    if db is None or db.is_sqlite:
        return None
    with db.read() as session:
        packed = packed_matchers.load(session, name, variant())
    if packed is not None:
        folder.put(name, variant(), packed)
    return packed


def _keep(folder: PackFolder, db: Database | None, name: str, packed: bytes) -> None:
    """Keep a pack for this machine and for all; where another one was faster, it serves here all the same."""
    folder.put(name, variant(), packed)
    if db is None or db.is_sqlite:
        return
    try:
        db.write(lambda session: packed_matchers.store(session, name, variant(), packed, now=utc_now()))
    except SQLAlchemyError as error:
        _log.warning("matcher_not_shared", wordlists=name, error=f"{type(error).__name__}: {error}"[:200])
