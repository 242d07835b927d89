"""A claim's life: once for each harm, held by doubt, paid in two phases, recovered, cleared by what is told late."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import permutations

import pytest

from app.breakers import trip
from app.effects import EffectKey, opened
from app.errors import Conflict, Forbidden, InvalidInput, SamePerson
from app.flows.clear_claims import clear_order
from app.flows.decide_claim import appeal_claim, approve_claim, reject_claim
from app.flows.move_fund import agree, deposit_in, recover
from app.flows.open_claims import open_for_buyer
from app.flows.settle_claims import settle_claims
from app.flows.stop_payouts import ask_start, decide_start, stop_payouts
from app.money.agreements import Agreed
from app.money.channel import Answer, Outcome, Retry
from app.money.lifecycle import steps
from app.values.access import Caller
from app.values.claiming import Doubt, FreshFacts
from tests.money import CAI, FUND_FEN, LIN, Fund


@pytest.fixture
def fund(sqlite_database, tmp_path):
    return Fund(sqlite_database, tmp_path)


@pytest.fixture
def fund_on_both(database, tmp_path):
    return Fund(database, tmp_path)


def approve(fund, claim, by=LIN, **more):
    return approve_claim(fund.parts, claim.id, reason="属实", caller=by, now=fund.clock(), **more)


def clear(fund, evidence="dispatched_in_time", order_id="order-1"):
    told = {"order_id": order_id, "shop_id": "shop-1", "evidence": evidence, "details": {}, "now": fund.clock()}
    return fund.parts.db.write(lambda session: clear_order(session, **told))


def agreement(fund, **more):
    values = {"document": "2026-001", "limit_fen": 50_000, "management": "专户", "usage": "赔付", "refund": "30 日内"}
    values |= {"shop_id": "shop-1", "valid_from": fund.clock().date(), "valid_to": None}
    return agree(fund.parts, Agreed(**values | more), caller=LIN, now=fund.clock())


def put_deposit(fund, amount_fen=5_000):
    deposit_in(
        fund.parts,
        transfer_id="d-1",
        shop_id="shop-1",
        amount_fen=amount_fen,
        note="保证金",
        caller=LIN,
        now=fund.clock(),
    )


def test_a_claim_is_paid_after_its_settling_delay_and_asked_back_from_the_shop(fund_on_both):
    fund = fund_on_both
    claim = fund.open()
    assert fund.settle(hours=23) == 0
    assert fund.settle(hours=2) == 1
    fund.work()

    assert fund.claim(claim).state == "recovering"
    assert fund.books() == {
        "capital": FUND_FEN,
        "fund": FUND_FEN - 1_000,
        "in_transit": 1_000,
        "payable": 1_000,
        "recoverable:shop-1": 1_000,
    }
    assert fund.findings() == []


def test_money_is_reserved_before_the_channel_is_called_and_never_called_inside_the_transaction(fund):
    fund.open()
    fund.settle()

    assert fund.channel.calls == []
    assert fund.books()["fund"] == FUND_FEN
    assert fund.claims() == [("late_dispatch", "paying")]


def test_two_rules_of_one_cause_are_one_claim_at_the_higher_amount(fund):
    first = fund.open(amount_fen=1_000)
    again = fund.open(amount_fen=1_500)
    fund.open(amount_fen=900)

    assert again.id == first.id
    assert fund.claim(first).amount_fen == 1_500


@pytest.mark.parametrize("order", list(permutations(["late_dispatch", "false_shipping", "out_of_stock"])))
def test_causes_of_one_harm_exclude_each_other_whatever_came_first(fund, order):
    for cause in order:
        fund.open(cause=cause)
    fund.pay()

    assert fund.claims() == [("false_shipping", "voided"), ("late_dispatch", "voided"), ("out_of_stock", "recovering")]
    assert len(fund.channel.paid) == 1


def test_a_harm_that_was_paid_is_not_paid_again_by_another_cause(fund):
    fund.open()
    fund.pay()
    fund.open(cause="out_of_stock")
    fund.pay()

    assert fund.claims() == [("late_dispatch", "recovering"), ("out_of_stock", "voided")]


def test_two_items_of_one_order_are_two_harms_and_the_whole_order_covers_both(fund):
    fund.open(item="sku-1")
    fund.open(item="sku-2")
    assert fund.claims() == [("late_dispatch", "assessed")] * 2

    fund.open(cause="out_of_stock")
    assert fund.claims() == [("late_dispatch", "voided")] * 2 + [("out_of_stock", "assessed")]


def test_what_was_excluded_stands_again_when_the_other_ends(fund_on_both):
    fund = fund_on_both
    late, stock = fund.open(), fund.open(cause="out_of_stock")
    reject_claim(fund.parts, stock.id, ground="evidence", reason="有货", caller=LIN, now=fund.clock())

    assert fund.claim(late).state == "assessed"
    assert fund.claim(late).excluded_by is None


def test_the_law_and_a_guarantee_do_not_add_up_the_higher_stands_and_a_person_confirms(fund):
    fund.open(cause="guarantee_fake", amount_fen=60_000)
    fund.open(cause="false_advertising", amount_fen=50_000)
    fund.pay()

    assert fund.claims() == [("false_advertising", "voided"), ("guarantee_fake", "assessed")]


def test_an_order_has_a_cap(fund_on_both):
    fund = fund_on_both
    fund.open(amount_fen=15_000)
    other = fund.open(cause="overdue_refund", amount_fen=6_000)
    fund.pay()

    assert fund.claim(other).waits_for == ["order_cap"]
    with pytest.raises(Conflict, match="赔付上限"):
        approve(fund_on_both, other)
    assert approve(fund, other, amount_fen=5_000).state == "approved"


@pytest.mark.parametrize(
    ("amount_fen", "doubt"), [(50_001, "single_cap"), (20_000, None)], ids=["over 500 yuan", "under"]
)
def test_a_large_claim_waits_for_a_person(fund, amount_fen, doubt):
    claim = fund.open(amount_fen=amount_fen, paid_fen=60_000)
    fund.pay()

    assert fund.claim(claim).waits_for == ([doubt] if doubt else [])
    assert bool(fund.channel.paid) is (doubt is None)


def test_a_day_has_a_cap_for_what_leaves_without_a_person(sqlite_database, tmp_path):
    fund = Fund(sqlite_database, tmp_path, fund_daily_cap_fen=2_500)
    for number in range(3):
        fund.open(order_id=f"order-{number}")
    fund.pay()

    assert sum(fund.channel.paid.values()) == 2_000
    assert [fund.claims()[-1][1]] == ["assessed"]


def test_the_fund_keeps_its_floor(sqlite_database, tmp_path):
    fund = Fund(sqlite_database, tmp_path, fund_fen=1_000_999)
    claim = fund.open()
    fund.pay()

    assert fund.claim(claim).waits_for == ["fund_low"]
    assert fund.books()["fund"] == 1_000_999


def test_above_the_higher_cap_two_persons_approve_and_one_is_not_two(fund_on_both):
    fund = fund_on_both
    claim = fund.open(amount_fen=600_000, paid_fen=800_000)
    assert approve(fund_on_both, claim).state == "assessed"
    with pytest.raises(Forbidden):
        approve(fund, claim, by=Caller("9", "key:lin", frozenset(), None))
    assert approve(fund, claim, by=CAI).state == "approved"


def test_a_first_approval_of_another_amount_does_not_count(fund):
    claim = fund.open(amount_fen=600_000, paid_fen=900_000)
    approve(fund, claim)

    assert approve(fund, claim, by=CAI, amount_fen=700_000).state == "assessed"
    assert approve(fund, claim).state == "approved"


@pytest.mark.parametrize("cause", ["false_advertising", "unsafe_food"])
def test_statutory_damages_are_never_paid_without_a_person(fund, cause):
    claim = fund.open(cause=cause, amount_fen=20_000)
    fund.pay()
    assert (fund.claim(claim).state, fund.claim(claim).waits_for) == ("assessed", ["statutory"])

    approve(fund, claim)
    fund.pay()
    assert fund.claim(claim).state == "recovering"


def test_statutory_damages_are_not_cut_by_the_orders_cap(fund):
    claim = fund.open(cause="unsafe_food", amount_fen=200_000)

    assert approve(fund, claim).state == "approved"


def test_what_nobody_signed_waits_for_a_person(fund):
    claim = fund.open(doubts=(Doubt.UNSIGNED,))
    fund.pay()

    assert fund.claim(claim).state == "assessed"
    assert fund.claim(claim).waits_for == ["unsigned"]


def test_a_buyer_who_claims_often_is_looked_at_and_not_rejected(fund):
    opened = [fund.open(order_id=f"order-{number}", claimant="someone") for number in range(4)]
    fund.pay()

    assert [fund.claim(each).state for each in opened] == ["recovering"] * 3 + ["assessed"]
    assert fund.claim(opened[3]).waits_for == ["frequent"]
    with pytest.raises(InvalidInput):
        reject_claim(fund.parts, opened[3].id, ground="frequent", reason="太频繁", caller=LIN, now=fund.clock())


@pytest.mark.parametrize(
    ("cause", "paid_fen", "loss_fen", "amount_fen"),
    [
        ("false_advertising", 10_000, 0, 50_000),
        ("false_advertising", 20_000, 0, 60_000),
        ("unsafe_food", 9_999, 0, 100_000),
        ("unsafe_food", 10_001, 0, 100_010),
        ("unsafe_food", 10_000, 50_000, 150_000),
    ],
)
def test_a_buyers_claim_is_worked_out_by_the_law_and_waits_for_a_person(fund, cause, paid_fen, loss_fen, amount_fen):
    asked = {"shop_id": "shop-1", "order_id": "o", "cause": cause, "paid_fen": paid_fen, "loss_fen": loss_fen}
    opened = open_for_buyer(fund.parts, **asked, reason="食用后不适", caller=LIN, now=fund.clock())

    assert opened.claim.amount_fen == amount_fen
    assert opened.claim.waits_for == ["consumer", "statutory"]


@pytest.mark.parametrize(
    ("facts", "state", "waits_for"),
    [
        (FreshFacts(evidence=frozenset({"dispatched_in_time"})), "voided", []),
        (FreshFacts(compensated_fen=1), "assessed", ["overlap"]),
        (FreshFacts(refunded_fen=19_001), "assessed", ["overlap"]),
        (None, "assessed", ["not_confirmed"]),
        (FreshFacts(evidence=frozenset({"refunded_in_time"})), "recovering", []),
    ],
    ids=["shipped in time", "platform paid", "refunded", "cannot be asked", "about another cause"],
)
def test_the_platform_is_asked_again_before_money_leaves(fund, facts, state, waits_for):
    claim = fund.open()
    fund.platform.facts = facts
    fund.pay()

    assert (fund.claim(claim).state, fund.claim(claim).waits_for) == (state, waits_for)


def test_a_claim_whose_order_nobody_can_make_sense_of_keeps_no_other_waiting(fund):
    @dataclass
    class Strange:
        def fetch(self, *, shop_id, order_id, now):
            del shop_id, now
            return FreshFacts() if order_id == "order-2" else FreshFacts(refunded_fen="much")

    odd, fine = fund.open(), fund.open(order_id="order-2")
    fund.parts = replace(fund.parts, order_source=Strange())
    fund.pay()

    assert [fund.claim(each).state for each in (odd, fine)] == ["assessed", "recovering"]


def test_a_feed_that_is_silent_for_six_hours_pays_nothing_and_late_events_clear_what_was_frozen(fund):
    late, fine = fund.open(), fund.open(order_id="order-2")
    fund.clock.advance(hours=30)  # six hours of silence and more; the deadlines passed meanwhile
    assert settle_claims(fund.parts, now=fund.clock()) == 0
    fund.work()
    assert fund.channel.paid == {}
    assert fund.claim(late).waits_for == ["feed_stale"]
    assert fund.claim(late).needs_person is False

    clear(fund)
    fund.settle(hours=1)
    fund.work()
    assert [fund.claim(each).state for each in (late, fine)] == ["voided", "recovering"]


@pytest.mark.parametrize(("scope", "value"), [("all", ""), ("shop", "shop-1"), ("cause", "late_dispatch")])
def test_the_stop_switch_stops_at_once_and_two_of_finance_start_again(fund, scope, value):
    claim = fund.open()
    stop = stop_payouts(fund.parts, scope=scope, value=value, reason="异常", caller=LIN, now=fund.clock())
    fund.pay()
    assert fund.claim(claim).waits_for == ["stopped"]

    ask_start(fund.parts, stop.id, reason="已查明", caller=LIN, now=fund.clock())
    with pytest.raises(Forbidden):
        decide_start(fund.parts, stop.id, approve=True, reason="我自己", caller=LIN, now=fund.clock())
    decide_start(fund.parts, stop.id, approve=True, reason="同意", caller=CAI, now=fund.clock())
    fund.pay()
    assert fund.claim(claim).state == "recovering"


@pytest.mark.parametrize(("scope", "value"), [("all", ""), ("shop", "shop-2"), ("cause", "late_dispatch")])
def test_who_is_bound_to_shops_stops_and_starts_theirs_alone(fund, scope, value):
    shop = Caller("3", "officer:wu", frozenset({"finance"}), frozenset({"shop-1"}))
    more = {"reason": "异常", "now": fund.clock()}
    with pytest.raises(Forbidden):
        stop_payouts(fund.parts, scope=scope, value=value, caller=shop, **more)
    theirs = stop_payouts(fund.parts, scope=scope, value=value, caller=LIN, **more)
    with pytest.raises(Forbidden):
        ask_start(fund.parts, theirs.id, caller=shop, **more)
    ask_start(fund.parts, theirs.id, caller=LIN, **more)
    with pytest.raises(Forbidden):
        decide_start(fund.parts, theirs.id, approve=True, caller=shop, **more)

    own = stop_payouts(fund.parts, scope="shop", value="shop-1", caller=shop, **more)
    assert ask_start(fund.parts, own.id, caller=shop, **more).state == "waiting"


def test_a_stop_of_another_shop_or_cause_stops_nothing_else(fund):
    for scope, value in (("shop", "shop-2"), ("cause", "out_of_stock")):
        stop_payouts(fund.parts, scope=scope, value=value, reason="异常", caller=LIN, now=fund.clock())
    fund.open()
    fund.pay()

    assert len(fund.channel.paid) == 1


def test_an_order_that_was_not_yet_sent_is_stopped_and_its_money_freed(fund):
    claim = fund.open()
    fund.settle()
    stop_payouts(fund.parts, scope="all", value="", reason="异常", caller=LIN, now=fund.clock())
    fund.work()

    assert fund.channel.calls == []
    assert fund.claim(claim).state == "approved"
    assert fund.books() == {"capital": FUND_FEN, "fund": FUND_FEN}


def test_an_unknown_outcome_is_asked_about_by_the_same_number_and_never_assumed(fund):
    claim = fund.open()
    fund.channel.answers = [Answer(Outcome.UNKNOWN, "PAID_AND_LOST")]
    fund.settle()
    fund.work()
    assert fund.claim(claim).state == "paying"

    fund.clock.advance(minutes=1)
    fund.work()
    assert fund.claim(claim).state == "recovering"
    assert [call for call, _ in fund.channel.calls] == ["pay", "query"]
    assert len({number for _, number in fund.channel.calls}) == 1


def test_a_refusal_that_may_pass_is_tried_again_under_a_new_number(fund):
    claim = fund.open()
    fund.channel.answers = [Answer(Outcome.FAILED, "NOT_ENOUGH", retry=Retry.LATER)]
    fund.pay()
    assert fund.claim(claim).state == "approved"
    assert fund.books() == {"capital": FUND_FEN, "fund": FUND_FEN}

    fund.settle(hours=7)
    fund.work()
    assert fund.claim(claim).state == "recovering"
    assert len({number for _, number in fund.channel.calls}) == 2
    assert fund.findings() == []


@pytest.mark.parametrize(
    ("facts", "settings", "doubt"),
    [
        (FreshFacts(compensated_fen=1_000), {}, "overlap"),
        (FreshFacts(refunded_fen=19_001), {}, "overlap"),
        (FreshFacts(), {"fund_daily_cap_fen": 500}, "daily_cap"),
    ],
    ids=["platform paid meanwhile", "refunded meanwhile", "the day's cap"],
)
def test_what_the_service_approved_is_looked_at_again_before_it_is_tried_again(fund_on_both, facts, settings, doubt):
    fund = fund_on_both
    claim = fund.open()
    fund.channel.answers = [Answer(Outcome.FAILED, "NOT_ENOUGH", retry=Retry.LATER)]
    fund.pay()
    assert fund.claim(claim).state == "approved"

    fund.platform.facts = facts
    fund.parts = replace(fund.parts, settings=fund.parts.settings.model_copy(update=settings))
    fund.settle(hours=7)
    fund.work()

    left = fund.claim(claim)
    assert (left.state, left.needs_person, left.waits_for, left.approved_by) == ("assessed", True, [doubt], None)
    assert fund.channel.paid == {}

    approve(fund, claim)
    fund.pay()
    assert fund.claim(claim).state == "recovering"
    assert fund.findings() == []


def test_what_a_rule_opened_before_its_breaker_did_waits_for_a_person(fund):
    claim, other = fund.open(), fund.open(order_id="order-2", basis={"rule": "S3-25"})
    now = fund.clock()
    fund.parts.db.write(lambda session: trip(session, "S8-40", why="触发率过高", details={}, now=now))
    assert settle_claims(fund.parts, now=fund.later(hours=25), until=now) == 0
    assert fund.claim(other).state == "assessed"
    fund.pay()

    assert (fund.claim(claim).state, fund.claim(claim).waits_for) == ("assessed", ["tripped"])
    assert fund.claim(claim).needs_person
    assert fund.claim(other).state == "recovering"


def test_an_order_that_a_rule_froze_waits_for_a_person_who_may_pay_all_the_same(fund):
    key = EffectKey("shop-1", "order", "order-1", "X-1", "freeze", 1, "order.paid")
    now = fund.clock()
    more = {"root": "order:order-1", "pack": "x", "data": {}, "decision_id": "-", "happened_at": now, "known": None}
    fund.parts.db.write(lambda session: opened(session, key, now=now, **more) and None)
    claim = fund.open()
    fund.pay()
    assert (fund.claim(claim).state, fund.claim(claim).waits_for) == ("assessed", ["frozen"])

    approve(fund, claim)
    fund.pay()
    assert fund.claim(claim).state == "recovering"


def test_an_order_whose_price_was_not_known_at_first_can_still_be_compensated(fund):
    fund.open(cause="cold_chain", paid_fen=0, doubts=(Doubt.AMOUNT,))
    claim = fund.open()
    fund.pay()

    assert fund.claim(claim).state == "recovering"


@pytest.mark.parametrize("how", ["repaid", "written_off"])
def test_who_is_bound_to_shops_cannot_say_that_a_shop_owes_nothing_any_more(fund, how):
    claim = fund.open()
    fund.pay()
    shop = Caller("3", "key:shop-1", frozenset({"money"}), frozenset({"shop-1"}))

    with pytest.raises(Forbidden):
        recover(fund.parts, claim.id, how=how, reason="x", caller=shop, now=fund.clock())
    assert fund.claim(claim).state == "recovering"


def test_an_order_of_another_channel_is_begun_anew_or_waits_for_its_own(fund):
    fund.channel.name = "dry_run"
    unsent = fund.open()
    fund.settle()
    fund.channel.name = "scripted"
    fund.platform.facts = FreshFacts(compensated_fen=1_000)
    fund.work()
    assert (fund.claim(unsent).state, fund.books()) == ("approved", {"capital": FUND_FEN, "fund": FUND_FEN})
    fund.pay()
    assert (fund.claim(unsent).state, fund.claim(unsent).waits_for) == ("assessed", ["overlap"])
    assert fund.channel.calls == []

    fund.platform.facts = FreshFacts()
    sent = fund.open(order_id="order-2")
    fund.channel.answers = [Answer(Outcome.UNKNOWN, "TIMEOUT")]
    fund.pay()
    fund.channel.name = "dry_run"
    fund.clock.advance(hours=1)
    fund.work()
    assert (fund.claim(sent).state, len(fund.channel.calls)) == ("paying", 1)

    fund.channel.name = "scripted"
    fund.clock.advance(hours=2)
    fund.work()
    assert fund.claim(sent).state == "recovering"
    assert fund.findings() == []


def test_a_refusal_for_good_waits_for_a_person_who_may_try_again(fund):
    claim = fund.open()
    fund.channel.answers = [Answer(Outcome.FAILED, "ACCOUNT_ABNORMAL")]
    fund.pay()
    assert fund.claim(claim).state == "failed"

    approve(fund, claim)
    fund.pay()
    assert fund.claim(claim).state == "recovering"
    assert fund.books()["recoverable:shop-1"] == 1_000


def test_evidence_within_the_settling_delay_ends_the_claim_and_moves_no_money(fund):
    claim = fund.open()
    clear(fund)
    fund.pay()

    assert fund.claim(claim).state == "voided"
    assert fund.books() == {"capital": FUND_FEN, "fund": FUND_FEN}


def test_evidence_between_reservation_and_sending_frees_the_money(fund):
    claim = fund.open()
    fund.settle()
    clear(fund)
    fund.work()

    assert fund.claim(claim).state == "voided"
    assert fund.channel.calls == []
    assert fund.books() == {"capital": FUND_FEN, "fund": FUND_FEN}


@pytest.mark.parametrize("moment", ["sent", "paid", "recovered"])
def test_evidence_after_the_money_left_ends_in_one_net_position_with_the_loss_on_its_named_account(
    fund_on_both, moment
):
    fund = fund_on_both
    claim = fund.open()
    put_deposit(fund_on_both)
    agreement(fund)
    fund.settle()
    if moment == "sent":
        fund.channel.answers = [Answer(Outcome.UNKNOWN, "PAID_AND_LOST")]
        fund.work()
        clear(fund)
        fund.clock.advance(minutes=1)
    fund.work()
    if moment == "recovered":
        recover(fund.parts, claim.id, how="deposit", reason="", caller=LIN, now=fund.clock())
    clear(fund)

    assert fund.claim(claim).state == "written_off"
    assert fund.books() == {
        "capital": FUND_FEN,
        "fund": FUND_FEN - 1_000,
        "in_transit": 1_000,
        "payable": 1_000,
        "loss:late_evidence": 1_000,
        "deposit:shop-1": 5_000,
        "deposit_held": 5_000,
    }
    assert fund.findings() == []


def test_no_deposit_is_touched_without_a_written_agreement(fund):
    claim = fund.open()
    put_deposit(fund)
    fund.pay()
    with pytest.raises(Conflict, match="书面约定"):
        recover(fund.parts, claim.id, how="deposit", reason="", caller=LIN, now=fund.clock())

    agreement(fund, limit_fen=999)
    with pytest.raises(Conflict, match="提取数额"):
        recover(fund.parts, claim.id, how="deposit", reason="", caller=LIN, now=fund.clock())

    agreement(fund)
    recover(fund.parts, claim.id, how="deposit", reason="", caller=LIN, now=fund.clock())
    assert fund.claim(claim).state == "recovered"
    assert fund.books()["deposit:shop-1"] == 4_000
    assert fund.books()["fund"] == FUND_FEN


@pytest.mark.parametrize("lacks", ["document", "management", "usage", "refund", "limit_fen"])
def test_an_agreement_that_lacks_one_of_what_the_law_asks_for_is_refused(fund, lacks):
    with pytest.raises(InvalidInput) as refused:
        agreement(fund, **{lacks: 0 if lacks == "limit_fen" else " "})

    assert [problem.field for problem in refused.value.problems] == [lacks]


@pytest.mark.parametrize(("how", "account"), [("repaid", "fund"), ("written_off", "loss:written_off")])
def test_a_recovery_ends_repaid_or_written_off(fund, how, account):
    claim = fund.open()
    fund.pay()
    recover(fund.parts, claim.id, how=how, reason="结清", caller=LIN, now=fund.clock())

    assert fund.claim(claim).state == {"repaid": "recovered", "written_off": "written_off"}[how]
    assert fund.books()[account] == {"repaid": FUND_FEN, "written_off": 1_000}[how]


def test_an_appeal_is_heard_by_somebody_else(fund):
    claim = fund.open()
    reject_claim(fund.parts, claim.id, ground="evidence", reason="已发货", caller=LIN, now=fund.clock())
    appeal_claim(fund.parts, claim.id, reason="单号是假的", caller=CAI, now=fund.clock())

    with pytest.raises(Forbidden, match="另一位"):
        approve(fund, claim)
    assert approve(fund, claim, by=CAI).state == "approved"


def dear(fund):
    """A claim that two have to approve."""
    return fund.open(cause="guarantee_fake", amount_fen=900_000, paid_fen=1_200_000)


def undo(fund, claim, by=LIN, **more):
    asked = {"ground": "evidence", "reason": "查到签收记录", "caller": by, "now": fund.clock()}
    return reject_claim(fund.parts, claim.id, **asked | more)


def life(fund, claim):
    with fund.parts.db.read() as session:
        return [(step.to_state, step.actor, step.details.get("undid", [])) for step in steps(session, claim.id)]


def test_an_approval_is_undone_before_its_money_moves_and_the_life_says_whose_it_was(fund_on_both):
    fund = fund_on_both
    claim = fund.open()
    approve(fund, claim)

    assert undo(fund, claim, by=CAI, undoes=True).state == "rejected"
    fund.pay()

    assert fund.books() == {"capital": FUND_FEN, "fund": FUND_FEN}
    assert fund.channel.calls == []
    assert life(fund, claim)[-2:] == [("approved", LIN.name, []), ("rejected", CAI.name, [LIN.name])]
    with pytest.raises(Conflict, match="没有可撤销的批准"):
        undo(fund, claim, undoes=True)


def test_what_two_approved_one_takes_back_so_that_nothing_is_paid_and_another_rejects_it(fund_on_both):
    fund = fund_on_both
    claim = dear(fund)
    approve(fund, claim)
    approve(fund, claim, by=CAI)

    taken = undo(fund, claim)
    fund.pay()

    assert (taken.state, taken.waits_for, taken.approved_by) == ("assessed", ["taken_back"], None)
    assert life(fund, claim)[-1] == ("assessed", LIN.name, [LIN.name, CAI.name])
    assert fund.channel.calls == []
    with pytest.raises(SamePerson):
        undo(fund, claim)
    assert fund.claim(claim).state == "assessed"
    assert undo(fund, claim, by=CAI).state == "rejected"
    assert life(fund, claim)[-1] == ("rejected", CAI.name, [])


def test_what_was_taken_back_is_approved_anew_by_two_and_counted_once_under_the_orders_cap(fund):
    claim = dear(fund)
    for by in (LIN, CAI):
        approve(fund, claim, by=by)
    undo(fund, claim)

    first = approve(fund, claim, by=CAI)
    second = approve(fund, claim)

    assert (first.state, second.state) == ("assessed", "approved")
    assert undo(fund, claim, by=CAI).state == "assessed"  # two approved it: again it takes two to reject it
    assert undo(fund, claim).state == "rejected"


def test_money_that_is_on_its_way_is_not_called_back_by_an_undo(fund):
    claim = fund.open()
    approve(fund, claim)
    fund.settle()

    with pytest.raises(Conflict):
        undo(fund, claim, undoes=True)
    assert fund.claim(claim).state == "paying"


def test_the_platform_bears_what_it_cannot_pass_on(fund):
    claim = fund.open(cause="seller_unknown")
    approve(fund, claim)
    fund.pay()

    assert fund.claim(claim).state == "written_off"
    assert fund.books()["loss:platform_liable"] == 1_000


def test_what_a_clock_a_day_ahead_put_off_is_looked_at_when_the_clock_is_right_again(fund):
    claim = fund.open()
    fund.clock.advance(hours=50)  # it was twenty-five in truth
    settle_claims(fund.parts, now=fund.clock())
    put_off = fund.claim(claim)

    fund.clock.advance(hours=-25)
    fund.settle(hours=0)
    fund.work()

    assert put_off.waits_for == ["feed_stale"]
    assert put_off.retry_at > fund.clock()
    assert fund.claim(claim).state == "recovering"
