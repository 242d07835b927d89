"""Speech in live rooms over HTTP: heard together, flagged once, set right in time."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.flows.due_deadlines import due_deadlines
from app.flows.follow_snapshots import follow_once
from app.flows.hold_records import place_hold
from app.flows.prune_records import prune_records
from app.live.windows import Windows
from app.models import OutboxMessage
from app.values.access import Caller
from tests.live_rooms import ROOM, SHOP, hear, rules_of, said, tell


@pytest.fixture
def client(service):
    return service.client("events")


def words(answer):
    return [(hit["sequence"], hit["word"], hit["status"]) for hit in answer["hits"]]


def test_a_word_cut_over_two_calls_is_found_once(service, client):
    first = hear(client, said(service, "那我跟你们说", "同行都是"))
    second = hear(client, said(service, "骗子", "大家自己看", start=2))
    third = hear(client, said(service, "好的家人们", start=4))

    assert first["hits"] == [] == third["hits"]
    assert words(second) == [(1, "同行都是骗子", "flagged")]
    assert second["hits"][0]["hidden_by"] == ["split_over_segments"]
    assert rules_of(second["hits"][0]) == ["S4-23c"]


def test_a_window_forgotten_is_made_again_from_the_database(service, client):
    hear(client, said(service, "那我跟你们说", "同行都是"))
    service.parts.windows._windows.clear()

    second = hear(client, said(service, "骗子", start=2))
    service.parts.windows._windows.clear()
    again = hear(client, said(service, "不开玩笑", start=3))

    assert words(second) == [(1, "同行都是骗子", "flagged")]
    assert again["hits"] == []


def test_two_processes_taking_turns_hear_what_one_hears(service, client):
    ours, theirs = service.parts.windows, Windows()
    found = []
    for number, text in enumerate(["输了", "学", "狗", "叫", "开始吧"]):
        found += words(hear(client, said(service, text, start=number)))
        ours._windows, theirs._windows = theirs._windows, ours._windows

    assert [word for _, word, _ in found] == ["输了{0,6}学狗", "输了学狗叫"]  # the longer word is known with its end


def test_what_comes_late_is_read_with_its_neighbours(service, client):
    at = service.clock()
    hear(
        client, said(service, "同行都是", start=0) + said(service, "你们说对吧", start=2, at=at + timedelta(seconds=1))
    )

    late = hear(client, said(service, "骗子", start=1, at=at + timedelta(milliseconds=500)))

    assert words(late) == [(0, "同行都是骗子", "flagged")]


def test_what_comes_very_late_finds_its_neighbours_in_the_database(service, client):
    at = service.clock()
    texts = [f"第{number}件开价了" for number in range(120)]
    for begin in range(0, 120, 20):
        numbers = [number for number in range(begin, begin + 20) if number != 31]
        hear(
            client,
            [
                each
                for number in numbers
                for each in said(service, "同行都是" if number == 30 else texts[number], start=number, at=at)
            ],
        )

    late = hear(client, said(service, "骗子", start=31, at=at))
    again = hear(client, said(service, "骗子", start=31, at=at))

    assert words(late) == [(30, "同行都是骗子", "flagged")]
    assert again["results"] == [{"sequence": 31, "status": "duplicate"}]
    assert again["hits"] == []


def test_the_same_utterance_twice_is_one_and_other_words_under_its_number_are_refused(service, client):
    hear(client, said(service, "输了学狗叫"))

    again = hear(client, said(service, "输了学狗叫"))
    other = hear(client, said(service, "输了唱首歌"))

    assert (again["results"][0]["status"], again["hits"]) == ("duplicate", [])
    assert (other["results"][0]["status"], other["hits"]) == ("conflict", [])


def test_two_voices_are_not_read_as_one_sentence(service, client):
    one, other = said(service, "同行都是", speaker="a"), said(service, "骗子", start=1, speaker="b")

    assert hear(client, one + other)["hits"] == []


def test_a_long_silence_ends_a_sentence(service, client):
    late = service.clock() + timedelta(seconds=9)

    assert hear(client, said(service, "同行都是") + said(service, "骗子", start=1, at=late))["hits"] == []


def test_a_word_said_again_within_a_minute_is_counted_and_after_it_flagged_again(service, client):
    at = service.clock()
    said_at = [at, at + timedelta(seconds=59), at + timedelta(seconds=60)]
    service.clock.advance(minutes=2)
    told = [words(hear(client, said(service, "输了学狗叫", start=n, at=when))) for n, when in enumerate(said_at)]

    assert [each[0][2] for each in told] == ["flagged", "repeated", "flagged"]
    room = client.get(f"/v1/live/{ROOM}").json
    assert (room["heard"]["flag_count"], room["heard"]["repeat_count"], len(room["flags"])) == (2, 1, 2)


def test_taking_a_word_back_late_is_not_flagged_as_saying_it(service, client):
    hear(client, said(service, "这是国家级的技术"))
    service.clock.advance(minutes=5)

    late = hear(client, said(service, "前面说错了不是国家级", start=1))
    again = hear(client, said(service, "就是国家级的技术", start=2, at=service.clock() + timedelta(seconds=9)))

    assert [words(each)[0][2] for each in (late, again)] == ["repeated", "flagged"]


def test_a_bad_penalty_opens_one_case_and_freezes_nothing_on_hearsay(service, client):
    first = hear(client, said(service, "输了学狗叫"))
    second = hear(client, said(service, "输了灌酒", start=1))

    assert first["hits"][0]["decision"] == "block"
    assert first["hits"][0]["cases"] == second["hits"][0]["cases"]
    room = client.get(f"/v1/live/{ROOM}").json
    assert not room["is_frozen"]
    assert [flag["word"] for flag in room["flags"]] == ["输了学狗叫", "输了灌酒"]


def test_a_bad_penalty_freezes_the_room_once_the_rule_is_signed_off(service, client):
    asked = {
        "object_type": "rule",
        "pack": "live",
        "name": "S4-20c",
        "basis": "公告原文存档 2026-1",
        "signed_by": "王芳",
        "valid_from": "2026-11-01",
        "reason": "已核实",
    }
    sign_off = service.client().post("/v1/rules/sign-offs", json=asked).json
    second = service.app.test_client()
    second.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {service.key(name='second')}"
    agreed = {"approve": True, "reason": "看过原件"}
    assert second.post(f"/v1/rules/sign-offs/{sign_off['id']}/decide", json=agreed).status_code == 200
    follow_once(service.parts)

    told = hear(client, said(service, "输了学狗叫"))

    assert {each["decision"] for each in told["hits"][0]["firings"]} == {"block"}
    assert client.get(f"/v1/live/{ROOM}").json["is_frozen"]


def test_a_correction_in_time_meets_the_deadline(service, client):
    flagged = hear(client, said(service, "这是国家级的技术"))
    flag_id = flagged["hits"][0]["flag_id"]
    later = service.clock() + timedelta(seconds=58)
    service.clock.advance(seconds=59)
    answer = hear(client, said(service, "更正一下", "不是国家级", start=1, at=later))

    assert answer["corrected"] == [flag_id]
    [flag] = client.get(f"/v1/live/{ROOM}").json["flags"]
    assert (flag["correction"]["state"], flag["corrected_by"]) == ("met", "spoken")
    service.clock.advance(minutes=5)
    assert due_deadlines(service.parts, now=service.clock()) == 0


@pytest.mark.parametrize(
    ("words_said", "why"),
    [
        (["更正一下价格是九十九"], "another thing"),
        (["我没说错就是国家级"], "denied"),
        (["国家级国家级"], "no phrase"),
        (["刚才说到哪儿了"], "only points back"),
    ],
)
def test_what_does_not_set_it_right_leaves_the_deadline(service, client, words_said, why):
    hear(client, said(service, "这是国家级的技术"))

    answer = hear(client, said(service, *words_said, start=1, at=service.clock() + timedelta(seconds=5)))

    assert answer["corrected"] == [], why


def test_without_a_correction_the_rule_fires_after_a_minute(service, client):
    hear(client, said(service, "这是国家级的技术"))
    hear(client, said(service, "接着看下一款", start=1, at=service.clock() + timedelta(seconds=50)))
    service.clock.advance(seconds=61)

    assert due_deadlines(service.parts, now=service.clock()) == 1

    room = client.get(f"/v1/live/{ROOM}").json
    assert room["flags"][0]["correction"]["state"] == "passed"
    assert "S8-07" in {each["rule"] for each in room["effects"]}


def test_speech_that_broke_off_sends_the_missing_correction_to_a_person(service, client):
    hear(client, said(service, "这是国家级的技术"))
    service.clock.advance(seconds=61)

    due_deadlines(service.parts, now=service.clock())

    effects = client.get(f"/v1/live/{ROOM}").json["effects"]
    assert {(each["rule"], each["verb"]) for each in effects} >= {("S8-07b", "open_case")}


def test_a_correction_shown_on_the_screen_counts_too(service, client):
    flag_id = hear(client, said(service, "这是国家级的技术"))["hits"][0]["flag_id"]
    service.clock.advance(seconds=30)

    tell(client, service, "live.correction", {"room_id": ROOM, "way": "shown"}, subject=flag_id)

    [flag] = client.get(f"/v1/live/{ROOM}").json["flags"]
    assert (flag["correction"]["state"], flag["corrected_by"]) == ("met", "shown")


def test_speech_as_events_is_heard_like_speech_in_one_call(service, client):
    texts = ["同行都是", "骗子"]
    events = [
        {
            "id": f"s-{n}",
            "kind": "live.speech",
            "subject": ROOM,
            "shop_id": SHOP,
            "occurred_at": service.clock().isoformat(),
            "data": {"sequence": n, "text": text},
        }
        for n, text in enumerate(texts)
    ]
    other = {
        "id": "e-1",
        "kind": "live.end",
        "subject": ROOM,
        "shop_id": SHOP,
        "occurred_at": service.clock().isoformat(),
    }

    results = client.post("/v1/events", json={"events": [events[0], other, events[1]]}).json["results"]

    assert [each["status"] for each in results] == ["accepted"] * 3
    assert [rules_of(each) for each in results] == [["S4-23c"], ["S5-22"], []]
    again = client.post("/v1/events", json=events[1]).json["results"][0]
    assert again["status"] == "duplicate"


def test_speech_is_sealed_and_sentences_are_starred(service, client):
    hear(client, said(service, "同行都是骗子", "加我电话13800138000"))

    [flag] = client.get(f"/v1/live/{ROOM}").json["flags"]
    assert "13800138000" not in flag["sentence"]
    assert "138" in flag["sentence"]


def test_speech_is_kept_for_three_years_and_then_goes_but_not_where_it_is_held(service, client):
    hear(client, said(service, "大家好"))
    hear(client, said(service, "大家好"), shop="shop-2")
    service.clock.advance(days=1_095)
    early = prune_records(service.parts, now=service.clock()).removed.get("live_speech", 0)
    service.clock.advance(days=2)
    place_hold(
        service.parts,
        object_type="shop",
        object_id="shop-2",
        reason="诉讼",
        owner="法务",
        ends_at=service.clock() + timedelta(days=90),
        caller=Caller("k", "key:k", frozenset(), None),
        now=service.clock(),
    )

    assert early == 0
    assert prune_records(service.parts, now=service.clock()).removed["live_speech"] == 1
    assert client.get(f"/v1/live/{ROOM}?shop_id=shop-1").json["heard"] is None
    assert client.get(f"/v1/live/{ROOM}?shop_id=shop-2").json["heard"]["heard_count"] == 1


def test_every_flag_is_told_to_the_webhooks_once(service, client):
    admin = service.client()
    admin.post("/v1/webhooks", json={"url": "http://127.0.0.1:9/x", "event_types": ["live.flagged"]})

    hear(client, said(service, "输了学狗叫"))
    hear(client, said(service, "输了学狗叫"))

    with service.parts.db.read() as session:
        messages = list(session.scalars(select(OutboxMessage)))
    assert [each.type for each in messages] == ["live.flagged"]


def test_another_shop_cannot_be_heard_or_seen(service):
    client = service.client("events", shops=["shop-2"])

    refused = client.post(f"/v1/live/{ROOM}/speech", json={"shop_id": SHOP, "utterances": said(service, "你好")})

    assert refused.status_code == 403
    hear(service.client("events"), said(service, "你好"))
    assert client.get(f"/v1/live/{ROOM}").status_code == 404
    assert client.get("/v1/live").json["items"] == []
