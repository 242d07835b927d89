"""Shops and officers that behave as real ones do under faults: an order is told, its claim opened, approved and paid.

What was not answered is sent again under the same ``Idempotency-Key`` until it is. WeChat Pay is played by a server
that loses answers, and that knows what it paid.
"""

from __future__ import annotations

import json
import random
import threading
import time
from collections import Counter
from contextlib import closing, contextmanager
from datetime import datetime
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any, Self

import sqlalchemy

from app.db import Database
from app.models import Claim
from app.money.check import check
from app.values.claiming import State
from tests.pay_platform import PayPlatform, wechat_settings
from tests.peers import answering

_AGAIN_S = 0.25
_PRICE_FEN, _FUND_FEN = 5_000, 10**12
_ALLOWED = {State.APPROVED, State.PAYING, State.PAID, State.RECOVERING}


class _TrueTime:
    """The platform's clock, which nobody sets."""

    def timestamp(self) -> float:
        return time.time()


@contextmanager
def platform():
    """WeChat Pay, and the settings by which a service pays through it."""
    played = PayPlatform(_TrueTime())
    with answering(played.play) as url:
        played.url = url
        own = wechat_settings(url, Path())
        names = [name for name in own.model_fields_set if name.startswith("payout_")]
        settings = {name.upper(): _plain(getattr(own, name)) for name in names}
        yield played, settings | {"PAYOUT_CONFIRM": "own", "FUND_SETTLING_HOURS": "0", "FUND_RETRY_HOURS": "1"}


def _plain(value: Any) -> str:
    return str(value.get_secret_value() if hasattr(value, "get_secret_value") else value)


class Buyers:
    """Some clients that take one order after the other to its approved claim, and keep what they were told."""

    def __init__(self, port: int, key: str, *, clients: int = 2, timeout_s: float = 15, pause_s: float = 0.2) -> None:
        self.claims: dict[str, str] = {}  # of an order, the claim's id, once its approval was answered
        self.told: list[str] = []  # orders whose payment was taken
        self.statuses: Counter[int | str] = Counter()
        self.contradictions: list[str] = []
        self._port, self._timeout_s, self._pause_s = port, timeout_s, pause_s
        self._headers = {"authorization": f"Bearer {key}", "content-type": "application/json"}
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._buy, args=(number,)) for number in range(clients)]

    def __enter__(self) -> Self:
        deposit = {"transfer_id": "first", "into": "fund", "amount_fen": _FUND_FEN, "note": "首期"}
        with closing(self._connect()) as connection:
            assert self._until(connection, "POST", "/v1/fund/deposits", deposit, once="first")
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _buy(self, client: int) -> None:
        with closing(self._connect()) as connection:
            for number in range(1_000_000):
                self._one(connection, f"order-{client}-{number}")
                if self._stop.wait(self._pause_s):
                    break

    def _one(self, connection: HTTPConnection, order: str) -> None:
        data = {"paid_fen": _PRICE_FEN, "stock_type": "spot", "transaction_id": f"42{abs(hash(order)):017d}"}
        event = {"id": f"e-{order}", "kind": "order.paid", "subject": order, "shop_id": "shop-8", "data": data}
        event["occurred_at"] = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        if self._until(connection, "POST", "/v1/events", event) is None:
            return
        self.told.append(event["id"])
        body = {"shop_id": "shop-8", "order_id": order, "cause": "unsafe_food", "reason": "变质"}
        opened = self._until(connection, "POST", "/v1/claims", body | {"paid_fen": _PRICE_FEN}, once=f"open-{order}")
        if opened is None:
            return
        claim = opened["claim_id"]
        again = self._until(connection, "POST", "/v1/claims", body | {"paid_fen": _PRICE_FEN}, once=f"open-{order}")
        if again is not None and again["claim_id"] != claim:
            self.contradictions.append(f"{order}: claims {claim} and {again['claim_id']}")
        path = f"/v1/claims/{claim}"
        if self._until(connection, "POST", f"{path}/approve", {"reason": "属实"}, once=f"yes-{order}", at=path):
            self.claims[order] = claim

    def _until(
        self, connection: HTTPConnection, method: str, path: str, body: Any, *, once: str = "", at: str = ""
    ) -> dict[str, Any] | None:
        """The answer, once there is one; with ``at``, a conflict is no failure where it shows what was wanted."""
        while not self._stop.is_set():
            status, answer = self._call(connection, method, path, json.dumps(body).encode(), once)
            if status == 409 and at:
                status, answer = self._call(connection, "GET", at, None, "")
                if status == 200 and json.loads(answer)["state"] not in _ALLOWED:
                    status = "not yet"
            if status in {200, 201}:
                return json.loads(answer)
            self._stop.wait(_AGAIN_S)
        return None

    def _call(self, connection: HTTPConnection, method: str, path: str, body: bytes | None, once: str) -> Any:
        headers = self._headers | ({"idempotency-key": once} if once else {})
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            status, told = answer.status, answer.read()
        except (OSError, HTTPException) as error:
            connection.close()
            status, told = type(error).__name__, b""
        self.statuses[status] += 1
        return status, told

    def _connect(self) -> HTTPConnection:
        return HTTPConnection("127.0.0.1", self._port, timeout=self._timeout_s)


