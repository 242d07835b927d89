"""What is said about customers, prices and messages is judged by what was worked out, not by what is claimed."""

from __future__ import annotations

from datetime import timedelta

from app.flows.tell_days import tell_days
from app.flows.tier_people import tier_people
from app.flows.watch_feeds import beat
from tests.service import START

CONSENT = {
    "scope": ["微信号"],
    "text_version": "v1",
    "text_digest": "sha256:" + "0" * 64,
    "given_at": "2026-10-01T20:00:00+08:00",
    "channel": "miniprogram",
    "withdrawal": "设置 - 撤回",
}


def tell(client, kind, subject, data, *, hours=0.0, number=[0]):  # noqa: B006 - a counter
    number[0] += 1
    at = (START + timedelta(hours=hours)).isoformat()
    event = {"id": f"e-{number[0]}", "kind": kind, "subject": subject, "shop_id": "shop-1", "occurred_at": at}
    [told] = client.post("/v1/events", json=event | {"data": data}).get_json()["results"]
    assert told["status"] == "accepted", told
    return {firing["rule"]: firing for firing in told["firings"]}


def pay(client, order_id, buyer, fen, *, hours, **more):
    data = {"paid_fen": fen, "buyer_ref": buyer, "stock_type": "spot", "channel": "live", **more}
    return tell(client, "order.paid", order_id, data, hours=hours)


def test_a_tier_is_judged_by_the_orders_and_the_activity_that_were_told(service):
    client = service.client()
    pay(client, "o-1", "b-1", 1_500_000, hours=-48)
    unknown = tell(client, "profile.tier_assign", "buyer:b-1", {"tier": "high"}, hours=-40)
    tell(client, "person.activity", "buyer:b-1", {"channel": "shop", "followed_brand_count": 2}, hours=-39)
    two = tell(client, "profile.tier_assign", "buyer:b-1", {"tier": "high"}, hours=-38)
    tell(client, "person.activity", "b-1", {"channel": "shop", "followed_brand_count": 3}, hours=-37)
    three = tell(client, "profile.tier_assign", "buyer:b-1", {"tier": "high"}, hours=-36)
    other = tell(client, "profile.tier_assign", "buyer:b-1", {"tier": "potential"}, hours=-35)

    assert unknown["S1-01"]["missing"] == ["past.followed_brand_count"]
    assert two["S1-01"]["bindings"]["past.followed_brand_count"] == 2
    assert "S1-01" not in three
    assert other["S1-10"]["bindings"]["past.monthly_spend_fen"] == 500_000


def test_the_same_offer_in_the_same_minute_must_not_cost_a_better_customer_more(service):
    client = service.client()

    def quote(name, person, fen, *, seconds=0, **more):
        data = {"sku_id": "sku-1", "person_ref": person, "price_fen": fen, **more}
        return sorted(tell(client, "offer.price_quote", name, data, hours=-1 + seconds / 3600))

    assert quote("q-1", "b-1", 9900, tier="new") == []
    assert quote("q-2", "b-2", 9900, tier="high", seconds=1) == []
    assert quote("q-3", "b-3", 9950, tier="high", seconds=2) == ["S1-03"]
    assert quote("q-4", "b-4", 9000, tier="new", seconds=3, public_condition="满90减9") == []
    assert quote("q-5", "b-5", 9800, seconds=4, region="西藏", freight_fen=800) == []
    assert quote("q-6", "b-6", 9950, tier="high", seconds=63) == []
    assert quote("q-7", "b-7", 9900, tier="high", seconds=64) == ["S1-03b"]
    assert quote("q-8", "b-8", 9900, seconds=65, sku_id="sku-2") == []


def test_messages_of_a_day_are_counted_by_channel_and_blocked_ones_are_none(service):
    client = service.client()

    def wecom(hours, person="b-1"):
        data = {"channel": "wecom", "label_text": "广告", "has_easy_refusal": True, "is_personalized": False}
        return sorted(tell(client, "outreach.send", person, data, hours=hours))

    assert wecom(-30) == []
    assert wecom(-29.5) == ["S1-14"]
    assert wecom(-29.4, "buyer:b-1") == ["S1-14"]
    assert wecom(-29.3, "b-2") == []
    assert wecom(-6) == []


def test_a_month_of_messages_ends_at_its_days(sqlite_service):
    client = sqlite_service.client()
    data = {"channel": "wecom", "label_text": "广告", "has_easy_refusal": True, "is_personalized": False}
    told = [sorted(tell(client, "outreach.send", "b-1", data, hours=-24 * day)) for day in range(40, -1, -1)]

    assert told == [[]] * 41


