"""Recommending by friends' likes: weights multiplied, consents asked of the register, engagement counted."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.live_rooms import rules_of, tell

EXPOSED = {
    "content_id": "v-1",
    "receiver_ref": "u-2",
    "liker_ref": "u-1",
    "is_boosted": False,
    "is_goods": False,
    "ad_label": False,
}
CONSENT = {
    "scope": ["点赞"],
    "text_version": "v1",
    "text_digest": "sha256:" + "0" * 64,
    "channel": "miniprogram",
    "withdrawal": "设置 - 撤回",
}


@pytest.fixture
def client(service):
    return service.client()


def boosts(**given):
    return [{"on": name, "boost_bp": value} for name, value in given.items()]


@pytest.mark.parametrize(
    ("given", "rules"),
    [
        (boosts(friend=3000), []),
        (boosts(friend=3001), ["S4-01"]),
        (boosts(friend=2000, repurchase=1000), ["S4-01b"]),
        (boosts(friend=2500, fresh=400), []),
        (boosts(friend=2500, fresh=401), ["S4-01b"]),
        (boosts(paid=9000), []),
        ([{"on": "friend", "boost_bp": 1500}, {"on": "friend", "boost_bp": 1500}], ["S4-01"]),
    ],
)
def test_boosts_are_multiplied_before_they_are_compared(service, given, rules):
    data = {
        "version": "1",
        "boosts": given,
        "has_general_option": True,
        "has_tag_deletion": True,
        "audience_min_age": 18,
    }

    told = tell(service.client("events"), service, "recommend.config", data, subject="feed")

    assert [rule for rule in rules_of(told) if rule != "S4-05c"] == rules  # advice: nothing is registered here


def consent(client, service, person, purpose):
    body = CONSENT | {"given_at": service.clock().isoformat()}
    assert client.put(f"/v1/people/{person}/consents/{purpose}", json=body).status_code in {200, 201}


def test_a_like_is_shown_only_while_the_consent_of_who_liked_holds(service, client):
    before = tell(client, service, "recommend.expose", EXPOSED, subject="x-1")
    consent(client, service, "u-1", "share_like")
    while_held = tell(client, service, "recommend.expose", EXPOSED, subject="x-2")
    service.clock.advance(minutes=1)
    assert client.delete("/v1/people/u-1/consents/share_like").status_code == 200
    after = tell(client, service, "recommend.expose", EXPOSED, subject="x-3")

    assert [rules_of(each) for each in (before, while_held, after)] == [["S4-02"], [], ["S4-02"]]


def test_who_switched_recommending_off_is_not_recommended_to(service, client):
    consent(client, service, "u-2", "personalized_recommendation")
    nobody = EXPOSED | {"liker_ref": None}
    before = tell(client, service, "recommend.expose", nobody, subject="x-1")
    service.clock.advance(minutes=1)
    client.delete("/v1/people/u-2/consents/personalized_recommendation")

    after = tell(client, service, "recommend.expose", nobody, subject="x-2")

    assert [rules_of(each) for each in (before, after)] == [[], ["S4-02b"]]


def like(client, service, number, *, device="d-1", target="v-1", at=None):
    data = {"action": "like", "target": target, "device_ref": device}
    return tell(client, service, "engagement.event", data, subject=f"e-{number}", at=at)


def test_the_sixth_like_of_a_device_within_an_hour_is_one_too_many(service, client):
    told = [rules_of(like(client, service, number, target=f"v-{number}")) for number in range(6)]
    service.clock.advance(hours=1)

    assert told == [[]] * 5 + [["S4-04"]]
    assert rules_of(like(client, service, 7)) == []


def test_an_hour_far_above_its_usual_is_seen_and_a_busy_but_even_one_is_not(service, client):
    begin = service.clock() - timedelta(hours=20)
    events = []

    def add(target, hour, count):
        for number in range(count):
            at = begin + timedelta(hours=hour, minutes=30, seconds=number)
            data = {"action": "like", "target": target, "device_ref": f"d-{len(events)}"}
            events.append(
                {
                    "id": f"e{len(events)}",
                    "kind": "engagement.event",
                    "subject": f"e{len(events)}",
                    "shop_id": "shop-1",
                    "occurred_at": at.isoformat(),
                    "data": data,
                }
            )

    for hour in range(20):
        add("quiet", hour, 2 + hour % 2)
        add("busy", hour, 30 + hour % 5)
    client.post("/v1/events", json={"events": events[:800]})
    client.post("/v1/events", json={"events": events[800:]}) if len(events) > 800 else None
    burst = []
    for number in range(40):
        data = {"action": "like", "target": "quiet", "device_ref": f"b-{number}"}
        burst.append(rules_of(tell(client, service, "engagement.event", data, subject=f"b-{number}")))

    assert burst[-1] == ["S4-04b"]
    assert burst[10] == []
    assert rules_of(like(client, service, 1, device="z", target="busy")) == []


def test_an_engagement_without_a_device_says_so(service, client):
    data = {"action": "like", "target": "v-1"}

    assert rules_of(tell(client, service, "engagement.event", data, subject="e-1")) == ["S4-04c"]


def test_a_subsidys_terms_are_read_and_its_approver_is_no_relation(service):
    client = service.client("events")
    fair = {
        "terms": "按次补贴，不要求独家",
        "amount_fen": 100,
        "beneficiary_ref": "m-1",
        "approver_refs": ["u-1"],
        "related_refs": ["m-1"],
        "criteria_published_at": service.clock().isoformat(),
        "criteria_url": "https://example.com",
    }

    def grant(number, **more):
        return rules_of(tell(client, service, "subsidy.grant", fair | more, subject=f"s-{number}"))

    assert grant(1) == []
    assert grant(2, terms="须与平台独家合作") == ["S4-37"]
    assert grant(3, related_refs=["m-1", "u-1"]) == ["S4-37c"]
    assert grant(4, criteria_url="") == ["S4-37b"]
