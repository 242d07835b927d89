"""Any order of one order's events ends in the same claims and entries; once the money left, in the same net position.

What the platform would say when asked again is part of the truth of an order, so evidence that was told before the
rule fired is found at settling.
"""

from __future__ import annotations

import itertools
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.flows.clear_claims import clear_order
from app.money import claims
from app.values.access import SYSTEM
from app.values.claiming import FreshFacts
from tests.money import FUND_FEN, Fund

NUMBERS = itertools.count()
OPENS = {"late": "late_dispatch", "late again": "late_dispatch", "stock": "out_of_stock", "false": "false_shipping"}
RULES = settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def fund(database, tmp_path):
    return Fund(database, tmp_path)


def tell(fund, what, order_id):
    if what in OPENS:
        fund.open(order_id=order_id, cause=OPENS[what])
    else:
        told = {"evidence": what, "details": {}, "now": fund.clock(), "shop_id": "shop-1", "order_id": order_id}
        fund.parts.db.write(lambda session: clear_order(session, **told))


def changes(before, after):
    """What one order did to the books."""
    moved = Counter(after)
    moved.subtract(before)
    return {code: fen for code, fen in moved.items() if fen}


def claims_of(fund, order_id):
    with fund.parts.db.read() as session:
        found = claims.listed(session, caller=SYSTEM, order_id=order_id)
        return sorted((claim.cause, claim.state, claim.amount_fen) for claim in found)


@RULES
@given(st.permutations(["late", "late again", "stock", "false"]))
def test_within_the_settling_delay_any_order_ends_in_the_same_claims_and_entries(fund, order):
    before, order_id = fund.books(), f"order-{next(NUMBERS)}"
    for what in order:
        tell(fund, what, order_id)
    fund.pay()

    assert claims_of(fund, order_id) == [
        ("false_shipping", "voided", 1_000),
        ("late_dispatch", "voided", 1_000),
        ("out_of_stock", "recovering", 1_000),
    ]
    paid = {"fund": -1_000, "in_transit": 1_000, "payable": 1_000, "recoverable:shop-1": 1_000}
    assert changes(before, fund.books()) == paid


@RULES
@given(st.permutations(["late", "stock", "dispatched_in_time"]))
def test_evidence_within_the_settling_delay_ends_every_claim_it_speaks_against_whenever_it_came(fund, order):
    before, order_id = fund.books(), f"order-{next(NUMBERS)}"
    for what in order:
        tell(fund, what, order_id)
    fund.platform.facts = FreshFacts(evidence=frozenset({"dispatched_in_time"}))
    fund.pay()
    fund.pay()
    fund.platform.facts = FreshFacts()

    assert [state for _, state, _ in claims_of(fund, order_id)] == ["voided", "voided"]
    assert changes(before, fund.books()) == {}


@RULES
@given(st.permutations(["settle", "work", "dispatched_in_time"]), st.booleans())
def test_evidence_at_any_moment_leaves_nothing_or_the_loss_on_its_named_account(fund, order, twice):
    before, order_id = fund.books(), f"order-{next(NUMBERS)}"
    fund.open(order_id=order_id)
    for what in [*order, *(["dispatched_in_time"] if twice else [])]:
        {"settle": fund.settle, "work": fund.work}.get(what, lambda: tell(fund, "dispatched_in_time", order_id))()
    fund.pay()

    moved = changes(before, fund.books())
    assert moved in (
        {},
        {"fund": -1_000, "in_transit": 1_000, "payable": 1_000, "loss:late_evidence": 1_000},
    )
    has_left = order_id and moved != {}
    assert [state for _, state, _ in claims_of(fund, order_id)] == ["written_off" if has_left else "voided"]
    assert fund.findings() == []
    assert fund.books()["capital"] == FUND_FEN
