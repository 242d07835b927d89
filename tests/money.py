"""What tests about money share: a service with a fund in it, claims, a worker, a channel that answers by script."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta

from sqlalchemy import select

from app import queue
from app.flows.move_fund import fund_in
from app.flows.open_claims import open_one
from app.flows.pay_claim import pay_claim
from app.flows.settle_claims import settle_claims
from app.flows.start_payment import PAY
from app.models import Claim, Feed
from app.money.balances import balances
from app.money.channel import Answer, Outcome
from app.money.check import check
from app.values.access import Caller
from app.values.claiming import FreshFacts, Opening
from tests.service import make_service

LIN = Caller("1", "officer:lin", frozenset({"finance"}), None)
CAI = Caller("2", "officer:cai", frozenset({"finance"}), None)
FUND_FEN = 10_000_000


@dataclass
class Scripted:
    """A real channel (money counts as leaving) that answers from a script, then PAID; it pays a number once."""

    answers: list = field(default_factory=list)
    paid: dict = field(default_factory=dict)
    calls: list = field(default_factory=list)
    name: str = "scripted"
    is_real: bool = True

    def pay(self, order, *, now):
        del now
        self.calls.append(("pay", order.id))
        answer = self.answers.pop(0) if self.answers else Answer(Outcome.PAID, reference="r")
        if answer.outcome is Outcome.PAID or answer.code == "PAID_AND_LOST":
            self.paid.setdefault(order.id, order.amount_fen)
        return answer

    def query(self, order, *, now):
        del now
        self.calls.append(("query", order.id))
        if self.answers:
            return self.answers.pop(0)
        return Answer(Outcome.PAID, reference="r") if order.id in self.paid else Answer(Outcome.ABSENT)


@dataclass
class Platform:
    """What the platform says of every order; None: it cannot be asked."""

    facts: FreshFacts | None = field(default_factory=FreshFacts)

    def fetch(self, *, shop_id, order_id, now):
        del shop_id, order_id, now
        return self.facts


class Fund:
    """A service with money in its fund, and short ways to do what flows do."""

    def __init__(self, database, folder, *, fund_fen=FUND_FEN, **settings):
        service = make_service(database, folder, **{"payout_confirm": "platform"} | settings)
        self.channel, self.platform = Scripted(), Platform()
        self.parts = replace(service.parts, channel=self.channel, order_source=self.platform)
        self.clock = service.clock
        if fund_fen:
            fund_in(self.parts, transfer_id="first", amount_fen=fund_fen, note="开户", caller=LIN, now=self.clock())
        self.feed()

    def feed(self, shop_id="shop-1", source="channels:main"):
        """An event of the shop arrives now, after a silence that nobody noticed."""

        def work(session):
            row = session.get(Feed, (shop_id, source))
            row = row or Feed(shop_id=shop_id, source=source, last_happened_at=self.clock(), event_count=0)
            row.last_received_at, row.tells_orders = self.clock(), True
            session.add(row)

        self.parts.db.write(work)

    def open(self, order_id="order-1", cause="late_dispatch", amount_fen=1_000, **more):
        values = {"shop_id": "shop-1", "paid_fen": 20_000, "basis": {"rule": "S8-40"}, "transaction_id": "4200001"}
        opening = Opening(order_id=order_id, cause=cause, amount_fen=amount_fen, **values | more)
        return self.parts.db.write(lambda session: open_one(session, self.parts, opening, now=self.clock()).claim)

    def settle(self, hours=25):
        self.clock.advance(hours=hours)
        self.feed()
        return settle_claims(self.parts, now=self.clock())

    def work(self):
        """Work the payments that are due."""
        now, db = self.clock(), self.parts.db
        while due := db.write(lambda session: queue.claim(session, worker="test", now=now)):
            for row in due:
                if row.kind == PAY:
                    pay_claim(self.parts, row, now=now)

    def pay(self):
        """Settle and pay everything."""
        self.settle()
        self.work()

    def claim(self, claim):
        with self.parts.db.read() as session:
            return session.get(Claim, claim.id)

    def claims(self):
        with self.parts.db.read() as session:
            rows = session.scalars(select(Claim).order_by(Claim.order_id, Claim.cause, Claim.item)).all()
        return [(row.cause, row.state) for row in rows]

    def books(self):
        """Balances that are not zero, by account."""
        with self.parts.db.read() as session:
            return {each.code: each.balance_fen for each in balances(session) if each.balance_fen}

    def findings(self):
        with self.parts.db.read() as session:
            return check(session, now=self.clock())

    def later(self, **span):
        return self.clock() + timedelta(**span)
