"""Every figure of campaigns equals what plain Python makes of the same events, as of the instant asked for."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest

from app.aggregates.aggregate import load_aggregates
from app.values.facts import Happened
from tests.campaigns import PRIZE, at, event, orders, tell
from tests.service import START, make_service, shipped_judge

HOUR = timedelta(hours=1)


@pytest.fixture(scope="module")
def judge(tmp_path_factory):
    return shipped_judge(tmp_path_factory.mktemp("judge"))


@pytest.fixture
def service(database, judge, tmp_path):
    return make_service(database, tmp_path, judge)


def figure(service, name, kind="campaign.create", subject="c-1", hours=0, **facts):
    """One figure as of an instant."""
    asked = Happened(kind, "?", "?", "shop-1", subject, START + hours * HOUR, facts)
    policy = service.parts.live.current.engine.policy()
    with service.parts.db.read() as session:
        return load_aggregates()[f"past.{name}"].work_out(session, asked, facts, policy)[f"past.{name}"]


def test_the_average_order_leaves_out_what_is_old_cancelled_or_not_paid_yet(service):
    chance = random.Random(3)
    told, known = [], []
    for number in range(120):
        hours, fen = -chance.randrange(0, 24 * 60), chance.randrange(1, 100_000)
        cancelled = hours + chance.randrange(1, 400) if chance.random() < 0.2 else None
        told.append(event("order.paid", f"o-{number}", hours, paid_fen=fen, stock_type="spot"))
        if cancelled is not None and cancelled <= 0:
            told.append(event("order.cancel", f"o-{number}", cancelled, cancel_type="buyer"))
        known.append((hours, fen, cancelled))
    tell(service.client("events"), *told)

    for asked in (0, -200, -700):
        due = [
            fen
            for hours, fen, gone in known
            if asked - 720 < hours <= asked and not (gone is not None and gone <= asked)
        ]
        wanted = sum(due) // len(due) if len(due) >= 20 else None
        assert figure(service, "average_order_fen", hours=asked) == wanted, asked


def test_too_few_orders_make_no_average(service):
    tell(service.client("events"), *orders(10_000, 19))
    assert figure(service, "average_order_fen") is None

    tell(service.client("events"), *orders(10_000, 1, prefix="p"))
    assert figure(service, "average_order_fen") == 10_000


def test_deals_are_looked_for_in_the_seven_days_before_and_else_the_last_one_counts(service):
    chance = random.Random(5)
    known = [(-chance.randrange(1, 24 * 30), chance.randrange(1_000, 9_000)) for _ in range(40)]
    told = [
        event(
            "order.paid", f"o-{n}", hours, paid_fen=fen, stock_type="spot",
            items=[{"sku_id": "s-1", "count": 1, "unit_fen": fen}, {"sku_id": "s-2", "count": 2, "unit_fen": 1}],
        )
        for n, (hours, fen) in enumerate(known)
    ]  # fmt: skip
    tell(service.client("events"), *told)

    for asked in (0, -100, -24 * 29):
        within = [fen for hours, fen in known if asked - 168 <= hours < asked]
        before = sorted(((hours, n, fen) for n, (hours, fen) in enumerate(known) if hours < asked), reverse=True)
        last = {fen for hours, _, fen in before if hours == before[0][0]} if before else {None}
        found = {
            name: figure(service, name, "price.compare", "s-1", asked, sku_id="s-1")
            for name in ("least_deal_fen", "last_deal_fen", "compare_base_fen")
        }
        assert found["least_deal_fen"] == min(within, default=None), asked
        assert found["last_deal_fen"] in last, asked
        assert found["compare_base_fen"] == (found["least_deal_fen"] if within else found["last_deal_fen"]), asked
    assert figure(service, "compare_base_fen", "price.compare", "s-9", sku_id="s-9") is None


@pytest.mark.parametrize(
    ("lists", "shown", "rise"),
    [
        ([(-400, 10_000)], None, 0),
        ([(-400, 10_000), (-100, 12_000)], None, 2_000),
        ([(-400, 10_000), (-168, 12_000)], None, 0),  # raised exactly seven days ago: the price at the window's start
        ([(-400, 10_000), (-167, 12_000)], None, 2_000),
        ([(-400, 12_000), (-100, 10_000)], None, 0),
        ([(-400, 12_000), (-100, 10_000), (-50, 11_000)], None, 1_000),
        ([(-400, 10_000)], 13_000, 3_000),  # raised with the very promotion
        ([], 13_000, None),
        ([(-50, 10_000)], None, 0),
    ],
)
def test_a_list_price_that_rose_before_the_promotion_is_seen(service, lists, shown, rise):
    told = [event("price.publish", "s-1", hours, price_type="list", price_fen=fen) for hours, fen in lists]
    if told:
        tell(service.client("events"), *told)

    given = {"sku_id": "s-1", "price_type": "promotion", "price_fen": 9_000} | ({"list_fen": shown} if shown else {})
    assert figure(service, "list_rise_fen", "price.publish", "s-1", **given) == rise


def test_the_unit_cost_is_the_one_told_last(service):
    tell(
        service.client("events"),
        event("product.publish", "s-1", -100, unit_cost_fen=700),
        event("price.publish", "s-1", -50, price_type="list", price_fen=1_000, unit_cost_fen=800),
    )

    asked = [figure(service, "unit_cost_fen", "price.publish", "s-1", hours, sku_id="s-1") for hours in (-101, -60, 0)]
    assert asked == [None, 700, 800]
    assert figure(service, "unit_cost_fen", "price.publish", "s-1", sku_id="s-1", unit_cost_fen=650) == 650


def test_the_stock_is_that_of_the_campaigns_goods_as_told_last(service):
    tell(
        service.client("events"),
        event("product.publish", "s-1", -100, stock_count=80),
        event("inventory.event", "s-1", -50, stock_count=3, open_order_count=0),
        event("campaign.create", "c-1", -40, type="flash_sale", sku_id="s-1", ends_at=at(9)),
    )

    assert [figure(service, "stock_count", hours=hours) for hours in (-101, -60, 0)] == [None, 80, 3]
    assert figure(service, "stock_count", subject="c-9") is None


def test_an_end_put_off_and_a_like_sale_just_over_are_resets(service):
    flash = {"type": "flash_sale", "sku_id": "s-1", "carrier": "shop"}
    tell(
        service.client("events"),
        event("campaign.create", "c-1", -30, ends_at=at(-20), **flash),
        event("campaign.create", "c-1", -22, ends_at=at(-10), **flash),
        event("campaign.create", "c-1", -12, ends_at=at(5), **flash),
        event("campaign.create", "c-1", -11, ends_at=at(4), **flash),  # sooner is no reset
    )
    again = {"ends_at": START + 9 * HOUR} | flash

    assert figure(service, "flash_reset_count", hours=0, **again) == 3  # two told within 24 h, and this one
    assert figure(service, "flash_reset_count", hours=1.5, **again) == 3
    assert figure(service, "flash_reset_count", hours=5, **again) == 2
    later = {"starts_at": START + 27 * HOUR, "ends_at": START + 40 * HOUR} | flash
    assert figure(service, "flash_reset_count", subject="c-2", hours=27, **later) == 1
    far = {"starts_at": START + 28 * HOUR, "ends_at": START + 40 * HOUR} | flash
    assert figure(service, "flash_reset_count", subject="c-2", hours=28, **far) == 0


def test_the_lowest_threshold_of_a_campaign_is_that_of_its_running_coupons(service):
    coupon = {"type": "full_reduction", "campaign_id": "c-1"}
    tell(
        service.client("events"),
        event("campaign.create", "c-1", -50, type="full_reduction", threshold_fen=9_000, carrier="shop"),
        event("coupon.create", "k-1", -40, threshold_fen=7_000, **coupon),
        event("coupon.create", "k-2", -30, threshold_fen=5_000, **coupon),
        event("coupon.create", "k-2", -10, threshold_fen=5_000, ended=True, **coupon),
        event("coupon.create", "k-3", -5, threshold_fen=0, **coupon),
    )

    asked = [figure(service, "least_threshold_fen", "campaign.tick", hours=hours) for hours in (-45, -35, -20, 0)]
    assert asked == [9_000, 7_000, 5_000, 7_000]
    assert figure(service, "least_threshold_fen", "coupon.tick", "k-1") == 7_000
    assert figure(service, "least_threshold_fen", "coupon.tick", "k-3") is None


def test_open_after_sales_are_those_neither_refunded_nor_closed_by_then(service):
    sale = {"order_id": "o-1", "type": "refund", "amount_fen": 100}
    tell(
        service.client("events"),
        event("aftersale.update", "a-1", -50, status="opened", **sale),
        event("aftersale.update", "a-2", -40, status="opened", **sale),
        event("aftersale.update", "a-1", -20, status="refunded", **sale),
        event("aftersale.update", "a-2", -10, status="closed", **sale),
    )

    asked = [figure(service, "open_after_sale_count", hours=hours) for hours in (-60, -45, -30, -15, 0)]
    assert asked == [0, 1, 2, 1, 0]


def invite(number, inviter, invitee, hours, device=None):
    more = {"device_ref": device} if device else {}
    return event(
        "fission.invite", f"i-{number}", hours, campaign_id="c-1", inviter_ref=inviter, invitee_ref=invitee, **more
    )


def test_invitations_are_counted_by_people_and_devices_as_of_the_instant(service):
    chance = random.Random(11)
    known = [
        (-n, str(chance.randrange(12)), str(chance.randrange(40)), chance.choice([None, *"dddefghij"]))
        for n in range(1, 90)
    ]
    tell(service.client("events"), *(invite(n, a, b, hours, device) for n, (hours, a, b, device) in enumerate(known)))

    for asked in (0, -30, -80):
        there = [each for each in known if each[0] <= asked]
        by_device = {}
        for _, _, person, device in there:
            by_device.setdefault(device, set()).add(person)
        by_device.pop(None, None)
        total = sum(map(len, by_device.values()))
        shared = sum(len(people) for people in by_device.values() if len(people) > 1)
        people, inviters = {b for _, _, b, _ in there}, {a for _, a, _, _ in there}
        assert figure(service, "invites_per_user_bp", "campaign.tick", hours=asked) == len(people) * 10_000 // len(
            inviters
        )
        assert figure(service, "shared_device_bp", "campaign.tick", hours=asked) == shared * 10_000 // total
    assert figure(service, "invites_per_user_bp", "campaign.tick", "c-2") is None


def test_the_level_of_a_reward_is_the_shortest_way_up_and_circles_end(service):
    chain = [("a", "b"), ("b", "c"), ("c", "d"), ("d", "b"), ("a", "e"), ("e", "d")]
    tell(service.client("events"), *(invite(n, *pair, -20 + n) for n, pair in enumerate(chain)))

    def level(beneficiary, source, hours=0):
        named = {"campaign_id": "c-1", "beneficiary_ref": beneficiary, "source_ref": source}
        return figure(service, "reward_level_count", "fission.reward", "r-1", hours, **named)

    assert [level("a", each) for each in "bcd"] == [1, 2, 2]
    assert level("a", "d", hours=-17) == 3  # before e came
    assert level("d", "c") == 2
    assert level("c", "a") is None
    assert level("z", "a") is None
    back = {"campaign_id": "c-1", "inviter_ref": "d", "invitee_ref": "b"}
    assert figure(service, "cycle_count", "fission.invite", "i-9", **back) == 1
    assert figure(service, "cycle_count", "fission.invite", "i-9", **back | {"invitee_ref": "new"}) == 0


def test_winners_on_the_list_of_staff_are_counted(service):
    said = {"type": "lottery", "prizes": [PRIZE], "rules_public": True}
    tell(service.client("events"), event("contest.create", "t-1", -50, staff_refs=["u-1", "u-2"], **said))
    tell(service.client("events"), event("contest.create", "t-2", -50, **said))
    winners = [{"ref": ref, "prize_fen": 1, "is_staff": False, "is_published": True} for ref in ("u-1", "u-3")]

    assert figure(service, "staff_winner_count", "contest.close", "t-1", winners=winners) == 1
    assert figure(service, "staff_winner_count", "contest.close", "t-2", winners=winners) is None


def test_what_is_left_of_a_payment_in_advance_counts_each_purchase_once(service):
    client = service.client("events")
    tell(client, event("topup.create", "v-1", -50, paid_fen=1_000, transaction_id="tx-1"))
    tell(client, event("topup.spend", "v-1", -40, 1, spent_fen=300, spend_id="b-1"))
    tell(client, event("topup.spend", "v-1", -40, 2, spent_fen=300, spend_id="b-1"))

    assert figure(service, "topup_unspent_fen", "split.request", "p-1", transaction_id="tx-1") == 700
    assert figure(service, "topup_unspent_fen", "split.request", "p-1", transaction_id="tx-9") is None


def test_a_buyers_day_and_age_come_from_the_orders_told_so_far(service):
    more = {"stock_type": "spot", "buyer_ref": "b-1"}
    told = [event("order.paid", f"o-{n}", -n * 5, paid_fen=100 + n, **more) for n in range(8)]
    told.append(event("order.paid", "o-x", -300, paid_fen=1, buyer_age_band="60_plus", **more))
    tell(service.client("events"), *told)

    def of(name, hours=0):
        return figure(service, name, "order.paid", "o-0", hours, buyer_ref="b-1")

    assert of("buyer_day_order_count") == 5  # 0, 5, 10, 15 and 20 hours ago
    assert of("buyer_day_fen") == sum(100 + n for n in range(5))
    assert of("buyer_order_count") == 9
    assert of("buyer_senior_count") == 1
    assert of("buyer_senior_count", hours=-301) == 0
    assert figure(service, "buyer_order_count", "order.paid", "o-0") is None


def test_a_year_of_imports_ends_in_china_and_gives_back_what_was_cancelled(service):
    service.clock.at = START + timedelta(days=60)
    into_year = 24 * 39 - 3  # 2027-01-01 in China begins 38 days and 6 hours after the tests' start
    told = [
        event("crossborder.order", "o-1", -10, customs_fen=1_000, buyer_ref="b-1", risk_notice_shown=True),
        event("crossborder.order", "o-2", -9, customs_fen=500, buyer_ref="b-1"),
        event("order.cancel", "o-2", 5, cancel_type="buyer"),
        event("crossborder.order", "o-3", into_year, customs_fen=70, buyer_ref="b-1"),
        event("crossborder.order", "o-4", -8, customs_fen=9_000, buyer_ref="b-2"),
    ]
    tell(service.client("events"), *told)

    def year(hours, subject="o-9"):
        return figure(
            service, "crossborder_year_fen", "crossborder.order", subject, hours, buyer_ref="b-1", customs_fen=1
        )

    assert [year(hours) for hours in (0, 6, into_year + 1)] == [1_501, 1_001, 71]
    assert year(0, "o-1") == 501  # the order itself is counted once
    assert figure(service, "crossborder_year_fen", "crossborder.order", "o-9", customs_fen=1) is None


def test_entries_and_redemptions_of_a_day_are_held_against_the_days_before(service):
    def entry(name, hours, number):
        said = {"author_ref": f"u-{number}", "copyright_licensed": True}
        return event("ugc.submit", name, hours, number, **said)

    scan = {"redeemed": True, "required_permissions": []}
    told = [entry(f"e-{n}", -5, n) for n in range(8)]
    for day in range(7):
        hours = -30 - day * 24
        told += [entry(f"e-{day}-{n}", hours, n) for n in range(4)]
        told += [event("coupon.scan", f"s-{day}-{n}", hours, n, **scan) for n in range(3)]
    told += [
        event("coupon.scan", f"s-{n}", -5, n, redeemed=True, required_permissions=[], distance_meters=1_000 + n % 2)
        for n in range(4)
    ]
    told += [event("coupon.scan", "s-x", -5, redeemed=False, required_permissions=[], distance_meters=9_000)]
    tell(service.client("events"), *told)

    def of(name):
        return figure(service, name, "metrics.daily", "shop-1")

    assert of("entry_lift_bp") == 10_000  # eight against four a day
    assert of("new_author_bp") == 5_000
    assert of("visit_lift_bp") == 4 * 7 * 10_000 // 21 - 10_000
    assert of("far_redemption_bp") == 5_000
