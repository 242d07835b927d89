"""Beside a case: officers named in notes, sealed files, marks taken back; and what goes when a case is pruned."""

from __future__ import annotations

import base64
import io
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.flows.attach_file import FILES_MAX, attach_file
from app.flows.decide_case import decide_case
from app.flows.prune_records import prune_records
from app.flows.train_officer import answer_gold, mark_gold
from app.flows.work_case import add_note
from app.models import Case, CaseFile, EntityMark, GoldAnswer, Mention, SecondReview
from app.review.appeals import Sent
from app.review.cases import Said
from app.review.mentions import named_in
from app.values.access import Caller
from tests.console import put_case, put_officer, sign_in, token
from tests.service import make_service

LIN = Caller("1", "officer:lin", frozenset({"officer", "senior"}), None)
WU = Caller("2", "officer:wu", frozenset({"officer"}), None)
PDF = b"%PDF-1.4 trial"
BASIS = "sha256:" + "1" * 64


def post(client, path, **form):
    return client.post(path, data=form | {"csrf_token": token(client, "/console/account")})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("@lin 看一下", ["lin"]),
        ("请@林晓雯看", ["lin"]),
        ("@lin2 看一下", []),
        ("lin 看一下", []),
        ("@lin、@wu：都看", ["lin", "wu"]),
        ("a@linda.example", []),
    ],
)
def test_who_is_named_in_a_note(text, expected):
    assert named_in(text, [("lin", "林晓雯"), ("wu", "吴")]) == expected


def test_an_officer_who_is_named_finds_the_note_and_puts_it_away(service):
    case_id = put_case(service)
    for username, shops in (("lin", None), ("wu", None), ("far", ["shop-9"])):
        put_officer(service, username=username, shop_ids=shops)
    add_note(service.parts, case_id, text="@wu @far @lin 麻烦复核", caller=LIN, now=service.clock())
    wu, far = (sign_in(service, name)[0] for name in ("wu", "far"))

    with service.parts.db.read() as session:
        named = sorted(session.scalars(select(Mention.officer)))

    assert named == ["wu"], "neither oneself nor who may not see the case"
    assert "提到我的 1" in wu.get("/console/cases").text
    assert "麻烦复核" in wu.get("/console/mentions").text
    assert "麻烦复核" not in far.get("/console/mentions").text
    assert post(wu, "/console/mentions/seen").status_code == 303
    assert "提到我的 1" not in wu.get("/console/cases").text
    assert "已读" in wu.get("/console/mentions").text


def test_a_file_is_added_on_the_page_and_comes_back_as_it_was(service, officer):
    case_id = put_case(service)
    form = {
        "csrf_token": token(officer, f"/console/cases/{case_id}"),
        "file": (io.BytesIO(PDF), "合同 13800138000.pdf"),
    }

    added = officer.post(f"/console/cases/{case_id}/files", data=form, content_type="multipart/form-data")
    page = officer.get(f"/console/cases/{case_id}").text
    where = page.split(f"/console/cases/{case_id}/files/")[1][:36]
    got = officer.get(f"/console/cases/{case_id}/files/{where}")

    assert added.status_code == 303
    assert "13800138000" not in page
    assert (got.data, got.mimetype) == (PDF, "application/pdf")
    assert got.headers["Content-Disposition"].startswith("attachment")
    with service.parts.db.read() as session:
        assert PDF not in session.scalars(select(CaseFile.body)).one()


def test_a_form_with_too_large_a_file_is_told_as_what_it_is(database, tmp_path):
    service = make_service(database, tmp_path, max_body_bytes=270_000)
    case_id = put_case(service)
    put_officer(service)
    officer, _ = sign_in(service)
    form = {"csrf_token": token(officer, f"/console/cases/{case_id}"), "file": (io.BytesIO(bytes(300_000)), "a.pdf")}

    refused = officer.post(f"/console/cases/{case_id}/files", data=form, content_type="multipart/form-data")

    assert refused.status_code == 413
    assert "一次上传的文件合计不能超过 0.1 MB" in refused.text


@pytest.mark.parametrize("body", [b"", b"<html>", b"%PDF-" + b"x" * 2_000])
def test_what_is_no_accepted_file_is_refused(database, tmp_path, body):
    service = make_service(database, tmp_path, appeal_file_bytes=1_024)
    client, case_id = service.client("cases"), put_case(service)
    said = {"name": "a.pdf", "content_base64": base64.b64encode(body).decode() or "===="}

    answer = client.post(f"/v1/cases/{case_id}/files", json=said)

    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["expected"]


