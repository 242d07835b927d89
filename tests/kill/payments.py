"""Payments that many writers try at once: one list, every writer in its own order, so that most ids are tried often.

Each is a whole life: reserve, then post or void, then, for some, undo. The instant of an entry is taken while the
fund's row is locked, so that ordering by it gives the order in which the database let them happen.
"""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select

from app.models import LedgerAccount, Posting
from app.money.accounts import CAPITAL, FUND, IN_TRANSIT, locked
from app.money.ledger import Entry, reserve, transfer
from app.money.two_phase import post, reverse, void

OPENING_FEN = 1_000


@dataclass(frozen=True)
class Payment:
    id: str
    amount_fen: int
    is_sent: bool
    is_undone: bool


def drawn(seed, count):
    """The list every writer works on, in the order of this writer; four times what the fund holds."""
    sizes = random.Random(1)
    payments = [
        Payment(f"p-{number}", sizes.randint(1, 8 * OPENING_FEN // count), sizes.random() < 0.8, sizes.random() < 0.1)
        for number in range(count)
    ]
    random.Random(seed).shuffle(payments)
    return payments


def open_fund(database):
    database.write(
        lambda session: transfer(
            session, Entry("opening", FUND, CAPITAL, OPENING_FEN, "funding", "test"), now=datetime.now(UTC)
        )
    )


def pay(database, payment):
    """One payment's whole life, each part in a unit of its own, as the service does it."""
    order = Entry(payment.id, IN_TRANSIT, FUND, payment.amount_fen, "payout", "test")
    if _within(database, lambda session, now: reserve(session, order, now=now)).refused:
        return
    end = post if payment.is_sent else void
    ended = _within(database, lambda session, now: end(session, payment.id, actor="test", now=now))
    if payment.is_sent and payment.is_undone:
        _within(database, lambda session, now: reverse(session, ended.posting.id, actor="test", note="x", now=now))


def _within(database, enter):
    def work(session):
        locked(session, {FUND}, now=datetime.now(UTC))
        return enter(session, datetime.now(UTC))

    return database.write(work)


def replay(session):
    """The balances that the entries give on a model of thirty lines; raises where they could not have happened."""
    names = {row.id: row.code for row in session.scalars(select(LedgerAccount))}
    moved, reserved, ended, seen = defaultdict(int), defaultdict(int), {}, set()
    for row in session.scalars(select(Posting).order_by(Posting.at, Posting.id)):
        debit, credit = names[row.debit_account_id], names[row.credit_account_id]
        assert row.id not in seen, f"{row.id} twice"
        seen.add(row.id)
        shrinking = credit if credit in {"fund", "in_transit"} else None
        fits = shrinking is None or moved[shrinking] - reserved[shrinking] >= row.amount_fen
        if row.phase in {"single", "pending"}:
            assert fits is (row.refused is None), f"{row.id} was judged wrongly"
        if row.refused:
            continue
        if row.phase == "pending":
            reserved[credit] += row.amount_fen
        if row.phase in {"posted", "voided"}:
            assert ended.setdefault(row.pending_id, row.id) == row.id, f"{row.pending_id} ended twice"
            reserved[credit] -= row.amount_fen
        if row.phase in {"single", "posted"}:
            moved[debit] += row.amount_fen
            moved[credit] -= row.amount_fen
        assert moved["fund"] - reserved["fund"] >= 0, f"{row.id} overdrew the fund"
    assert sum(moved.values()) == 0
    return moved, reserved
