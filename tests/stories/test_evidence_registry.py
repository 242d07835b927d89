"""Evidence: registered by one, verified by another, asked by rules, and what follows when it ends."""

from __future__ import annotations

from datetime import timedelta

import orjson
import pytest
from sqlalchemy import select

from app.flows.follow_up_evidence import watch_evidence
from app.models import AuditRow, Case, Evidence, EvidenceFile, EvidenceUse
from tests.evidence import PDF, file_of, piece, put_evidence, second_of

CLAIM = "我们的蜂蜜获得有机认证，点击购物车下单"
FACTS = {"shopping_link": True, "sku_id": "sku-1"}


def screened(service, content_id="v-1", text=CLAIM, **more):
    body = {"content_id": content_id, "facts": FACTS} | more
    return service.screen(service.client("screen"), text, **body).get_json()


def fired(answer):
    return {firing["rule"] for firing in answer["firings"]}


def test_a_claim_without_evidence_is_reviewed_and_with_it_is_not(service):
    before = screened(service, "v-1")
    put_evidence(service, kind="certificate", subject_type="sku", subject="sku-1")

    after = screened(service, "v-2")

    assert {"S2-07", "S2-07b"} <= fired(before)
    assert before["decision"] == "review"
    assert not fired(after) & {"S2-07", "S2-07b"}


@pytest.mark.parametrize(
    "about",
    [
        {"subject_type": "sku", "subject": "sku-2"},
        {"category": "cosmetics"},
        {"claims": ["composition"]},
        {"kind": "portrait_consent", "subject_type": "sku", "subject": "sku-1"},
        {"shop_id": "shop-2", "claims": ["certification"]},
        {},
    ],
    ids=["other goods", "other category", "other claim", "other kind", "other shop", "whole shop, no claim"],
)
def test_evidence_covers_what_it_was_registered_for_and_nothing_else(sqlite_service, about):
    put_evidence(sqlite_service, **{"kind": "certificate"} | about)

    assert "S2-07" in fired(screened(sqlite_service, "v-1"))


@pytest.mark.parametrize("about", [{"claims": ["certification"]}, {"category": "food", "claims": ["certification"]}])
def test_evidence_for_the_whole_shop_covers_the_claims_it_names(sqlite_service, about):
    put_evidence(sqlite_service, kind="certificate", **about)

    assert "S2-07" not in fired(screened(sqlite_service, "v-1", category="food"))


def test_what_is_not_verified_yet_or_was_refused_does_not_count(sqlite_service):
    about = {"kind": "certificate", "subject_type": "sku", "subject": "sku-1"}
    made = sqlite_service.client("screen").post("/v1/evidence", json=piece(**about)).get_json()

    assert made["state"] == "proposed"
    assert "S2-07" in fired(screened(sqlite_service, "v-1"))
    refused = second_of(sqlite_service).post(
        f"/v1/evidence/{made['evidence_id']}/decide", json={"verify": False, "reason": "盖章不清"}
    )
    assert refused.get_json()["state"] == "refused"
    assert "S2-07" in fired(screened(sqlite_service, "v-2"))


def test_a_named_number_that_no_longer_holds_is_heard(sqlite_service):
    service = sqlite_service
    evidence_id = put_evidence(service, kind="certificate", claims=["origin"], number="OC-1")
    named = {"facts": FACTS | {"evidence_ids": ["OC-1"]}}

    before = screened(service, "v-1", **named)
    withdrawn = service.client("cases", "screen").post(
        f"/v1/evidence/{evidence_id}/withdraw", json={"reason": "证书被撤销"}
    )
    after = screened(service, "v-2", **named)

    assert withdrawn.get_json()["state"] == "withdrawn"
    assert "S2-07" not in fired(before)
    assert "S2-07" in fired(after)


