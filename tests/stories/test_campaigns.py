"""Campaigns from their check before the start over their daily looks to the list, through HTTP."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.flows.due_deadlines import due_deadlines
from app.flows.tell_days import tell_days
from tests.campaigns import PRIZE, at, event, orders, rules_of, tell


@pytest.fixture
def client(service):
    return service.client("events", "rules")


def look(service, days):
    """Let some days go by and every daily look of them take place."""
    service.clock.advance(days=days)
    while due_deadlines(service.parts, now=service.clock()):
        pass


def test_a_coupon_is_held_against_the_shops_own_orders(client):
    tell(client, *orders(10_000, 20))
    coupon = {"type": "full_reduction", "amount_fen": 1_000}

    said = tell(
        client,
        *(event("coupon.create", f"k-{fen}", -1, threshold_fen=fen, **coupon) for fen in (6_000, 7_000, 5_999, 10_001)),
    )

    assert [(each["decision"], rules_of(each)) for each in said] == [
        ("pass", []),
        ("pass", []),
        ("warn", ["S5-40"]),
        ("review", ["S5-40", "S5-41"]),
    ]


def test_without_enough_orders_a_threshold_goes_to_a_person(client):
    [said] = tell(client, event("coupon.create", "k-1", -1, type="full_reduction", threshold_fen=6_000))

    assert said["decision"] == "review"
    assert said["firings"][0]["missing"] == ["past.average_order_fen"]


def test_a_struck_through_price_is_held_against_real_deals(client):
    items = [{"sku_id": "s-1", "count": 1, "unit_fen": 9_900}]
    tell(client, event("order.paid", "o-1", -30, paid_fen=9_900, stock_type="spot", items=items))

    said = tell(
        client,
        event("price.compare", "s-1", -1, 1, compare_fen=9_901),
        event("price.compare", "s-1", -1, 2, compare_fen=9_900),
        event("price.compare", "s-2", -1, compare_fen=9_900),
    )

    assert [each["decision"] for each in said] == ["block", "pass", "review"]


def test_a_price_raised_before_a_promotion_is_stopped_and_one_below_cost_reviewed(client):
    tell(
        client,
        event("price.publish", "s-1", -400, price_type="list", price_fen=10_000, unit_cost_fen=6_000),
        event("price.publish", "s-1", -100, price_type="list", price_fen=12_000),
        event("price.publish", "s-2", -400, price_type="list", price_fen=10_000, unit_cost_fen=6_000),
    )

    said = tell(
        client,
        event("price.publish", "s-1", -1, price_type="promotion", price_fen=9_000),
        event("price.publish", "s-2", -1, 1, price_type="promotion", price_fen=5_999),
        event("price.publish", "s-2", -1, 2, price_type="promotion", price_fen=6_000),
    )

    assert [(each["decision"], rules_of(each)) for each in said] == [
        ("block", ["S5-43"]),
        ("review", ["S5-42"]),
        ("pass", []),
    ]


def test_a_countdown_that_begins_again_is_stopped(client):
    flash = {"type": "flash_sale", "carrier": "shop"}
    first, second = tell(
        client,
        event("campaign.create", "c-1", -10, ends_at=at(-2), **flash),
        event("campaign.create", "c-1", -3, ends_at=at(9), **flash),
    )

    assert first["decision"] == "pass"
    assert (second["decision"], rules_of(second)) == ("block", ["S1-11"])


def test_rewards_beyond_two_invitations_are_stopped_whatever_the_plan_says(client):
    for number, (inviter, invitee) in enumerate(["ab", "bc", "cd", "da"]):
        told = {"campaign_id": "c-1", "inviter_ref": inviter, "invitee_ref": invitee}
        [said] = tell(client, event("fission.invite", f"i-{number}", -9 + number, **told))
    assert rules_of(said) == ["S5-03c"]  # d brought a back in

    plan = {"campaign_id": "c-1", "beneficiary_ref": "a", "basis": "own_order", "reward_level_count": 1}
    said = tell(client, *(event("fission.reward", f"r-{who}", -1, source_ref=who, **plan) for who in "cd"))
    assert [(each["decision"], rules_of(each)) for each in said] == [("pass", []), ("block", ["S5-01"])]


def test_prizes_changed_after_the_start_are_stopped(client):
    said = {"type": "lottery", "conditions": "下单即可", "draw_at": at(99), "rules_public": True, "starts_at": at(-5)}
    told = [
        event("contest.create", "t-1", -9, prizes=[PRIZE], **said),
        event("contest.create", "t-1", -8, prizes=[PRIZE | {"count": 5}], **said),  # before the start: allowed
        event("contest.create", "t-1", -4, prizes=[PRIZE | {"count": 5}], **said),
        event("contest.create", "t-1", -3, prizes=[PRIZE | {"count": 4}], **said),
    ]

    assert [rules_of(each) for each in tell(client, *told)] == [[], [], [], ["S5-11"]]


def test_a_payment_in_advance_can_be_asked_back_within_seven_days_until_it_is_used(client):
    terms = {"contract_signed": True, "refund_rules_shown": True, "paid_fen": 10_000}
    tell(client, *(event("topup.create", f"v-{n}", -24 * 6, transaction_id=f"tx-{n}", **terms) for n in (1, 2)))
    tell(client, event("topup.spend", "v-2", -50, spent_fen=1))

    refused = tell(client, *(event("topup.refund", f"v-{n}", -1, answer="refused") for n in (1, 2)))
    split = {"transaction_id": "tx-1", "receivers": [], "unsplit_fen": 1, "max_ratio_bp": 1}
    [shared] = tell(client, event("split.request", "p-1", -1, **split))

    assert [rules_of(each) for each in refused] == [["S5-33"], []]
    assert "S5-34" in rules_of(shared)


def test_points_are_announced_before_they_lapse(client):
    told = [
        event("points.change", "x-1", -24 * 31, type="clear", effective_at=at(0), announced_at=at(-24 * 31)),
        event("points.change", "x-1", -1, type="clear", effective_at=at(0)),
        event("points.change", "x-2", -1, type="clear", effective_at=at(0)),
    ]

    assert [rules_of(each) for each in tell(client, *told)] == [[], [], ["S5-30"]]


def test_an_entry_is_published_only_after_its_screening_passed(service, client):
    screen = service.client("screen")
    service.screen(screen, content_id="v-1")
    service.screen(screen, text="全网最佳，根治痘痘", content_id="v-2")
    entry = {"copyright_licensed": True}

    said = tell(client, *(event("ugc.submit", f"e-{n}", -1, content_id=f"v-{n}", **entry) for n in (1, 2, 3)))

    assert [rules_of(each) for each in said] == [[], ["S5-14b"], ["S5-14b"]]


def test_a_running_campaign_is_looked_at_each_day_and_what_changed_is_said(service, client):
    tell(client, *orders(10_000, 20), event("inventory.event", "s-1", -5, stock_count=50, open_order_count=0))
    flash = {"type": "flash_sale", "carrier": "shop", "sku_id": "s-1", "ends_at": at(80), "declared_stock_count": 50}
    [first] = tell(client, event("campaign.create", "c-1", -1, **flash))
    tell(client, event("coupon.create", "k-1", -1, type="full_reduction", threshold_fen=6_500, campaign_id="c-1"))
    assert first["decision"] == "pass"
    assert [each["kind"] for each in first["deadlines"]] == ["campaign.tick"] * 4

    look(service, 1)
    assert client.get("/v1/campaigns").get_json()["items"][0]["decision"] == "pass"

    tell(client, *orders(2_000, 40, hours=20, prefix="p"), event("inventory.event", "s-1", 21, stock_count=0))
    look(service, 1)
    [item] = client.get("/v1/campaigns").get_json()["items"]
    assert [each["rule"] for each in item["firings"]] == ["S5-40b", "S1-11b"]
    assert item["decision"] == "warn"

    look(service, 5)
    whole = client.get("/v1/campaigns/c-1").get_json()
    assert whole["state"] == "ended"
    assert [(each["day"], each["average_order_fen"]) for each in whole["days"]][:2] == [
        ("2026-11-23", 10_000),
        ("2026-11-24", (20 * 10_000 + 40 * 2_000) // 60),
    ]
    assert whole["figures"]["threshold_bp"] == 6_500 * 10_000 // 4_666
    assert {each["kind"] for each in whole["judgements"]} == {"campaign.tick"}


def test_invitations_that_run_hot_are_seen_by_the_daily_look(service, client):
    tell(client, event("campaign.create", "c-1", -1, type="share_reward", carrier="miniprogram", ends_at=at(200)))
    told = [
        event("fission.invite", f"i-{n}", 1, n, campaign_id="c-1", inviter_ref="a", invitee_ref=f"u-{n}")
        for n in range(6)
    ]
    service.clock.advance(hours=2)
    tell(client, *told)

    look(service, 1)

    [item] = client.get("/v1/campaigns").get_json()["items"]
    assert [each["rule"] for each in item["firings"]] == ["S5-03b"]
    assert item["firings"][0]["remedy"].startswith("核查邀请来源")


def test_a_campaign_told_anew_stands_as_it_was_told_last(client):
    tell(client, event("campaign.create", "c-1", -5, type="flash_sale", carrier="shop"))
    assert client.get("/v1/campaigns").get_json()["items"][0]["decision"] == "block"

    tell(client, event("campaign.create", "c-1", -3, type="flash_sale", carrier="shop", ends_at=at(9)))
    assert client.get("/v1/campaigns").get_json()["items"][0]["decision"] == "pass"
    assert len(client.get("/v1/campaigns/c-1").get_json()["judgements"]) == 1


def test_a_coupon_of_no_campaign_is_looked_at_while_it_holds(service, client):
    tell(client, *orders(10_000, 20))
    coupon = {"type": "full_reduction", "threshold_fen": 6_500, "valid_from_at": at(0), "valid_to_at": at(72)}
    [said] = tell(client, event("coupon.create", "k-1", -1, **coupon))
    assert [each["kind"] for each in said["deadlines"]] == ["coupon.tick"] * 2

    service.clock.advance(hours=12)
    tell(client, *orders(1_000, 40, hours=10, prefix="p"))
    look(service, 1)

    body = {"from_at": at(-10), "to_at": at(90), "parameters": {"marketing.threshold_high_bp": 100_000}}
    answer = client.post("/v1/campaigns/what-if", json=body).get_json()
    assert [(each["before"], each["after"], each["count"]) for each in answer["decisions"]] == [("warn", "pass", 1)]


def test_the_list_is_paged_filtered_and_bound_to_the_keys_shops(service, client):
    tell(client, *(event("campaign.create", f"c-{n}", -9 + n, type="other", title=f"=活动{n}") for n in range(5)))
    tell(client, event("campaign.create", "c-0", -1, type="other", ended=True))

    first = client.get("/v1/campaigns?limit=3").get_json()
    rest = client.get("/v1/campaigns", query_string={"limit": 3, "cursor": first["next_cursor"]}).get_json()
    assert [each["campaign_id"] for each in first["items"] + rest["items"]] == [f"c-{n}" for n in (4, 3, 2, 1, 0)]
    assert rest["next_cursor"] is None
    assert [each["campaign_id"] for each in client.get("/v1/campaigns?state=ended").get_json()["items"]] == ["c-0"]
    assert client.get("/v1/campaigns?type=flash_sale").get_json()["items"] == []
    table = client.get("/v1/campaigns.csv").text.splitlines()
    assert len(table) == 6
    assert table[1].startswith("c-4,shop-1,other,'=活动4,running")
    other = service.client("events", shops=["shop-2"])
    assert other.get("/v1/campaigns").get_json()["items"] == []
    assert other.get("/v1/campaigns/c-1").status_code == 404
    assert service.client("screen").get("/v1/campaigns").status_code == 403


def test_a_whole_campaign_is_checked_before_it_starts_and_nothing_is_stored(service, client):
    tell(client, *orders(10_000, 20))
    document = {
        "shop_id": "shop-1",
        "campaign": {"campaign_id": "c-1", "type": "flash_sale", "carrier": "shop"},
        "coupons": [{"coupon_id": "k-1", "type": "full_reduction", "threshold_fen": 6_500, "amount_fen": 1_000}],
        "contests": [{"type": "lottery", "prizes": [PRIZE | {"value_fen": 5_000_001}], "rules_public": True}],
    }

    answer = client.post("/v1/campaigns/check", json=document).get_json()

    said = {each["part"]: each for each in answer["parts"]}
    assert answer["decision"] == "block"
    assert [said[part]["decision"] for part in ("campaign", "coupons.0", "contests.0")] == ["block", "pass", "block"]
    assert said["coupons.0"]["figures"]["past.average_order_fen"] == 10_000
    assert [each["rule"] for each in said["contests.0"]["firings"]] == ["S5-10", "S5-11"]
    assert said["contests.0"]["firings"][0]["remedy"] == "将单个奖品价值降到五万元以内"
    assert client.get("/v1/campaigns").get_json()["items"] == []
    assert service.client("events", shops=["shop-2"]).post("/v1/campaigns/check", json=document).status_code == 403


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"campaign": {"type": "flash"}}, "campaign.type"),
        ({"coupons": [{"type": "share", "thresholdfen": 1}]}, "coupons.0.thresholdfen"),
        ({"contests": [{"type": "lottery"}]}, "contests.0.prizes"),
        ({}, "campaign"),
    ],
)
def test_what_does_not_fit_is_named_by_its_place(client, more, field):
    answer = client.post("/v1/campaigns/check", json={"shop_id": "shop-1"} | more)

    assert answer.status_code == 422
    assert field in [each["field"] for each in answer.get_json()["errors"]]


def test_an_evaluation_for_a_shop_works_the_figures_out(client):
    tell(client, *orders(10_000, 20))
    body = {"kind": "coupon.create", "facts": {"type": "full_reduction", "threshold_fen": 7_001}, "shop_id": "shop-1"}

    asked = client.post("/v1/evaluations", json=body).get_json()
    given = client.post("/v1/evaluations", json=body | {"facts": body["facts"] | {"past.average_order_fen": 10_002}})

    assert asked["figures"] == {"past.average_order_fen": 10_000}
    assert (asked["decision"], given.get_json()["decision"]) == ("warn", "pass")
    no_shop = {name: body[name] for name in ("kind", "facts")}
    assert client.post("/v1/evaluations", json=no_shop).get_json()["decision"] == "review"


def test_another_threshold_is_tried_on_last_months_campaigns(client):
    tell(client, *orders(10_000, 20))
    coupon = {"type": "full_reduction"}
    tell(client, *(event("coupon.create", f"k-{n}", -1, threshold_fen=6_000 + n * 400, **coupon) for n in range(5)))
    body = {"from_at": at(-24 * 30), "to_at": at(0), "parameters": {"marketing.threshold_high_bp": 7_300}}

    answer = client.post("/v1/campaigns/what-if", json=body).get_json()

    assert (answer["looked_at"], answer["changed"]) == (5, 1)
    assert {"before": "warn", "after": "pass", "count": 1} in answer["decisions"]
    assert answer["samples"][0]["screening_id"] == "coupon:k-3"
    assert client.post("/v1/campaigns/what-if", json=body | {"parameters": {"marketing.none": 1}}).status_code == 422
    bounds = {"marketing.prize_max_fen": 5_000_001}
    assert client.post("/v1/campaigns/what-if", json=body | {"parameters": bounds}).status_code == 422


def test_an_older_buyer_and_a_township_are_looked_after(client):
    more = {"stock_type": "spot", "buyer_ref": "b-1", "paid_fen": 100}
    told = [event("order.paid", "o-0", -99, buyer_age_band="60_plus", **more)]
    told += [event("order.paid", f"o-{n}", -9 + n, **more) for n in range(1, 7)]
    told += [event("order.paid", "o-9", -1, paid_fen=100, stock_type="spot", delivery_area="township")]

    said = tell(client, *told)

    assert [rules_of(each) for each in said] == [[]] + [["S9-03"] if n == 6 else [] for n in range(1, 7)] + [["S9-05"]]


def test_imports_of_a_year_and_late_returns_go_to_a_person(service, client):
    both = {"buyer_ref": "b-1", "risk_notice_shown": True, "separate_consent": True}
    told = [event("crossborder.order", f"o-{n}", -50 + n, customs_fen=500_000, **both) for n in range(6)]
    said = tell(client, *told)
    assert [rules_of(each) for each in said] == [[]] * 5 + [["S9-06"]]
    assert said[-1]["decision"] == "review"  # the limits were read at second hand only: nobody signed them off yet

    tell(client, event("crossborder.order", "o-x", -10, customs_fen=1, customs_released_at=at(-9), **both))
    service.clock.advance(days=45)
    late = tell(client, *(event("refund.request", "o-x", 24 * 45 - 9, n, refund_fen=n, split_fen=0) for n in (1, 2)))
    assert ["S9-08" in rules_of(each) for each in late] == [False, False]
    [later] = tell(client, event("refund.request", "o-x", 24 * 45 - 8.5, refund_fen=3, split_fen=0))
    assert "S9-08" in rules_of(later)


def test_a_day_whose_entries_jump_with_new_authors_is_told(service, client):
    start = service.clock() - timedelta(hours=18)  # the day before, in China, ends at 16:00 UTC
    told = []
    for n in range(40):
        name = f"u-{n}" if n < 20 else f"new-{n}"
        hours = -24 * 3 if n < 20 else -30
        told.append(event("ugc.submit", f"e-{n}", hours, n, author_ref=name, copyright_licensed=True))
    tell(client, *told)
    assert start < service.clock()

    assert tell_days(service.parts, now=service.clock()) == 1

    from sqlalchemy import select

    from app.models import EventDecision

    with service.parts.db.read() as session:
        row = session.scalar(select(EventDecision).where(EventDecision.kind == "metrics.daily"))
    assert [firing["rule"] for firing in row.firings] == ["S5-15"]
