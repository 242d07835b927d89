"""Rosters, hand-overs and mentions over HTTP, and keys that act for an officer."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.models import AuditRow
from tests.console import put_case, put_officer

WEEK = {"kind": "weekly", "weekdays": [1, 2], "opens": "19:00", "closes": "23:00", "first_day": "2026-11-01"}


def key_of(service, name, *scopes, shops=None):
    client = service.app.test_client()
    secret = service.key(*(scopes or ("cases",)), shops=shops, name=name)
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {secret}"
    return client


@pytest.fixture
def lead(service):
    put_officer(service, "wang", display_name="王志强")
    put_officer(service, "zhao")
    put_officer(service, "viewer", roles=["viewer"])
    return key_of(service, "lead", "admin", "cases")


def line_of(client, officer):
    return next(each for each in client.get("/v1/rosters").get_json()["items"] if each["officer"] == officer)


def test_a_roster_set_over_http_decides_what_the_officers_key_is_given(service, lead):
    other, fitting = put_case(service, category="medical"), put_case(service, category="doubt")
    wang = key_of(service, "wang")

    set_ = lead.put("/v1/rosters/wang/skills", json={"queues": ["content"], "categories": ["doubt"]})
    added = lead.post("/v1/rosters/wang/shifts", json=WEEK)
    off = wang.post("/v1/cases/next", json={})
    service.clock.advance(hours=2)
    taken = wang.post("/v1/cases/next", json={}).get_json()["case"]

    assert set_.status_code == added.status_code == 200
    assert added.get_json()["shifts"][0]["opens"] == "19:00"
    assert (off.status_code, "2026-11-23T11:00" in off.get_json()["detail"]) == (403, True)
    assert taken["id"] == fitting
    assert key_of(service, "robot").post("/v1/cases/next", json={}).get_json()["case"]["id"] == other
    assert line_of(lead, "wang")["until"] == "2026-11-23T15:00:00+00:00"


def test_officers_are_listed_by_pages_and_by_duty(lead):
    lead.post("/v1/rosters/wang/shifts", json=WEEK)

    first = lead.get("/v1/rosters?limit=1").get_json()
    second = lead.get(f"/v1/rosters?limit=1&cursor={first['next_cursor']}").get_json()

    assert [each["officer"] for each in first["items"] + second["items"]] == ["wang", "zhao"]
    assert second["next_cursor"] is None
    assert [each["officer"] for each in lead.get("/v1/rosters?on_duty=true").get_json()["items"]] == ["zhao"]
    assert [each["officer"] for each in lead.get("/v1/rosters?on_duty=false").get_json()["items"]] == ["wang"]


@pytest.mark.usefixtures("lead")
def test_a_key_of_some_shops_sees_officers_of_those_and_sets_nothing(service):
    put_officer(service, "far", shop_ids=["shop-9"])
    bound = key_of(service, "bound", "admin", "cases", shops=["shop-1"])

    listed = [each["officer"] for each in bound.get("/v1/rosters").get_json()["items"]]

    assert listed == ["wang", "zhao"]
    assert bound.post("/v1/rosters/wang/shifts", json=WEEK).status_code == 403
    assert key_of(service, "plain").put("/v1/rosters/wang/skills", json={}).status_code == 403


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"opens": "25:00"}, "opens"),
        ({"opens": None}, "opens"),
        ({"closes": "19:00"}, "closes"),
        ({"weekdays": []}, "weekdays"),
        ({"weekdays": [8]}, "weekdays"),
        ({"kind": "x"}, "kind"),
        ({"last_day": "2026-10-01"}, "last_day"),
        ({"kind": "day", "last_day": "2026-10-31"}, "last_day"),
    ],
)
def test_a_wrong_shift_is_refused_by_its_field(lead, wrong, field):
    answer = lead.post("/v1/rosters/wang/shifts", json=WEEK | wrong)

    assert answer.status_code == 422
    assert any(each["field"].startswith(field) for each in answer.get_json()["errors"]), answer.text
    assert line_of(lead, "wang")["shifts"] == []


def test_unknown_skills_officers_and_shifts_are_told(lead):
    unknown = lead.put("/v1/rosters/wang/skills", json={"categories": ["no such"], "scripts": ["klingon"]})

    assert [each["field"] for each in unknown.get_json()["errors"]] == ["categories", "scripts"]
    assert lead.put("/v1/rosters/nobody/skills", json={}).status_code == 404
    assert lead.post("/v1/rosters/shifts/none/end", json={}).status_code == 404


def test_a_leave_ends_and_everything_is_on_record(service, lead):
    leave = {"kind": "leave", "first_day": "2026-11-23"}
    [shift] = lead.post("/v1/rosters/wang/shifts", json=leave).get_json()["shifts"]
    assert (shift["opens"], shift["last_day"]) == (None, "2026-11-23")
    assert line_of(lead, "wang")["is_on_duty"] is False

    ended = lead.post(f"/v1/rosters/shifts/{shift['id']}/end", json={})

    assert ended.get_json()["is_on_duty"] is True
    with service.parts.db.read() as session:
        wanted = select(AuditRow.action, AuditRow.actor).where(AuditRow.object_id == "wang")
        assert {tuple(row) for row in session.execute(wanted)} >= {
            ("officer.add_shift", "key:lead"),
            ("officer.end_shift", "key:lead"),
        }


@pytest.mark.usefixtures("lead")
def test_what_an_officer_and_their_key_have_goes_to_the_colleague_with_one_note(service):
    for number in range(2):
        put_case(service, assigned_to="officer:wang" if number else None)
    wang, zhao = key_of(service, "wang"), key_of(service, "zhao")
    own = wang.post("/v1/cases/next", json={}).get_json()["case"]["id"]
    other = wang.post("/v1/cases/next", json={}).get_json()["case"]["id"]

    made = wang.post("/v1/handovers", json={"note": "商家电话 13812345678，等回电", "to": "zhao"}).get_json()[
        "handover"
    ]
    waiting = zhao.get("/v1/handovers?state=waiting").get_json()["items"]
    refused = wang.post(f"/v1/handovers/{made['id']}/take")
    taken = zhao.post(f"/v1/handovers/{made['id']}/take").get_json()

    assert own != other
    assert (made["officer"], made["passed_to"]) == ("officer:wang", "officer:zhao")
    assert sorted(made["case_ids"]) == sorted([own, other])
    assert "13812345678" not in made["note"]
    assert [each["id"] for each in waiting] == [made["id"]]
    assert refused.status_code == 409
    assert taken["taken_by"] == "officer:zhao"
    assert zhao.get("/v1/handovers?state=waiting").get_json()["items"] == []
    assert zhao.post("/v1/cases/next", json={}).get_json()["case"]["id"] in {own, other}


def test_nothing_to_give_back_and_nothing_to_tell_is_no_hand_over(lead):
    assert lead.post("/v1/handovers", json={}).get_json() == {"handover": None}
    assert lead.post("/v1/handovers", json={"to": "nobody"}).status_code == 422


@pytest.mark.usefixtures("lead")
def test_a_note_over_http_reaches_whom_it_names_and_they_put_it_away(service):
    case_id = put_case(service)
    wang = key_of(service, "wang")
    for text in ("@zhao 请看 @王志强", "再问 @zhao", "无关"):
        assert wang.post(f"/v1/cases/{case_id}/notes", json={"text": text}).status_code == 200
    zhao = key_of(service, "zhao")

    first = zhao.get("/v1/mentions?limit=1").get_json()
    second = zhao.get(f"/v1/mentions?limit=1&cursor={first['next_cursor']}").get_json()
    put_away = zhao.post("/v1/mentions/seen", json={"mention_id": first["items"][0]["id"]}).get_json()

    assert [each["text"] for each in first["items"] + second["items"]] == ["再问 @zhao", "@zhao 请看 @王志强"]
    assert (first["waiting"], second["next_cursor"]) == (2, None)
    assert wang.get("/v1/mentions").get_json()["items"] == []  # nobody is told of their own note
    assert put_away == {"seen": 1}
    assert zhao.get("/v1/mentions").get_json()["waiting"] == 1
    assert len(zhao.get("/v1/mentions?state=all").get_json()["items"]) == 2
    assert wang.get("/v1/mentions?officer=zhao").get_json()["waiting"] == 1


def test_whose_mentions_must_be_said_by_a_key_that_is_nobodys(service, lead):
    assert lead.get("/v1/mentions").status_code == 422
    assert lead.get("/v1/mentions?officer=nobody").status_code == 404
    assert lead.post("/v1/mentions/seen", json={}).status_code == 404
    assert key_of(service, "zhao", shops=["shop-9"]).get("/v1/mentions").get_json()["items"] == []
