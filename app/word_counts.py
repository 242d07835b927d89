"""How often each listed word hits, and what officers decided of cases it was hit in, by day.

Hits are counted in memory, because a request may cost an increment and no more, and written down every few seconds.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import delete, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app.models import WordDay
from app.values.deciding import Hit

Place = tuple[str, str]
"""A list's name and a word of it."""
_DAY_S = 86_400
_MOST = 200_000


class WordCounts:
    """The hits of one process since they were last fetched. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._hits: Counter[tuple[str, str, int]] = Counter()

    def note(self, hits: Iterable[Hit], *, now: datetime) -> None:
        """One content with its hits; a word counts once, however often it stands there."""
        day = int(now.timestamp()) // _DAY_S
        words = {(hit.wordlist, hit.word, day) for hit in hits}
        if words:
            with self._lock:
                self._hits.update(words)

    def fetch(self) -> dict[tuple[str, str, int], int]:
        """Everything counted since the last time; from now on it is the caller's."""
        with self._lock:
            hits, self._hits = self._hits, Counter()
        return dict(hits)

    def give_back(self, hits: Mapping[tuple[str, str, int], int]) -> None:
        """What could not be written down; forgotten only when there is too much of it."""
        with self._lock:
            if len(self._hits) < _MOST:
                self._hits.update(hits)


class Record(NamedTuple):
    """A word over some days. ``cleared`` are decided cases in which an officer let the content pass."""

    wordlist: str
    word: str
    hits: int
    upheld: int
    cleared: int

    @property
    def false_bp(self) -> int | None:
        """The share of decided cases that were false alarms, in basis points; None where nothing was decided."""
        decided = self.upheld + self.cleared
        return self.cleared * 10_000 // decided if decided else None


def add_hits(session: Session, hits: Mapping[tuple[str, str, int], int]) -> None:
    """Add what a process counted."""
    rows = [
        {"wordlist": wordlist, "word": word[:300], "day_at": datetime.fromtimestamp(day * _DAY_S, UTC), "hits": count}
        for (wordlist, word, day), count in sorted(hits.items())
    ]
    _add(session, [row | {"upheld": 0, "cleared": 0} for row in rows])


def add_decided(session: Session, words: Iterable[Place], *, cleared: bool, now: datetime) -> None:
    """Count an officer's decision for every word that was hit in the case."""
    day = datetime.fromtimestamp(int(now.timestamp()) // _DAY_S * _DAY_S, UTC)
    counts = {"hits": 0, "upheld": int(not cleared), "cleared": int(cleared)}
    _add(session, [{"wordlist": one, "word": word[:300], "day_at": day} | counts for one, word in sorted(set(words))])


def records(session: Session, *, since: datetime, wordlist: str | None = None, limit: int = 1_000) -> list[Record]:
    """Words that hit since then, those with the most false alarms first."""
    cleared, upheld, hits = func.sum(WordDay.cleared), func.sum(WordDay.upheld), func.sum(WordDay.hits)
    wanted = WordDay.day_at >= since
    if wordlist is not None:
        wanted &= WordDay.wordlist == wordlist
    found = (
        select(WordDay.wordlist, WordDay.word, hits, upheld, cleared)
        .where(wanted)
        .group_by(WordDay.wordlist, WordDay.word)
        .order_by(cleared.desc(), hits.desc(), WordDay.wordlist, WordDay.word)
        .limit(limit)
    )
    return [Record(row[0], row[1], int(row[2]), int(row[3]), int(row[4])) for row in session.execute(found)]


def forget(session: Session, *, now: datetime, keep: timedelta) -> None:
    """Drop days that nobody asks for any more."""
    session.execute(delete(WordDay).where(WordDay.day_at < now - keep))


def _add(session: Session, rows: list[dict[str, object]]) -> None:
    if not rows:
        return
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    statement = insert(WordDay)
    sums = {name: getattr(WordDay, name) + statement.excluded[name] for name in ("hits", "upheld", "cleared")}
    keys = ["wordlist", "word", "day_at"]
    session.execute(statement.on_conflict_do_update(index_elements=keys, set_=sums), rows)