def lose_answers(played: PayPlatform, chance: random.Random) -> None:
    """The next payments are made or refused in ways that a channel has to find out about."""
    played.faults += chance.choices(["lost", "failing", "limited"], k=3)


def paid_wrongly(database_url: str, buyers: Buyers, played: PayPlatform, *, within_s: float = 300) -> list[str]:
    """Whatever was told is kept once, each claim stands and was paid at most once, and the books say one thing."""
    database = Database(database_url)
    try:
        left = _wait_until_paid(database, set(buyers.claims.values()), within_s)
        return buyers.contradictions + left + _counted(database, buyers, played)
    finally:
        database.close()


def _wait_until_paid(database: Database, wanted: set[str], within_s: float) -> list[str]:
    """Approved claims that are neither paid nor wait for a feed, a person or an hour that a leaping clock gave them."""
    give_up = time.monotonic() + within_s
    while True:
        with database.read() as session:
            claims = {claim.id: claim for claim in session.scalars(sqlalchemy.select(Claim))}
        left = {id_ for id_ in wanted if id_ not in claims or not _is_over(claims[id_], database.clock())}
        if not left or time.monotonic() > give_up:
            return [f"claim {id_} is {claims[id_].state if id_ in claims else 'not there'}" for id_ in sorted(left)]
        time.sleep(1)


def _is_over(claim: Claim, now: datetime) -> bool:
    if claim.state in {State.PAID, State.RECOVERING} or claim.needs_person or claim.waits_for:
        return True
    is_later = max(claim.settles_at, claim.retry_at or claim.settles_at) > now
    return claim.state == State.APPROVED and is_later


def _counted(database: Database, buyers: Buyers, played: PayPlatform) -> list[str]:
    wrong = []
    with database.read() as session:

        def rows(query: str) -> list[Any]:
            return list(session.execute(sqlalchemy.text(query)).all())

        kept = Counter(row.event_id for row in rows("SELECT event_id FROM event WHERE kind = 'order.paid'"))
        not_once = [each for each in buyers.told if kept[each] != 1]
        wrong += [f"event {each} was answered and is there {kept[each]} times" for each in not_once]
        by_order = Counter(row.order_id for row in rows("SELECT order_id FROM claim"))
        wrong += [f"order {order} has {count} claims" for order, count in by_order.items() if count > 1]
        paid = rows("SELECT id, claim_id, amount_fen FROM payout WHERE state = 'paid'")
        twice = [claim for claim, count in Counter(row.claim_id for row in paid).items() if count > 1]
        wrong += [f"claim {claim} was paid twice by the books" for claim in twice]
        claims_of = {row.id: row.claim_id for row in rows("SELECT id, claim_id FROM payout")}
        at_platform = Counter(claims_of.get(number, "nobody") for number in played.paid)
        wrong += [f"the platform paid {claim} {count} times" for claim, count in at_platform.items() if count > 1]
        lost = {row.id: row.amount_fen for row in paid}.items() - played.paid.items()
        wrong += [f"payout {number} of {fen} fen stands in the books and was not made" for number, fen in lost]
        wrong += [f"books: {each.what} ({each.where})" for each in check(session, now=database.clock())]
    if not paid:
        wrong.append("nothing was paid, so this showed little")
    return wrong
