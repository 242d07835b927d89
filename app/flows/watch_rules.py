"""Watching rules: counts are written down, a rule whose firing rate leaves its band is tripped, a person resets it.

every few seconds, each process:  counts in memory ─ one write
once a minute, one worker:        sums over each rule's window ─ out of its band? ─ trip, record, announce, log
every poll, each process:         which breakers are open ─ the judge's firings are made milder (follow_snapshots)

A rule that blocks, holds or moves money and names no band is watched by the settings' one: firing on more than half of
everything is no rule but an outage.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app import audit, breakers
from app.breakers import Rate
from app.errors import AppError, InvalidInput, Problem
from app.flows.parts import Parts
from app.flows.word_feedback import write_word_counts
from app.outbox.messages import announce
from app.rules.definition import Rule, Status
from app.rules.limits import Band
from app.settings import Settings

KEPT = timedelta(days=8)  # the longest window, and a day
_MINUTE = timedelta(minutes=1)
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Leaving:
    """A rule outside its band."""

    rule: Rule
    band: Band
    rate: Rate

    @property
    def details(self) -> dict[str, object]:
        """Counts and limits as plain data."""
        limits = {"low_bp": self.band.low_bp, "high_bp": self.band.high_bp}
        window = {"window_minutes": int(self.band.window / _MINUTE)}
        return {**asdict(self.rate), "rate_bp": self.rate.bp, **limits, **window}


def write_counts(parts: Parts) -> int:
    """Write down what this process has counted; returns how many rows. What fails is counted on."""
    write_word_counts(parts)
    counted = parts.counts.fetch()
    if not counted:
        return 0
    rows = [
        {
            "rule_id": each.rule,
            "minute_at": each.minute_at,
            "evaluated": each.evaluated,
            "fired": each.fired,
            "unknown": each.unknown,
        }
        for each in counted
    ]
    try:
        parts.db.write(lambda session: breakers.add_counts(session, rows))
    except (SQLAlchemyError, AppError):
        parts.counts.give_back(counted)
        raise
    return len(rows)


def check_bands(parts: Parts, *, now: datetime) -> list[str]:
    """Trip every live rule whose firing rate has left its band; returns those tripped now."""
    watched = {rule.id: (rule, band) for rule, band in _watched(parts)}
    with parts.db.read() as session:
        is_open = breakers.tripped(session)
        leaving = [each for each in _leaving(session, watched, now) if each.rule.id not in is_open]
    done = []
    for each in leaving:
        if parts.db.write(lambda session, each=each: _trip(session, each, now=now)):  # type: ignore[misc]
            _log.error("rule_tripped", rule=each.rule.id, **each.details)
            done.append(each.rule.id)
    return done


def reset_rule(parts: Parts, rule: str, *, reason: str, by: str, now: datetime) -> None:
    """Let a tripped rule act again as it is written.

    Raises NotFound when it has not tripped, InvalidInput without a reason.
    """
    if not reason.strip():
        raise InvalidInput("a reset needs a reason", problems=[Problem("reason", "is empty", "why")])

    def work(session: Session) -> None:
        breaker = breakers.reset(session, rule, reason=reason, by=by, now=now)
        details = {"tripped_at": breaker.tripped_at.isoformat(), "why": breaker.why}
        audit.record(
            session,
            actor=by,
            action="rule.reset",
            object_type="rule",
            object_id=rule,
            now=now,
            reason=reason,
            details=details,
        )

    parts.db.write(work)
    _log.info("rule_reset", rule=rule, by=by)


def band_of(rule: Rule, settings: Settings) -> Band | None:
    """The band a rule is watched by: its own, or for one that blocks, holds or moves money that of the settings."""
    if rule.band is not None or not rule.is_hard:
        return rule.band
    return Band(timedelta(hours=1), settings.rule_trip_min_evaluations, 0, settings.rule_trip_bp)


def _watched(parts: Parts) -> Iterator[tuple[Rule, Band]]:
    for rule in parts.live.current.engine.rules:
        if rule.status is Status.LIVE and (band := band_of(rule, parts.settings)) is not None:
            yield rule, band


def _leaving(session: Session, watched: dict[str, tuple[Rule, Band]], now: datetime) -> Iterator[Leaving]:
    """Each rule whose rate is out of its band, over its window or since its last reset, whichever is shorter."""
    resets = breakers.last_resets(session)
    by_start: dict[datetime, list[str]] = {}
    for name, (_, band) in watched.items():
        start = now - band.window
        if name in resets:
            start = max(start, resets[name] + _MINUTE - timedelta(seconds=resets[name].second))
        by_start.setdefault(start, []).append(name)
    for start, names in by_start.items():
        for name, rate in breakers.rates(session, since=start, rules=names).items():
            rule, band = watched[name]
            if not band.holds(fired=rate.fired, evaluated=rate.evaluated):
                yield Leaving(rule, band, rate)


def _trip(session: Session, leaving: Leaving, *, now: datetime) -> bool:
    rule, details = leaving.rule, leaving.details
    why = f"触发率 {leaving.rate.bp} bp 不在 {leaving.band.low_bp}–{leaving.band.high_bp} bp 之间"
    if not breakers.trip(session, rule.id, why=why, details=details, now=now):
        return False
    audit.record(
        session, actor="system", action="rule.trip", object_type="rule", object_id=rule.id, now=now, details=details
    )
    announce(
        session,
        type_="rule.tripped",
        natural_key=f"tripped:{rule.id}:{now.isoformat()}",
        shop_id=None,
        data={"rule": rule.id, "pack": rule.pack, "title": rule.title, **details},
        now=now,
    )
    return True
