"""The ledger's promises, on both databases: double entry, no overdraft, once, two phases, only grows, at any time."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from app.errors import Conflict, InvalidInput, NotFound
from app.models import LedgerAccount, LedgerPeriod, Posting
from app.money import periods
from app.money.accounts import CAPITAL, FUND, IN_TRANSIT, PAYABLE, deposit, locked, loss, recoverable
from app.money.balances import as_csv, balances, balances_at, fund_fen, lines
from app.money.check import at_end_of, check
from app.money.ledger import Entry, find, reserve, transfer
from app.money.two_phase import post, reverse, void
from app.values.china_days import month_ends_at

MINUTE = timedelta(minutes=1)


def entry(posting_id="t-1", debit=FUND, credit=CAPITAL, amount_fen=1_000, **more):
    return Entry(posting_id, debit, credit, amount_fen, more.pop("purpose", "funding"), more.pop("actor", "t"), **more)


@pytest.fixture
def put(database, now):
    """Enter into the ledger: ``put(transfer, entry(…))``."""
    return lambda what, *arguments, at=now, **more: database.write(
        lambda session: what(session, *arguments, now=at, **more)
    )


def held(database, at=None):
    with database.read() as session:
        found = balances(session) if at is None else balances_at(session, at)
    return {each.code: (each.balance_fen, each.reserved_fen) for each in found}


def findings(database, now):
    with database.read() as session:
        return check(session, now=now)


def test_every_transfer_has_two_sides_and_all_accounts_add_up_to_nothing(database, now, put):
    put(transfer, entry("t-1", amount_fen=10_000))
    put(transfer, entry("t-2", recoverable("shop-1"), PAYABLE, 300))
    put(transfer, entry("t-3", loss("late_evidence"), recoverable("shop-1"), 100))

    expected = {"capital": 10_000, "fund": 10_000, "payable": 300, "recoverable:shop-1": 200, "loss:late_evidence": 100}
    assert {code: fen for code, (fen, _) in held(database).items()} == expected
    assert findings(database, now) == []


@pytest.mark.parametrize("amount", [0, -1, 10**13 + 1])
def test_an_amount_is_positive_and_within_reason(amount):
    with pytest.raises(AssertionError):
        entry(amount_fen=amount)


def test_an_entry_has_two_different_accounts():
    with pytest.raises(AssertionError):
        entry(debit=FUND, credit=FUND)


def test_the_fund_is_never_overdrawn_and_keeps_its_floor(database, put):
    put(transfer, entry(amount_fen=1_000))

    assert put(transfer, entry("over", IN_TRANSIT, FUND, 1_001)).refused == "insufficient"
    assert put(transfer, entry("floor", IN_TRANSIT, FUND, 501), floor_fen=500).refused == "insufficient"
    assert put(transfer, entry("fits", IN_TRANSIT, FUND, 500), floor_fen=500).refused is None
    assert held(database)["fund"] == (500, 0)


def test_what_is_reserved_cannot_be_spent_twice(database, put):
    put(transfer, entry(amount_fen=1_000))
    put(reserve, entry("r-1", IN_TRANSIT, FUND, 700))

    assert put(transfer, entry("t-2", IN_TRANSIT, FUND, 301)).refused == "insufficient"
    assert held(database)["fund"] == (1_000, 700)


def test_the_database_itself_refuses_an_overdraft_that_forgot_to_look(database, now, put):
    put(transfer, entry(amount_fen=1_000))

    def forgetful(session):
        account = locked(session, {FUND}, now=now)[FUND]
        session.execute(update(LedgerAccount).where(LedgerAccount.id == account.id).values(credits_fen=1_001))

    with pytest.raises(IntegrityError):
        database.write(forgetful)


def test_the_same_id_again_changes_nothing(database, put):
    first = put(transfer, entry())
    again = put(transfer, entry(actor="somebody else"))

    assert (first.is_new, again.is_new) == (True, False)
    assert held(database)["fund"] == (1_000, 0)


@pytest.mark.parametrize(
    "other",
    [
        {"amount_fen": 1_001},
        {"debit": IN_TRANSIT},
        {"credit": PAYABLE},
        {"purpose": "other"},
        {"claim_id": "c"},
    ],
)
def test_the_same_id_with_other_content_is_refused(database, put, other):
    put(transfer, entry())

    with pytest.raises(Conflict, match="t-1 was used for another entry"):
        put(transfer, entry(**other))
    with pytest.raises(Conflict):
        put(reserve, entry())
    assert held(database)["fund"] == (1_000, 0)


def test_a_failed_id_stays_failed_even_when_there_is_money_by_then(put):
    put(transfer, entry("early", IN_TRANSIT, FUND, 500))
    put(transfer, entry(amount_fen=1_000))

    assert put(transfer, entry("early", IN_TRANSIT, FUND, 500)).refused == "insufficient"
    assert put(transfer, entry("later", IN_TRANSIT, FUND, 500)).refused is None


def test_a_reservation_is_posted_once(database, put):
    put(transfer, entry())
    put(reserve, entry("r-1", IN_TRANSIT, FUND, 400))

    put(post, "r-1", actor="t")
    put(post, "r-1", actor="t")

    assert held(database)["fund"] == (600, 0)
    assert held(database)["in_transit"] == (400, 0)
    with pytest.raises(Conflict, match="r-1 was posted before"):
        put(void, "r-1", actor="t")


def test_a_voided_reservation_frees_its_money_and_is_never_posted(database, put):
    put(transfer, entry())
    put(reserve, entry("r-1", IN_TRANSIT, FUND, 400))

    put(void, "r-1", actor="t")
    put(void, "r-1", actor="t")

    assert held(database)["fund"] == (1_000, 0)
    with pytest.raises(Conflict, match="r-1 was voided before"):
        put(post, "r-1", actor="t")


def test_only_what_is_reserved_can_be_ended(put):
    put(transfer, entry())
    put(reserve, entry("too-much", IN_TRANSIT, FUND, 4_000))

    for posting_id in ("t-1", "too-much", "unknown"):
        with pytest.raises(NotFound):
            put(post, posting_id, actor="t")


def test_a_wrong_transfer_is_undone_by_another_that_names_it(database, put):
    put(transfer, entry())
    put(transfer, entry("wrong", loss("typing"), FUND, 400))

    undone = put(reverse, "wrong", actor="officer:lin", note="金额录错")
    put(reverse, "wrong", actor="officer:lin", note="金额录错")

    assert undone.posting.reverses_id == "wrong"
    assert held(database) == {"capital": (1_000, 0), "fund": (1_000, 0), "loss:typing": (0, 0)}
    with pytest.raises(Conflict, match="itself a reversal"):
        put(reverse, undone.posting.id, actor="t", note="x")


def test_a_reversal_never_overdraws(put):
    put(transfer, entry())
    put(transfer, entry("spent", IN_TRANSIT, FUND, 1_000))

    assert put(reverse, "t-1", actor="t", note="x").refused == "insufficient"
    put(reverse, "spent", actor="t", note="x")
    assert put(reverse, "t-1", actor="t", note="x").refused == "insufficient"
    assert put(reverse, "t-1", actor="t", note="x", as_id="again").refused is None


@pytest.mark.parametrize(
    "deed",
    [
        update(Posting).values(amount_fen=1),
        delete(Posting),
        delete(LedgerAccount),
        update(LedgerPeriod).values(closed_by="x"),
        delete(LedgerPeriod),
    ],
    ids=lambda deed: f"{type(deed).__name__} {deed.table.name}",
)
def test_the_database_refuses_to_change_what_only_grows(database, put, deed):
    put(transfer, entry())
    put(periods.close, "2026-10", balances={}, by="t")

    with pytest.raises(DBAPIError, match="only grows"):
        database.write(lambda session: session.execute(deed))


def test_an_entry_is_not_replaced_in_sqlite(sqlite_database, now):
    sqlite_database.write(lambda session: transfer(session, entry(), now=now))

    def replace(session):
        values = {column.name: column for column in Posting.__table__.columns} | {"amount_fen": text("1")}
        changed = select(*values.values()).where(Posting.id == "t-1")
        session.execute(insert(Posting).prefix_with("OR REPLACE").from_select(list(values), changed))

    with pytest.raises(DBAPIError, match="only grows"):
        sqlite_database.write(replace)


def test_the_ledger_is_not_truncated_in_postgresql(postgres_database, now):
    postgres_database.write(lambda session: transfer(session, entry(), now=now))

    with pytest.raises(DBAPIError, match="only grows"):
        postgres_database.write(lambda session: session.execute(text("TRUNCATE posting CASCADE")))


def test_balances_are_told_as_they_were_at_any_past_time(database, now, put):
    put(transfer, entry(), at=now)
    put(reserve, entry("r-1", IN_TRANSIT, FUND, 400), at=now + MINUTE)
    put(post, "r-1", actor="t", at=now + 2 * MINUTE)

    seen = [held(database, now + minutes * MINUTE)["fund"] for minutes in (0, 1, 2)]

    assert seen == [(1_000, 0), (1_000, 400), (600, 0)]
    assert held(database, now - MINUTE) == {}
    assert held(database, now + 2 * MINUTE) == held(database)


def test_a_closed_month_takes_no_entry_and_keeps_its_balances(database, now, put):
    put(transfer, entry(), at=now)
    december = now + timedelta(days=20)

    with database.read() as session:
        kept = at_end_of(session, month_ends_at("2026-11"))
    put(periods.close, "2026-11", balances=kept, by="officer:cai", at=december)

    assert kept == {"capital": 1_000, "fund": 1_000}
    with pytest.raises(Conflict, match="closed"):
        put(transfer, entry("late"), at=now + MINUTE)
    assert put(transfer, entry("today"), at=december).refused is None
    assert put(transfer, entry(), at=now).is_new is False
    assert findings(database, december) == []
    with pytest.raises(Conflict, match="closed by officer:cai"):
        put(periods.close, "2026-11", balances=kept, by="x", at=december)


@pytest.mark.parametrize("month", ["2026-11", "2026-13", "0000-01", "november"])
def test_only_a_month_that_is_over_is_closed(put, month):
    with pytest.raises(InvalidInput):
        put(periods.close, month, balances={}, by="t")


def test_the_file_holds_every_entry_and_no_formula(database, now, put):
    put(transfer, entry(note="=HYPERLINK(1)"))
    put(transfer, entry("over", IN_TRANSIT, FUND, 9_999), at=now + MINUTE)

    with database.read() as session:
        read = list(csv.DictReader(io.StringIO("".join(as_csv(session, since=now, until=now + 2 * MINUTE)))))

    assert [(row["id"], row["amount_fen"], row["refused"]) for row in read] == [
        ("over", "9999", "insufficient"),
        ("t-1", "1000", ""),
    ]
    assert read[1]["note"] == "'=HYPERLINK(1)"


def test_entries_are_found_by_account_and_by_claim(database, put):
    put(transfer, entry())
    put(transfer, entry("d-1", deposit("shop-1"), CAPITAL, 5))
    put(transfer, entry("t-2", recoverable("shop-1"), PAYABLE, 5, claim_id="c-1"))

    with database.read() as session:
        assert [line.posting.id for line in lines(session, account="payable")] == ["t-2"]
        assert [(line.debit, line.credit) for line in lines(session, claim_id="c-1")] == [
            ("recoverable:shop-1", "payable")
        ]


def test_the_check_tells_totals_that_left_their_postings(database, now, put):
    put(transfer, entry())

    database.write(
        lambda session: session.execute(
            update(LedgerAccount).where(LedgerAccount.code == "fund").values(debits_fen=LedgerAccount.debits_fen + 1)
        )
    )

    assert {(each.where) for each in findings(database, now)} == {"all accounts", "fund"}


def test_the_check_tells_a_posting_of_a_claim_that_is_not_there(database, now, put):
    put(transfer, entry(claim_id="gone"))

    assert [each.what for each in findings(database, now)] == ["names a claim that does not exist"]


def test_the_fund_tells_what_it_holds_and_what_is_free(database, put):
    put(transfer, entry())
    put(reserve, entry("r-1", IN_TRANSIT, FUND, 400))

    with database.read() as session:
        assert fund_fen(session) == (1_000, 600)
        assert find(session, "r-1").phase == "pending"