def test_moments_need_a_consent_that_stands_in_the_register_and_rest_at_night(service):
    client = service.client()
    person = "/v1/people/buyer:b-1/consents/marketing"

    def moments(hours, **more):
        data = {"channel": "moments", "label_text": "广告", "has_easy_refusal": True, "is_personalized": False}
        return tell(client, "outreach.send", "b-1", data | more, hours=hours)

    assert moments(-31, **{"consent.is_valid": False}).keys() == {"S6-20"}
    assert client.put(person, json=CONSENT).status_code < 300
    assert moments(-30).keys() == set()  # 12:00 in China
    assert moments(-29).keys() == {"S6-20b"}  # the second of the day
    assert moments(-20).keys() == {"S6-20b"}  # 22:00
    assert moments(-4).keys() == set()  # 14:00 of the next day
    assert client.delete(person).status_code < 300
    service.clock.advance(hours=24)
    told = moments(23, **{"consent.is_valid": True})
    assert told["S6-20"]["decision"] == "block"


def test_a_second_reminder_within_half_a_cycle_is_a_warning_unless_the_person_did_something(service):
    client = service.client()
    data = {"channel": "sms", "topic": "repurchase", "label_text": "广告", "has_easy_refusal": True}
    data |= {"is_personalized": False}

    def remind(days):
        return sorted(tell(client, "outreach.send", "b-1", data, hours=-24 * days))

    assert remind(40) == []
    assert remind(32) == ["S5-35"]
    assert remind(23) == []
    tell(client, "person.activity", "b-1", {"channel": "live", "interaction_count": 1}, hours=-24 * 20)
    assert remind(19) == []


def test_who_joins_a_circle_has_consented_and_was_not_forced(service):
    client = service.client()
    join = {"channel": "wecom", "only_way_to": []}

    assert tell(client, "community.join", "b-1", join, hours=-3).keys() == {"S6-11"}
    client.put("/v1/people/buyer:b-1/consents/community", json=CONSENT)
    assert tell(client, "community.join", "b-1", join, hours=-2).keys() == set()
    forced = join | {"only_way_to": ["operator_info"], "invite_text": "添加后才能领取"}
    assert tell(client, "community.join", "b-1", forced, hours=-1).keys() == {"S6-10", "S6-10b"}


def test_rights_of_a_running_membership_are_cut_with_the_members_consent_only(service):
    client = service.client()
    change = {
        "effective_at": "2026-11-24T00:00:00+08:00",
        "valid_until_at": "2027-01-01T00:00:00+08:00",
        "rights": [{"right": "免邮", "before": 4, "after": 3}],
        "user_consent": False,
    }

    assert tell(client, "member.rights_change", "b-1", change, hours=-2).keys() == {"S1-06"}
    client.put("/v1/people/b-1/consents/membership_change", json=CONSENT)
    later = change | {"effective_at": "2026-11-25T00:00:00+08:00"}
    assert tell(client, "member.rights_change", "b-1", later, hours=-1).keys() == set()


def test_money_of_the_shops_own_circle_goes_through_the_platform(service):
    client = service.client()

    assert "S6-31" in pay(client, "o-1", "b-1", 100, hours=-3, channel="community", payment_method="personal_code")
    assert "S6-31b" in pay(client, "o-2", "b-1", 100, hours=-2, channel="community")
    told = pay(client, "o-3", "b-1", 100, hours=-1, channel="community", transaction_id="42")
    assert not told.keys() & {"S6-31", "S6-31b"}


def test_a_share_of_own_channels_that_grows_faster_than_the_curve_goes_to_a_person(service):
    client = service.client()
    september, october = -24 * 60, -24 * 30
    for number, (hours, live, own) in enumerate([(september, 8_000, 2_000), (october, 7_229, 2_771)]):
        pay(client, f"l-{number}", "b-1", live, hours=hours)
        pay(client, f"p-{number}", "b-1", own, hours=hours, channel="miniprogram", transaction_id=f"t-{number}")
    told = tell(client, "metrics.monthly", "private", {"name": "private_gmv_share"})

    assert told["S6-43"]["bindings"]["past.private_gmv_bp"] == 2771
    assert told["S6-43"]["bindings"]["past.private_gmv_before_bp"] == 2000


def test_a_days_figures_compare_the_segments_with_the_strategys_shares(sqlite_service):
    client, clock = sqlite_service.client(), sqlite_service.clock
    for number in range(100):
        activity = {"channel": "live", "visit_count": 1, "browse_seconds": 5}
        tell(client, "person.activity", f"b-{number}", activity, hours=-48)
    tier_people(sqlite_service.parts, "shop-1", as_of=START - timedelta(hours=24), by="test", now=clock())
    beat(sqlite_service.parts, "shop-1", now=clock())

    tell_days(sqlite_service.parts, now=clock())

    with sqlite_service.parts.db.read() as session:
        from app.event_log import decisions_about

        [decision] = decisions_about(session, "shop-1", "shop-1")
    assert [firing["rule"] for firing in decision.firings] == ["S1-02"]
    assert decision.facts["past.segment_new_bp"] == 10_000
