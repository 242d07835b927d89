"""What a key may ask for in a minute: counted before the request is read, told in headers, 429 when it is used up.

Every request costs one; a batch costs one for each item, which is taken when the items are known, and may leave the
key owing. On SQLite, where there is one process, the count is in memory and exact. On PostgreSQL processes share it and
take a handful at a time (``app.rate_buckets``): a key has one rate, however many processes and machines serve it.
"""

from __future__ import annotations

import math
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

import structlog
from flask import Flask, Response, current_app, g, request
from sqlalchemy.exc import SQLAlchemyError

from app import rate_buckets
from app.errors import AppError, RateLimited
from app.flows.parts import Parts
from app.metrics import RATE_LIMITED
from app.values.access import Caller
from app.values.rates import Rate
from app.web import auth
from app.web.errors import problem_response

_KEPT = timedelta(seconds=60)
_log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Standing:
    """How a key stands in this process: units in hand, until when they count, and what all processes have spent."""

    spent_until: datetime | None = None
    in_hand: int = 0
    good_until: datetime | None = None
    refused_until: datetime | None = None


class Limiter:
    """The rates of all keys in one process."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._keys: dict[str, _Standing] = {}
        self._lock = threading.Lock()

    def rate_of(self, caller: Caller) -> Rate | None:
        """The key's own rate or that of the settings; None where there is no limit."""
        settings = self._parts.settings
        per_minute = settings.rate_per_minute if caller.rate_per_minute is None else caller.rate_per_minute
        return Rate(per_minute, settings.rate_burst_s) if per_minute else None

    def admit(self, caller: Caller, rate: Rate) -> None:
        """Take one unit; raises RateLimited when there is none."""
        now = self._parts.now()
        with self._lock:
            standing = self._keys.setdefault(caller.id, _Standing())
            if standing.refused_until is not None and now < standing.refused_until:
                raise _refused(caller, rate, standing.refused_until - now)
            if standing.in_hand > 0 and standing.good_until is not None and now < standing.good_until:
                standing.in_hand -= 1
                return
        if self._parts.db.is_sqlite:
            self._admit_alone(caller, rate, standing, now)
        else:
            self._admit_shared(caller, rate, standing, now)

    def charge(self, caller: Caller, rate: Rate, units: int) -> None:
        """Take what a batch costs beyond its first item, on credit where need be."""
        now = self._parts.now()
        with self._lock:
            standing = self._keys.setdefault(caller.id, _Standing())
            used = min(units, standing.in_hand)
            standing.in_hand -= used
            if self._parts.db.is_sqlite:
                standing.spent_until = rate.taken(standing.spent_until, units, now=now)
                return
        if units > used:
            owed = self._parts.db.write(
                lambda session: rate_buckets.owe(session, caller.id, rate, units=units - used, now=now)
            )
            with self._lock:
                standing.spent_until = owed.spent_until

    def left(self, caller: Caller, rate: Rate) -> tuple[int, timedelta]:
        """Units the key has left, as far as this process knows, and how long until it has all of them again."""
        now = self._parts.now()
        with self._lock:
            standing = self._keys.get(caller.id, _Standing())
            spent_until = standing.spent_until or now
            return rate.left(spent_until, now=now) + standing.in_hand, max(timedelta(0), spent_until - now)

    def _admit_alone(self, caller: Caller, rate: Rate, standing: _Standing, now: datetime) -> None:
        with self._lock:
            if rate.left(standing.spent_until, now=now) >= 1:
                standing.spent_until = rate.taken(standing.spent_until, 1, now=now)
                return
            raise _refused(caller, rate, rate.wait(standing.spent_until or now, 1, now=now))

    def _admit_shared(self, caller: Caller, rate: Rate, standing: _Standing, now: datetime) -> None:
        taken = self._parts.db.write(lambda session: rate_buckets.take(session, caller.id, rate, wanted=1, now=now))
        with self._lock:
            standing.spent_until = taken.spent_until
            if taken.units:
                kept = standing.in_hand if standing.good_until is not None and now < standing.good_until else 0
                standing.in_hand, standing.good_until = kept + taken.units - 1, now + _KEPT
                standing.refused_until = None
                return
            wait = rate.wait(taken.spent_until, 1, now=now)
            standing.refused_until = now + wait  # nobody asks the database until then
            raise _refused(caller, rate, wait)


def install(app: Flask) -> None:
    """Count requests of the API by their key, and say in headers what is left."""

    @app.before_request
    def _count() -> Response | None:
        if not request.path.startswith("/v1/"):
            return None
        try:
            caller = auth.known_caller()
        except (AppError, SQLAlchemyError):
            return None  # the view says what is wrong with the key
        rate = None if caller is None else _limiter().rate_of(caller)
        if caller is None or rate is None:
            return None
        g.limited = (caller, rate)
        try:
            _limiter().admit(caller, rate)
        except RateLimited as refused:
            RATE_LIMITED.labels(caller.name).inc()
            return problem_response(refused)
        except (AppError, SQLAlchemyError) as error:  # whoever cannot count lets in: the work itself needs the database
            _log.warning("rate_not_counted", error=type(error).__name__)
        return None

    @app.after_request
    def _tell(response: Response) -> Response:
        if limited := g.get("limited"):
            caller, rate = limited
            left, whole_in = _limiter().left(caller, rate)
            response.headers["RateLimit-Limit"] = str(rate.burst)
            response.headers["RateLimit-Remaining"] = str(left)
            response.headers["RateLimit-Reset"] = str(math.ceil(whole_in.total_seconds()))
            response.headers["RateLimit-Policy"] = f"{rate.burst};w={rate.burst_s}"
        return response


def charge(units: int) -> None:
    """Have the request's key pay for so many units more."""
    if units > 0 and (limited := g.get("limited")):
        caller, rate = limited
        _limiter().charge(caller, rate, units)


def _limiter() -> Limiter:
    return cast("Limiter", current_app.extensions["limiter"])


def _refused(caller: Caller, rate: Rate, wait: timedelta) -> RateLimited:
    seconds = max(1, math.ceil(wait.total_seconds()))
    detail = f"{caller.name} may ask for {rate.per_minute} a minute, {rate.burst} at once"
    return RateLimited(detail, retry_after_s=seconds)
