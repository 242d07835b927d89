"""What the service sees by itself counts, whatever the caller says: its register of consents, and the words sent."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.events.shown_words import is_marked, says_actual, says_ai, text_prize_fen
from tests.service import START

GIVEN = {
    "scope": ["浏览记录"],
    "text_version": "v3",
    "text_digest": "sha256:" + "a" * 64,
    "given_at": (START - timedelta(days=9)).isoformat(),
    "channel": "miniprogram",
    "withdrawal": "设置 - 隐私 - 撤回",
}
TRACKED = {"channel": "wecom", "purpose": "cross_channel_tracking", "consent.is_valid": True}
COLLECTED = {"purpose": "segmentation", "current_version": "v3"}


@pytest.fixture
def told(service):
    events, count = service.client("events"), iter(range(99))

    def tell(kind, subject, data):
        said = {"id": f"e-{next(count)}", "kind": kind, "subject": subject, "shop_id": "shop-1", "data": data}
        answer = events.post("/v1/events", json=said | {"occurred_at": service.clock().isoformat()}).get_json()
        [result] = answer["results"]
        return {firing["rule"] for firing in result["firings"]}

    return tell


def test_a_consent_the_register_does_not_have_is_not_believed(service, told):
    people = service.client("people")

    assert "S1-30b" not in told("track.collect", "buyer-1", TRACKED)  # nothing is kept of the person
    people.put("/v1/people/buyer-1/consents/marketing", json=GIVEN)
    assert "S1-30b" in told("track.collect", "buyer-1", TRACKED)
    people.put("/v1/people/buyer-1/consents/cross_channel_tracking", json=GIVEN)
    assert "S1-30b" not in told("track.collect", "buyer-1", TRACKED)
    assert "S8-30b" in told("profile.collect", "buyer-1", COLLECTED)
    people.put("/v1/people/buyer-1/consents/profiling", json=GIVEN)
    assert "S8-30b" not in told("profile.collect", "buyer-1", COLLECTED)


def test_a_withdrawal_in_the_register_stops_what_the_caller_still_calls_valid(service, told):
    people, used = service.client("people"), {"purpose": "marketing", "age": 30, "is_statutory_retention": False}
    people.put("/v1/people/buyer-1/consents/marketing", json=GIVEN)
    assert told("pii.use", "buyer-1", used) == set()

    people.delete("/v1/people/buyer-1/consents/marketing")
    service.clock.advance(minutes=1)

    assert told("pii.use", "buyer-1", used) == {"S8-38b"}
    assert told("pii.use", "buyer-1", used | {"purpose": "storage"}) == set()


def test_giving_data_away_needs_the_registers_separate_consent_to_that_recipient(service, told):
    shared = {"recipient": "partner-1", "separate_consent": True, "record_id": "r-1"}
    own = GIVEN | {"recipient": "partner-2", "is_separate": True}
    people = service.client("people")
    people.put("/v1/people/buyer-1/consents/sharing", json=own)
    assert told("pii.share", "buyer-1", shared) == {"S8-33b"}

    people.put("/v1/people/buyer-1/consents/sharing", json=own | {"recipient": "partner-1"})

    assert told("pii.share", "buyer-1", shared) == set()


def test_an_age_that_contradicts_the_register_is_for_a_person(service, told):
    child = GIVEN | {"is_under_14": True, "guardian": "母亲"}
    service.client("people").put("/v1/people/buyer-1/consents/marketing", json=child)
    used = {"purpose": "marketing", "age": 20, "guardian_consent": False, "is_statutory_retention": False}

    assert told("pii.use", "buyer-1", used) == {"S8-34b"}
    assert told("pii.use", "buyer-1", used | {"guardian_consent": True}) == set()


@pytest.mark.parametrize(
    ("kind", "data", "rule"),
    [
        ("community.join", {"channel": "group", "invite_text": "没点关注的不给发货"}, "S6-10c"),
        (
            "share.reward",
            {"carrier": "miniprogram", "rules_text": "五星好评返5元", "requires": [], "discloses_reward": True},
            "S6-41c",
        ),
        ("lottery.create", {"prizes": [], "claim_ways": ["phone"], "rules_text": "转发到3个群截图才能领"}, "S6-40b"),
        ("lottery.create", {"prizes": [], "claim_ways": ["phone"], "rules_text": "一等奖价值8.8万元"}, "S6-42b"),
        ("contest.create", {"type": "lottery", "prizes": [], "conditions": "头奖60,000元"}, "S5-10c"),
        ("provider.ops", {"text": "刷赞套餐 真人秒到"}, "S7-23c"),
        ("recommend.slot", {"paid": True, "shown_text": "非广告 真心推荐"}, "S7-13"),
        ("traffic.boost", {"paid": True, "favoured": False, "shown_text": "无广告"}, "S7-03"),
        ("tryon.render", {"has_ai_label": True, "claims_actual_effect": False, "caption": "这就是真实效果"}, "S4-36b"),
    ],
)
def test_words_are_read_whatever_is_said_of_them(told, kind, data, rule):
    assert rule in told(kind, "subject-1", data)


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("community.join", {"channel": "group", "invite_text": "欢迎入群，不关注也能买"}),
        ("recommend.slot", {"paid": True, "shown_text": "【广 告】精选课程"}),
        ("tryon.render", {"has_ai_label": False, "claims_actual_effect": False, "caption": "AI生成，不代表实际效果"}),
        ("contest.create", {"type": "lottery", "prizes": [], "conditions": "头奖50000元"}),
    ],
)
def test_honest_words_raise_nothing_by_themselves(told, kind, data):
    assert not told(kind, "subject-2", data) & {"S6-10c", "S7-13", "S4-36", "S4-36b", "S5-10c"}


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("广告", True),
        ("【广 告】", True),
        ("廣告", True),
        ("非广告", False),
        ("不是广告", False),
        ("推广", False),
        (None, False),
    ],
)
def test_only_the_mark_itself_is_one(text, marked):
    assert is_marked(text) is marked


def test_the_largest_sum_counts_in_fen():
    assert text_prize_fen("二等奖100元，一等奖８.８万元") == 8_800_000
    assert text_prize_fen("奖金50000.01元") == 5_000_001
    assert text_prize_fen("奖品一份") is None


def test_a_denied_label_is_none():
    assert (says_ai("AI生成"), says_ai("非AI生成"), says_actual("与实际效果有差异")) == (True, False, False)
