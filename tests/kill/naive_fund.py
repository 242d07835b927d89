"""The fund as it is written without thinking: look, decide, write. It must fail what the real one passes.

It keeps its balance in one row and its payments in one table, looks before it leaps, and trusts that nobody else does
anything meanwhile.
"""

from __future__ import annotations

import time

from sqlalchemy import text


def make(database, opening_fen):
    def work(session):
        session.execute(text("CREATE TABLE naive_fund (balance_fen BIGINT)"))
        session.execute(text("CREATE TABLE naive_payment (id TEXT, amount_fen BIGINT)"))
        session.execute(text("INSERT INTO naive_fund VALUES (:fen)"), {"fen": opening_fen})

    database.write(work)


def pay(database, payment_id, amount_fen):
    """True when it believes that it paid."""

    def work(session):
        known = session.execute(text("SELECT 1 FROM naive_payment WHERE id = :id"), {"id": payment_id}).scalar()
        balance = session.execute(text("SELECT balance_fen FROM naive_fund")).scalar()
        time.sleep(0.002)  # what a slower machine, or the calculation of the amount, does by itself
        if known or balance < amount_fen:
            return False
        session.execute(text("UPDATE naive_fund SET balance_fen = :fen"), {"fen": balance - amount_fen})
        session.execute(text("INSERT INTO naive_payment VALUES (:id, :fen)"), {"id": payment_id, "fen": amount_fen})
        return True

    return database.write(work)


def drop(database):
    database.write(lambda session: session.execute(text("DROP TABLE naive_fund, naive_payment")))