def test_a_case_takes_so_many_files_and_a_foreign_one_none(service):
    case_id, foreign = put_case(service), put_case(service, shop_id="shop-2")
    for _ in range(FILES_MAX):
        attach_file(service.parts, case_id, Sent("a.pdf", PDF), caller=LIN, now=service.clock())
    client = service.client("cases", shops=["shop-1"])
    said = {"name": "a.pdf", "content_base64": base64.b64encode(PDF).decode()}
    files = client.get(f"/v1/cases/{case_id}/files").get_json()["items"]

    assert client.post(f"/v1/cases/{case_id}/files", json=said).status_code == 422
    assert client.get(f"/v1/cases/{case_id}/files/{files[0]['id']}").data == PDF
    assert client.post(f"/v1/cases/{foreign}/files", json=said).status_code == 404
    assert client.get(f"/v1/cases/{foreign}/files/{files[0]['id']}").status_code == 404


def test_labels_and_strikes_are_put_on_and_taken_back_over_http(service):
    case_id = put_case(service, basis=BASIS, author_id="author-1")
    decide_case(service.parts, case_id, Said("block", "理由"), caller=LIN, now=service.clock())
    client = service.client("cases")
    body = {
        "shop_id": "shop-1",
        "entity_type": "author",
        "entity_id": "author-1",
        "value": "重点关注",
        "reason": "多次",
        "days": 7,
    }

    label = client.post("/v1/marks", json=body).get_json()
    marks = client.get("/v1/marks?shop_id=shop-1&author_id=author-1").get_json()
    strike = next(each for each in marks["items"] if each["kind"] == "strike")
    for mark in (label, strike):
        assert client.post(f"/v1/marks/{mark['id']}/void", json={"reason": "误记"}).status_code == 200
    after = client.get("/v1/marks?shop_id=shop-1&author_id=author-1").get_json()

    assert (marks["labels"], marks["points"] > 0) == (["重点关注"], True)
    assert (after["labels"], after["points"], after["step"]) == ([], 0, "none")
    assert client.post("/v1/marks", json=body | {"days": 0}).status_code == 422
    assert service.client("cases", shops=["shop-2"]).get("/v1/marks?shop_id=shop-1").status_code == 403


def test_seniors_take_a_strike_back_on_the_page(service):
    case_id = put_case(service, basis=BASIS)
    decide_case(service.parts, case_id, Said("block", "理由"), caller=LIN, now=service.clock())
    put_officer(service, username="chief", roles=["senior"])
    put_officer(service, username="wu")
    chief, wu = (sign_in(service, name)[0] for name in ("chief", "wu"))
    with service.parts.db.read() as session:
        mark = session.scalars(select(EntityMark.id).where(EntityMark.kind == "strike")).first()
    path = f"/console/cases/{case_id}/marks/{mark}/void"

    assert post(wu, path, reason="误记").status_code == 403
    assert post(chief, path, reason="").status_code == 422
    assert post(chief, path, reason="误记").status_code == 303
    with service.parts.db.read() as session:
        assert session.get_one(EntityMark, mark).voided_by == "officer:chief"


def test_a_pruned_case_takes_everything_beside_it_along(database, tmp_path):
    service = make_service(database, tmp_path, second_review_shares="content=10000")
    case_id = put_case(service)
    put_officer(service, username="wu")
    add_note(service.parts, case_id, text="@wu 看", caller=LIN, now=service.clock())
    attach_file(service.parts, case_id, Sent("a.pdf", PDF), caller=LIN, now=service.clock())
    decide_case(service.parts, case_id, Said("block", "理由"), caller=LIN, now=service.clock())
    gold = mark_gold(service.parts, case_id, lesson="要点", caller=LIN, now=service.clock())
    answer_gold(service.parts, gold.id, outcome="block", caller=WU, now=service.clock())

    prune_records(service.parts, now=service.clock() + timedelta(days=1_200))

    with service.parts.db.read() as session:
        for model in (Case, Mention, CaseFile, SecondReview, GoldAnswer):
            assert session.scalars(select(model)).all() == [], model