def test_nobody_verifies_their_own_and_nobody_twice(sqlite_service):
    client = sqlite_service.client("screen", "cases")
    evidence_id = client.post("/v1/evidence", json=piece()).get_json()["evidence_id"]
    where, said = f"/v1/evidence/{evidence_id}/decide", {"verify": True, "reason": "与原件一致"}

    own = client.post(where, json=said)
    first = second_of(sqlite_service, "cases").post(where, json=said)
    again = second_of(sqlite_service, "cases").post(where, json=said | {"verify": False})

    assert (own.status_code, first.status_code, again.status_code) == (403, 200, 409)
    assert own.get_json()["type"] == "urn:weiheng:problem:same_person"
    assert first.get_json()["decided_by"] == "key:second"


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"kind": "test_reprot"}, "kind"),
        ({"subject": "sku-1"}, "subject_type"),
        ({"valid_until": "2026-05-01"}, "valid_until"),
        ({"valid_from": "2025-01-01", "valid_until": "2026-11-22"}, "valid_until"),
        ({"kind": "impact_assessment", "valid_until": None}, "valid_until"),
        ({"kind": "impact_assessment", "valid_from": "2026-01-01", "valid_until": "2029-06-01"}, "valid_until"),
        ({"kind": "portrait_consent"}, "subject"),
        ({"files": [file_of(b"MZ\x90")]}, "files.0"),
        ({"files": [{"name": "a.pdf", "content_base64": "!!!!"}]}, "files.0.content_base64"),
    ],
)
def test_what_is_wrong_with_a_piece_is_said_with_its_place(sqlite_service, more, field):
    answer = sqlite_service.client("screen").post("/v1/evidence", json=piece(**more))

    assert answer.status_code == 422
    assert [each["field"] for each in answer.get_json()["errors"]] == [field]


def test_a_piece_ends_exactly_after_its_last_day(sqlite_service):
    service = sqlite_service
    about = {"kind": "certificate", "subject_type": "sku", "subject": "sku-1", "valid_until": "2026-11-24"}
    put_evidence(service, **about)
    last = service.clock.advance(hours=29, minutes=59)  # 23:59 on 24 November in China

    assert watch_evidence(service.parts, now=last)[1] == 0
    assert "S2-07" not in fired(screened(service, "v-1"))
    service.clock.advance(minutes=1)
    assert "S2-07" in fired(screened(service, "v-2"))  # also before the daily look has ended it
    assert watch_evidence(service.parts, now=service.clock())[1] == 1


def test_what_rested_on_expired_evidence_is_reviewed_again_once(service):
    put_evidence(service, kind="certificate", subject_type="sku", subject="sku-1", valid_until="2026-12-31")
    put_evidence(service, kind="test_report", number="R-9", valid_until="2026-12-31")
    assert screened(service, "v-rests")["decision"] == "pass"
    screened(service, "v-rests-not", "今天天气不错")
    screened(service, "v-newer")
    screened(service, "v-newer", "今天天气真不错")
    now = service.clock.advance(days=45)

    looks = [watch_evidence(service.parts, now=now), watch_evidence(service.parts, now=now + timedelta(days=1))]

    assert looks == [(0, 2, 1), (0, 0, 0)]
    with service.parts.db.read() as session:
        cases = session.scalars(select(Case).where(Case.category == "evidence")).all()
        actions = session.scalars(select(AuditRow.action).where(AuditRow.actor == "system")).all()
    assert [case.summary.partition("；")[0] for case in cases] == ["裁决所依据的认证证书（R-2026-1）已到期"]
    assert cases[0].state == "open"
    assert {"evidence.expire", "evidence.reopen"} <= set(actions)


def test_a_renewed_piece_keeps_what_rested_on_the_old_one_closed(sqlite_service):
    service = sqlite_service
    about = {"kind": "certificate", "subject_type": "sku", "subject": "sku-1"}
    put_evidence(service, **about, valid_until="2026-12-31")
    screened(service, "v-1")
    put_evidence(service, **about, number="R-2027-1", valid_from="2026-12-01", valid_until="2027-12-31")

    assert watch_evidence(service.parts, now=service.clock.advance(days=45))[1:] == (1, 0)
    with service.parts.db.read() as session:
        assert session.scalars(select(Case).where(Case.category == "evidence")).all() == []


def test_evidence_is_told_a_month_before_it_ends_and_only_once(sqlite_service):
    service = sqlite_service
    put_evidence(service, valid_until="2026-12-24")  # 31 days from now
    hook = {"url": "http://127.0.0.1:9/h", "event_types": ["evidence.ending"]}
    assert service.client("admin").post("/v1/webhooks", json=hook).status_code == 201

    told = [watch_evidence(service.parts, now=service.clock())[0]]
    told += [watch_evidence(service.parts, now=service.clock.advance(days=1))[0] for _ in range(2)]

    assert told == [0, 1, 0]


