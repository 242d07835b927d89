"""Balances at a past instant: worked out backwards from the accounts or forwards from the entries, it is one answer."""

from __future__ import annotations

import random
from datetime import timedelta

from app.money.accounts import CAPITAL, FUND, IN_TRANSIT
from app.money.balances import added_up, balances, balances_at
from app.money.ledger import Entry, reserve, transfer
from app.money.two_phase import post, void

MINUTE = timedelta(minutes=1)


def test_every_past_instant_has_the_balances_that_its_entries_add_up_to(database, now):
    chance, pending = random.Random(6), []

    def work(session):
        transfer(session, Entry("open", FUND, CAPITAL, 2_000, "funding", "t"), now=now)
        for number in range(1, 40):
            at = now + number * MINUTE
            deed = chance.choice(["reserve", "reserve", "post", "void", "transfer"])
            if deed == "reserve":
                entered = reserve(session, Entry(f"p-{number}", IN_TRANSIT, FUND, 100, "payout", "t"), now=at)
                pending.extend([] if entered.refused else [f"p-{number}"])
            elif deed == "transfer":
                transfer(session, Entry(f"t-{number}", FUND, CAPITAL, 50, "funding", "t"), now=at)
            elif pending:
                (post if deed == "post" else void)(session, pending.pop(0), actor="t", now=at)

    database.write(work)

    with database.read() as session:
        seen = set()
        for minutes in range(-1, 42):
            at = now + minutes * MINUTE
            told = balances_at(session, at)
            assert told == added_up(session, at), minutes
            seen.add(tuple((each.balance_fen, each.reserved_fen) for each in told))
        assert balances_at(session, now + 40 * MINUTE) == balances(session)
    assert len(seen) > 25
    assert len(pending) > 0
