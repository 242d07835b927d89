"""Live rooms by their events: who hosts, what was looked at, contests, gifts, red packets, records."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.live_rooms import ROOM, prechecked, rules_of, started, tell, verified


@pytest.fixture
def client(service):
    return service.client("events")


def test_a_broadcast_that_begins_as_it_should_passes(service, client):
    verified(client, service)

    told = tell(client, service, "live.start", started(service))

    assert (told["decision"], told["firings"]) == ("pass", [])
    room = client.get(f"/v1/live/{ROOM}").json
    assert (room["state"], room["prechecked_count"], room["host_refs"]) == ("running", 5, ["h-1"])


@pytest.mark.parametrize(
    ("more", "rules"),
    [
        ({"operator_shown": False}, ["S8-08c"]),
        ({"virtual_background": True, "explicit_label": True, "implicit_label": False}, ["S4-10"]),
        ({"digital_human": True, "explicit_label": True}, ["S4-11"]),
        ({"source_type": "file"}, ["S4-13"]),
        ({"backdrop_origin": "新疆", "goods_origins": ["河北"]}, ["S4-12"]),
        ({"host_refs": ["h-1", "h-9"], "reported_host_refs": ["h-1", "h-9"]}, ["S4-21b"]),
        ({"reported_host_refs": []}, ["S4-21c"]),
    ],
)
def test_what_is_wrong_with_a_start_is_named_by_its_rule_alone(service, client, more, rules):
    verified(client, service)

    assert rules_of(tell(client, service, "live.start", started(service, **more))) == rules


def test_a_missing_or_old_precheck_is_found_by_what_was_looked_at(service, client):
    verified(client, service)
    old = prechecked(service.clock() - timedelta(hours=25))
    four = prechecked(service.clock())[:4]

    assert rules_of(tell(client, service, "live.start", started(service, precheck=old))) == ["S8-08b"]
    assert rules_of(tell(client, service, "live.start", started(service, precheck=four), subject="r-2")) == ["S8-08"]


@pytest.mark.parametrize(
    ("host", "rules"),
    [
        ({"is_verified": False}, ["S4-21"]),
        ({"age_band": "under_16"}, ["S4-22"]),
        ({"age_band": "16_17"}, ["S4-22"]),
        ({"age_band": "16_17", "guardian_consent": True}, []),
        ({"age_band": None}, ["S4-22b"]),
    ],
)
def test_who_may_host_follows_from_the_register_of_hosts(service, client, host, rules):
    verified(client, service, **host)

    assert rules_of(tell(client, service, "live.start", started(service))) == rules


def test_a_verification_lasts_half_a_year_to_the_second(service, client):
    verified(client, service)
    service.clock.advance(days=184, seconds=-1)
    fresh = tell(client, service, "live.start", started(service), subject="r-1")
    service.clock.advance(seconds=1)

    assert rules_of(fresh) == []
    assert rules_of(tell(client, service, "live.start", started(service), subject="r-2")) == ["S4-21"]


def test_a_contests_penalty_is_read_and_its_hosts_are_checked(service, client):
    verified(client, service)
    contest = {"pk_id": "p-1", "phase": "begin", "host_refs": ["h-1"], "reported_host_refs": ["h-1"]}

    bad = tell(client, service, "live.pk", contest | {"punishment": "输了学*狗*叫"})
    good = tell(client, service, "live.pk", contest | {"pk_id": "p-2", "punishment": "输了唱首歌"}, number=2)
    mean = tell(client, service, "live.pk", contest | {"pk_id": "p-3", "announcement": "同行都是骗子"}, number=3)

    assert "S4-20" in rules_of(bad)
    assert rules_of(good) == []
    assert rules_of(mean) == ["S4-23b"]
    assert bad["cases"]


def test_personal_data_in_a_contests_text_is_starred_and_the_same_event_is_still_known(service, client):
    event = {
        "pk_id": "p-1",
        "phase": "begin",
        "host_refs": [],
        "reported_host_refs": [],
        "punishment": "输了打13800138000",
    }

    first = tell(client, service, "live.pk", event)
    again = tell(client, service, "live.pk", event)

    assert (first["status"], again["status"]) == ("accepted", "duplicate")


def test_two_looks_in_a_row_without_the_operator_block_and_one_only_warns(service, client):
    look = {"operator_shown": False, "explicit_label": True}
    told = [
        rules_of(
            tell(
                client,
                service,
                "live.room_look",
                look | {"look_id": f"l-{n}"},
                number=n,
                at=service.clock.advance(minutes=1),
            )
        )
        for n in range(2)
    ]
    seen = look | {"operator_shown": True, "look_id": "l-3"}
    tell(client, service, "live.room_look", seen, number=3, at=service.clock.advance(minutes=1))
    after = tell(
        client, service, "live.room_look", look | {"look_id": "l-4"}, number=4, at=service.clock.advance(minutes=1)
    )

    assert told == [["S8-08e"], ["S8-08d"]]
    assert rules_of(after) == ["S8-08e"]


def test_a_days_gifts_are_added_up_over_all_rooms_and_end_at_midnight_in_china(service, client):
    gift = {"payer_ref": "u-1", "payer_age_band": "adult", "daily_limit_fen": 10_000}

    def give(number, fen, room):
        data = gift | {"amount_fen": fen, "room_id": room}
        return rules_of(tell(client, service, "live.gift", data, subject=f"g-{number}"))

    assert give(1, 6_000, "r-1") == []
    assert give(2, 4_000, "r-2") == []
    assert give(3, 1, "r-1") == ["S4-24b"]
    service.clock.advance(hours=6)  # 00:00 in China
    assert give(4, 10_000, "r-1") == []


@pytest.mark.parametrize(
    ("band", "consent", "rules"),
    [("under_16", True, ["S4-24"]), ("16_17", None, ["S4-24"]), ("16_17", True, []), ("adult", None, [])],
)
def test_minors_do_not_pay_for_gifts(service, client, band, consent, rules):
    data = {"payer_ref": "u-1", "amount_fen": 100, "room_id": ROOM, "payer_age_band": band, "guardian_consent": consent}

    assert rules_of(tell(client, service, "live.gift", data, subject="g-1")) == rules


def test_a_red_packet_with_a_price_is_refused_whether_declared_or_said(service, client):
    declared = tell(client, service, "live.red_packet", {"packet_id": "p-1", "conditions": ["watch", "follow"]})
    said = {"packet_id": "p-2", "conditions": [], "wording": "不点关注不发货"}
    worded = tell(client, service, "live.red_packet", said, number=2)
    free = tell(client, service, "live.red_packet", {"packet_id": "p-3", "conditions": ["watch"]}, number=3)

    assert [rules_of(each) for each in (declared, worded, free)] == [["S1-23"], ["S1-23b"], []]


def test_records_kept_too_short_are_told_at_the_end(service, client):
    short = service.clock() + timedelta(days=1095)
    long = service.clock() + timedelta(days=1096)
    names = ("replay_kept_until_at", "interactions_kept_until_at")

    told = tell(client, service, "live.end", dict.fromkeys(names, short.isoformat()))
    kept = tell(client, service, "live.end", dict.fromkeys(names, long.isoformat()), subject="r-2")

    assert (rules_of(told), told["decision"]) == (["S5-22", "S5-22b"], "warn")
    assert rules_of(kept) == ["S5-22b"]  # advice: no proof of it is registered


def test_rooms_are_listed_page_by_page_with_those_only_heard(service, client):
    for number in range(3):
        tell(
            client,
            service,
            "live.end" if number == 0 else "live.start",
            {} if number == 0 else started(service),
            subject=f"r-{number}",
        )
        service.clock.advance(seconds=1)

    first = client.get("/v1/live?limit=2").json
    second = client.get(f"/v1/live?limit=2&cursor={first['next_cursor']}").json

    assert [each["room_id"] for each in first["items"] + second["items"]] == ["r-2", "r-1", "r-0"]
    assert second["next_cursor"] is None
    assert [each["room_id"] for each in client.get("/v1/live?state=ended").json["items"]] == ["r-0"]