def test_a_file_is_sealed_and_opened_by_its_shop_alone_and_on_record(service):
    evidence_id = put_evidence(service)
    one = service.client("screen").get(f"/v1/evidence/{evidence_id}").get_json()
    where = f"/v1/evidence/{evidence_id}/files/{one['files'][0]['file_id']}"

    opened = service.client("cases").get(where)
    foreign = service.client("cases", shops=["shop-2"]).get(where)

    assert (opened.status_code, opened.data, opened.content_type) == (200, PDF, "application/pdf")
    assert foreign.status_code == 404
    assert service.client("screen").get(where).status_code == 403
    with service.parts.db.read() as session:
        stored = session.scalars(select(EvidenceFile)).one()
        assert b"%PDF" not in stored.body
        assert "evidence.open_file" in session.scalars(select(AuditRow.action)).all()


def test_pages_of_the_list_hold_every_piece_once_and_none_of_other_shops(sqlite_service):
    client = sqlite_service.client("screen")
    for number in range(5):
        assert client.post("/v1/evidence", json=piece(number=f"R-{number}")).status_code == 201
    client.post("/v1/evidence", json=piece(shop_id="shop-2"))
    own, seen, cursor = sqlite_service.client("screen", shops=["shop-1"]), [], ""

    while cursor is not None:
        page = own.get(f"/v1/evidence?limit=2&state=proposed{cursor and '&cursor=' + cursor}").get_json()
        seen += [each["number"] for each in page["items"]]
        cursor = page["next_cursor"]

    assert seen == ["R-4", "R-3", "R-2", "R-1", "R-0"]
    assert own.get("/v1/evidence?number=R-3").get_json()["items"][0]["number"] == "R-3"
    assert own.get("/v1/evidence?state=gone").status_code == 422


def test_a_testimony_with_a_registered_portrait_consent_passes_and_without_is_blocked(service):
    def told(number):
        data = {"order_id": "o-1", "author_ref": "u-9", "shows_person": True, "portrait_consent": False}
        data |= {"author_age_years": 30, "shopping_link": False, "ai_generated": False}
        event = {"id": f"t-{number}", "kind": "testimonial.submit", "subject": f"t-{number}", "shop_id": "shop-1"}
        event |= {"occurred_at": "2026-11-23T18:00:00+08:00", "data": data}
        return service.client("events").post("/v1/events", json=event).get_json()

    before = told(1)
    put_evidence(service, kind="portrait_consent", subject_type="person", subject="u-9", number="PC-1")
    after = told(2)

    assert "S2-13" in orjson.dumps(before).decode()
    assert "S2-13" not in orjson.dumps(after).decode()


def test_what_cannot_be_known_goes_to_a_person(sqlite_service):
    facts = {"shows_person": True, "portrait_consent": False, "author_age_years": 30, "past.evidence": None}
    ask = {"kind": "testimonial.submit", "facts": facts, "rules": ["S2-13"]}
    facts_known = {"kind": "testimonial.submit", "facts": facts | {"past.evidence": []}, "rules": ["S2-13"]}

    unknown = sqlite_service.client("rules").post("/v1/evaluations", json=ask).get_json()
    known = sqlite_service.client("rules").post("/v1/evaluations", json=facts_known).get_json()

    [firing] = [each for each in unknown["firings"] if each["rule"] == "S2-13"]
    assert (firing["decision"], firing["missing"]) == ("review", ["past.evidence"])
    [firing] = [each for each in known["firings"] if each["rule"] == "S2-13"]
    assert firing["decision"] == "block"


def test_a_decision_that_did_not_need_evidence_does_not_rest_on_it(sqlite_service):
    put_evidence(sqlite_service, kind="certificate", subject_type="sku", subject="sku-1")
    screened(sqlite_service, "v-1", "今天天气不错")

    with sqlite_service.parts.db.read() as session:
        assert session.scalars(select(EvidenceUse)).all() == []
        assert session.scalars(select(Evidence.state)).all() == ["verified"]


def test_a_stored_decision_with_evidence_is_explained_as_it_was_made(sqlite_service):
    put_evidence(sqlite_service, kind="certificate", subject_type="sku", subject="sku-1")
    screening_id = screened(sqlite_service, "v-1")["screening_id"]

    why = sqlite_service.client("screen", "rules").get(f"/v1/screenings/{screening_id}/why").get_json()

    assert why["replayed"]["same"] is True
    [near] = [each for each in why["rules"] if each["rule"] == "S2-07"]
    assert near["outcome"] == "not_fired"
