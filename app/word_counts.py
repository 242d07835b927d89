"""How often each listed word hits, and what officers decided of cases it was hit in, by day.

Hits are counted in memory, because a request may cost an increment and no more, and written down every few seconds.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import NamedTuple

from sqlalchemy import delete, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app.models import WordDay
from app.values.deciding import Hit

Place = tuple[str, str]
"""A list's name and a word of it."""
WORD_MAX = 300
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


class Told(NamedTuple):
    """How many decisions upheld a word, and how many cleared it."""

    upheld: int
    cleared: int


def add_hits(session: Session, hits: Mapping[tuple[str, str, int], int]) -> None:
    """Add what a process counted."""
    rows = [
        {"day_at": datetime.fromtimestamp(day * _DAY_S, UTC), "hits": count} | _place(wordlist, word)
        for (wordlist, word, day), count in sorted(hits.items())
    ]
    _add(session, [row | {"upheld": 0, "cleared": 0} for row in rows])


def add_decided(session: Session, words: Iterable[Place], *, cleared: bool, now: datetime) -> None:
    """Count an officer's decision for every word that was hit in the case."""
    day = datetime.fromtimestamp(int(now.timestamp()) // _DAY_S * _DAY_S, UTC)
    counts = {"hits": 0, "upheld": int(not cleared), "cleared": int(cleared)}
    _add(session, [_place(one, word) | {"day_at": day} | counts for one, word in sorted(set(words))])


def records(
    session: Session,
    *,
    since: datetime,
    wordlist: str | None = None,
    limit: int = 1_000,
    less: Mapping[Place, Told] = MappingProxyType({}),
) -> list[Record]:
    """Words that hit since then, those with the most false alarms first; ``less`` is left out of the counts."""
    cleared, upheld, hits = func.sum(WordDay.cleared), func.sum(WordDay.upheld), func.sum(WordDay.hits)
    wanted = WordDay.day_at >= since
    if wordlist is not None:
        wanted &= WordDay.wordlist == wordlist
    found = (
        select(WordDay.wordlist, WordDay.word, hits, upheld, cleared)
        .where(wanted)
        .group_by(WordDay.wordlist, WordDay.word)
        .order_by(cleared.desc(), hits.desc(), WordDay.wordlist, WordDay.word)
        .limit(limit + len(less))
    )
    counted = [Record(row[0], row[1], int(row[2]), int(row[3]), int(row[4])) for row in session.execute(found)]
    return _without(counted, less)[:limit] if less else counted


def forget(session: Session, *, now: datetime, keep: timedelta) -> None:
    """Drop days that nobody asks for any more."""
    session.execute(delete(WordDay).where(WordDay.day_at < now - keep))


def _without(counted: Iterable[Record], less: Mapping[Place, Told]) -> list[Record]:
    """The records with some decisions not counted; a word that nothing else is known of is none of them."""
    left = []
    for each in counted:
        told = less.get((each.wordlist, each.word), Told(0, 0))
        upheld, cleared = max(each.upheld - told.upheld, 0), max(each.cleared - told.cleared, 0)
        left.append(each._replace(upheld=upheld, cleared=cleared))
    told_of = [each for each in left if each.hits or each.upheld or each.cleared]
    return sorted(told_of, key=lambda each: (-each.cleared, -each.hits, each.wordlist, each.word))


def _place(wordlist: str, word: str) -> dict[str, object]:
    return {"wordlist": wordlist, "word": word[:WORD_MAX]}


def _add(session: Session, rows: list[dict[str, object]]) -> None:
    if not rows:
        return
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    statement = insert(WordDay)
    sums = {name: getattr(WordDay, name) + statement.excluded[name] for name in ("hits", "upheld", "cleared")}
    keys = ["wordlist", "word", "day_at"]
    session.execute(statement.on_conflict_do_update(index_elements=keys, set_=sums), rows)
