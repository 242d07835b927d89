"""How old the wordlists are, and what follows: an alarm, contents that wait, nothing that passes by itself.

Age counts from the last completed check, in which every source answered, whether or not anything changed. Before the
first one it counts from when there first were lists. What follows is for contents that would pass: what is
stopped by old lists is stopped all the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import structlog
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import refreshes
from app.flows.parts import Parts
from app.metrics import WORDLIST_AGE, WORDLIST_STALE
from app.models import Snapshot
from app.outbox.messages import announce
from app.settings import Settings
from app.values.deciding import Decision, Verdict

STALE_DOUBT = "词库超过时限未完成核对，暂缓放行，核对后自动重审"
"""Why a content waits that nothing else speaks against."""
_log = structlog.get_logger(__name__)


class Level(StrEnum):
    """How old the lists are: ``fresh``, ``stale`` (an alarm), or ``expired`` (nothing passes by itself)."""

    FRESH = "fresh"
    STALE = "stale"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Freshness:
    """The age in seconds (None where nothing is known yet), since when, and the level."""

    checked_at: datetime | None
    age_s: int | None
    level: Level


def freshness(parts: Parts, *, now: datetime) -> Freshness:
    """As this process last heard; every poll renews it."""
    return measured(parts.live.checked_at, parts.settings, now=now)


def measured(checked_at: datetime | None, settings: Settings, *, now: datetime) -> Freshness:
    """The age and the level of lists that were last checked then."""
    if checked_at is None:
        return Freshness(None, None, Level.FRESH)
    age_s = int((now - checked_at).total_seconds())
    level = Level.FRESH
    if age_s > settings.wordlist_stale_s:
        level = Level.STALE
    if age_s > settings.wordlist_expired_s:
        level = Level.EXPIRED
    return Freshness(checked_at, age_s, level)


def read_checked_at(session: Session) -> datetime | None:
    """When every source was last checked; before the first check, when there first were lists."""
    first = select(func.min(Snapshot.first_active_at)).where(Snapshot.kind == "wordlists")
    return refreshes.checked_at(session) or session.scalar(first)


def follow_freshness(parts: Parts, checked_at: datetime | None, *, now: datetime) -> None:
    """Take over what the database says."""
    parts.live.checked_at = checked_at
    seen = freshness(parts, now=now)
    WORDLIST_AGE.set(seen.age_s or 0)
    WORDLIST_STALE.set(list(Level).index(seen.level))


def must_wait(parts: Parts, decision: Decision, *, now: datetime) -> bool:
    """Whether a content that would pass has to wait for fresh lists."""
    if decision.decision not in {Verdict.PASS, Verdict.LABEL}:
        return False
    level = freshness(parts, now=now).level
    return level is Level.EXPIRED or (level is Level.STALE and parts.settings.stale_wordlists == "pending")


def alarm_if_stale(parts: Parts, *, now: datetime) -> Freshness:
    """Log and announce, once for each check that is missed and each level."""
    with parts.db.read() as session:
        checked_at = read_checked_at(session)
    seen = measured(checked_at, parts.settings, now=now)
    if seen.level is Level.FRESH or seen.checked_at is None:
        return seen
    _log.error("wordlists_stale", level=seen.level, age_s=seen.age_s)
    said = {"level": seen.level.value, "checked_at": seen.checked_at.isoformat(), "age_s": seen.age_s}
    key = f"wordlists:{seen.level}:{seen.checked_at.isoformat()}"
    parts.db.write(
        lambda session: announce(session, type_="wordlists.stale", natural_key=key, shop_id=None, data=said, now=now)
    )
    return seen
