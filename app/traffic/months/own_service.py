"""A service of its own that lives through a month: its clock moves by hours, and its jobs run as they fall due.

Requests go through the real WSGI application; only the socket is left out. Wordlists are those of the folders, as of
the start: nothing is fetched while a month passes in a minute.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import httpx
from sqlalchemy.orm import Session

from app import access, migrate
from app.flows.parts import Parts
from app.jobs.open_parts import build_parts, prepare
from app.jobs.worker import Worker
from app.settings import Settings
from app.traffic.months.plan import Month, steps_of
from app.traffic.sending import Report, send
from app.values.access import Scope

_BEAT = timedelta(minutes=45)
_TIMEOUT_S = 60.0
_KEY_NAME = "demo month"
_YEAR_S = 366 * 86_400
_UNREFRESHED = {"wordlist_refresh_minutes": 0, "wordlist_stale_s": _YEAR_S, "wordlist_expired_s": _YEAR_S}
"""Lists that nobody refreshes would grow old within the second hour, and everything would wait for a person."""


class MonthClock:
    """An instant that stands still until the month moves on."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        """The instant."""
        return self.at


@dataclass(frozen=True, slots=True)
class OwnService:
    """The service in this process, its clock, and a client that may send everything."""

    parts: Parts
    clock: MonthClock
    client: httpx.Client


@contextmanager
def own_service(settings: Settings, month: Month) -> Iterator[OwnService]:
    """A service on the database of ``settings`` at the month's start, closed afterwards."""
    from app.web.application import create_app  # noqa: PLC0415 - the web loads slowly

    clock = MonthClock(month.start)
    settings = settings.model_copy(update=_UNREFRESHED)
    parts = replace(build_parts(settings, now=clock), start_refresh=None)
    try:
        if parts.db.lock is not None:
            parts.db.lock.acquire()
        migrate.upgrade(parts.db)
        prepare(parts)
        key = _make_key(parts, month)
        transport = httpx.WSGITransport(app=create_app(parts=parts))
        headers = {"Authorization": f"Bearer {key}"}
        with httpx.Client(
            transport=transport, base_url="http://localhost", headers=headers, timeout=_TIMEOUT_S
        ) as client:
            yield OwnService(parts, clock, client)
    finally:
        parts.db.close()


def live_through(service: OwnService, month: Month, report: Report, told: Callable[[Report], None]) -> None:
    """Send each step's requests as it ends, and work what has fallen due by then; the feed is alive all the while."""
    worker, feed = Worker(service.parts), f"/v1/feeds/{month.shop_id}/beat"
    for ends_at, requests in steps_of(month):
        while service.clock.at < ends_at:
            service.clock.at = min(ends_at, service.clock.at + _BEAT)
            send(service.client, feed, {}, report)
        for asked in requests:
            report.note(asked, *send(service.client, asked.path, asked.body, report, method=asked.method))
        while worker.work_due():
            pass
        told(report)


def _make_key(parts: Parts, month: Month) -> str:
    def work(session: Session) -> str:
        access.ensure_shop(session, month.shop_id, now=month.start)
        keys = parts.keyring.api_keys
        return access.create_api_key(
            session, name=_KEY_NAME, scopes=list(Scope), shop_ids=None, hash_key=keys, now=month.start
        )

    return parts.db.write(work)
