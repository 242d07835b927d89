"""Regulators' notices: due by their own date or by the calendar, taken, answered and closed, with a legal hold."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from app.models import AuditRow, Case, LegalHold, Notice, NoticeFile
from app.values.notices import due_after
from tests.evidence import PDF, file_of, notice, recorded

MOBILE = "139" + "0000" + "1234"


HOLIDAYS = {date(2026, 10, day) for day in range(1, 8)}


@pytest.mark.parametrize(
    ("received", "days", "is_working", "worked", "last"),
    [
        (date(2026, 11, 20), 1, True, set(), date(2026, 11, 23)),  # a Friday: Monday is the first worked day
        (date(2026, 11, 20), 10, True, set(), date(2026, 12, 4)),
        (date(2026, 9, 30), 2, True, set(), date(2026, 10, 9)),  # the week of holidays does not count
        (date(2026, 9, 30), 2, True, {date(2026, 10, 4)}, date(2026, 10, 8)),  # but a worked Sunday does
        (date(2026, 11, 20), 15, False, set(), date(2026, 12, 7)),  # the fifteenth day is a Saturday
        (date(2026, 11, 20), 14, False, set(), date(2026, 12, 4)),
    ],
)
def test_the_day_it_is_due_counts_worked_days_from_the_day_after(received, days, is_working, worked, last):
    due = due_after(received, days, is_working=is_working, holidays=HOLIDAYS, worked=worked)

    assert due == datetime(last.year, last.month, last.day, 16, tzinfo=UTC)  # midnight in China


def test_a_notice_is_a_case_of_the_seniors_until_it_is_answered(service):
    made = recorded(service, text=f"请联系 {MOBILE}")
    client, where = service.client("cases"), f"/v1/notices/{made['notice_id']}"

    taken = client.post(f"{where}/take").get_json()
    answered = client.post(f"{where}/answer", json={"text": "已按要求提供", "files": [file_of()]}).get_json()
    closed = client.post(f"{where}/close", json={"reason": "机关已结案"}).get_json()

    assert made["due_basis"].startswith("10个工作日")
    assert MOBILE not in made["text"]
    assert [each["state"] for each in (made, taken, answered, closed)] == ["received", "working", "answered", "closed"]
    assert [each["side"] for each in answered["files"]] == ["notice", "answer"]
    assert answered["is_late"] is False
    with service.parts.db.read() as session:
        case = session.get(Case, made["case_id"])
        assert (case.queue, case.category, case.subject_type, case.state) == (
            "senior",
            "notice",
            "notice",
            "superseded",
        )
        assert case.due_at.isoformat() == made["due_at"]
        stored = session.scalars(select(Notice)).one()
        assert MOBILE.encode() not in stored.text
        assert all(b"%PDF" not in each.body for each in session.scalars(select(NoticeFile)))
        actions = session.scalars(select(AuditRow.action).where(AuditRow.object_type == "notice")).all()
    assert sorted(actions) == ["notice.answer", "notice.close", "notice.record", "notice.take"]


def test_an_answer_after_the_last_day_is_late_and_a_second_one_is_refused(sqlite_service):
    made = recorded(sqlite_service, due_at="2026-11-24T18:00:00+08:00")
    where = f"/v1/notices/{made['notice_id']}"
    sqlite_service.clock.advance(hours=24, seconds=1)
    client = sqlite_service.client("cases")

    first = client.post(f"{where}/answer", json={"text": "已提供"})
    second = client.post(f"{where}/answer", json={"text": "又提供"})

    assert made["due_basis"] == "文书载明的期限"
    assert first.get_json()["is_late"] is True
    assert second.status_code == 409


def test_a_notice_sets_a_legal_hold_on_the_shop(sqlite_service):
    made = recorded(sqlite_service, hold_until="2027-06-30T00:00:00+08:00")

    with sqlite_service.parts.db.read() as session:
        hold = session.get(LegalHold, made["hold_id"])
    assert (hold.object_type, hold.object_id, hold.owner) == ("shop", "shop-1", "某市市场监督管理局")


@pytest.mark.parametrize(
    ("more", "status", "field"),
    [
        ({"kind": "letter"}, 422, "kind"),
        ({"received_on": "2026-11-24"}, 422, "received_on"),
        ({"due_at": "2026-11-19T18:00:00+08:00"}, 422, "due_at"),
        ({"hold_until": "2026-11-01T00:00:00+08:00"}, 422, "hold_until"),
        ({"subject": "o-1"}, 422, "subject_type"),
    ],
)
def test_what_is_wrong_with_a_notice_is_said_with_its_place(sqlite_service, more, status, field):
    answer = sqlite_service.client("cases").post("/v1/notices", json=notice(**more))

    assert answer.status_code == status
    assert [each["field"] for each in answer.get_json()["errors"]] == [field]


def test_the_same_number_of_an_authority_is_recorded_once_and_other_shops_do_not_see_it(sqlite_service):
    made = recorded(sqlite_service)
    foreign = sqlite_service.client("cases", shops=["shop-2"])

    assert sqlite_service.client("cases").post("/v1/notices", json=notice()).status_code == 409
    assert foreign.get(f"/v1/notices/{made['notice_id']}").status_code == 404
    assert foreign.get("/v1/notices").get_json()["items"] == []
    file_id = made["files"][0]["file_id"]
    where = f"/v1/notices/{made['notice_id']}/files/{file_id}"
    assert foreign.get(where).status_code == 404
    assert sqlite_service.client("cases").get(where).data == PDF


def test_the_list_has_the_next_due_first_and_every_notice_once(sqlite_service):
    for number, day in enumerate(("2026-12-03", "2026-12-01", "2026-12-02")):
        recorded(sqlite_service, number=f"n-{number}", due_at=f"{day}T18:00:00+08:00")
    client, seen, cursor = sqlite_service.client("cases"), [], ""

    while cursor is not None:
        page = client.get(f"/v1/notices?limit=1&state=open{cursor and '&cursor=' + cursor}").get_json()
        seen += [each["number"] for each in page["items"]]
        cursor = page["next_cursor"]

    assert seen == ["n-1", "n-2", "n-0"]
