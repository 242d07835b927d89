"""Statements compiled once a worker and not once a test.

SQLAlchemy keeps what it has compiled for as long as an engine lives, and a test's database lives for one test: most
tests paid more for writing their statements anew than for running them. Here all engines of one server, and all of
SQLite, share a dialect, by which compiled statements are found, and the statements themselves.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from sqlalchemy import Engine, create_engine, make_url
from sqlalchemy.util import LRUCache

from app import engines

_KEPT = 2_000
_known: dict[tuple[object, ...], list[tuple[Any, Any]]] = defaultdict(list)
"""By server: dialects and what was compiled for each, until one has been connected; that one alone from then on."""


def share_compiled() -> None:
    """Have every database that this process opens from now on share them."""
    engines.create_engine = _create  # type: ignore[attr-defined]


def _create(url: str, **more: Any) -> Engine:
    engine = create_engine(url, **more)
    where = make_url(url)
    known = _known[where.drivername, where.host, where.port, *sorted(where.query.items())]
    connected = next((each for each in known if each[0].server_version_info is not None), None)
    if connected is None:
        engine._compiled_cache = LRUCache(_KEPT)
        known.append((engine.dialect, engine._compiled_cache))
    else:
        known[:] = [connected]
        engine.dialect, engine._compiled_cache = connected
        engine.pool._dialect = engine.dialect
    return engine
