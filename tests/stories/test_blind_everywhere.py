"""Every address a blind reviewer reaches, by session and by key, is walked for what they should not read."""

from __future__ import annotations

import io
import re
import zipfile

import orjson
import pytest

from app.flows.export_inquiry import make_page
from app.models import Case, Content, EntityMark, ReviewerOpinion, Screening
from app.values.access import Scope
from tests.console import put_case, put_officer, sign_in, token
from tests.service import START, make_service, shipped_judge
from tests.stories.test_rosters_over_http import key_of

WORDS = {"甲理由", "乙备注", "丙要点", "丁意见", "戊意见", "己交班"}
ROLES = ["officer", "senior", "auditor", "admin"]
ALIKE = "sha256:1"
QUERIES = ("", "?shop_id=shop-1", "?state=decided", "?state=all")
COSTLY = re.compile(r"static|openapi|swagger|redoc|/docs|metrics|wordlist|/rules|/sign-in|readyz|healthz")


@pytest.fixture
def service(one_database, tmp_path):
    judge = shipped_judge(tmp_path)
    return make_service(one_database, tmp_path, judge, second_review_shares="content=10000")


def put_decided(service):
    """A case with a strike, a note, a lesson and opinions for and against; decided by chen; and all its identifiers."""
    case_id = put_case(service, folded_digest=ALIKE)

    def opinion(session, case, reviewer, verdict, reason):
        values = {"version": "1", "material": "sha256:1", "state": "given", "score_bp": 9_000, "facts": {}}
        values |= {"shop_id": case.shop_id, "screening_id": case.screening_id, "asked_at": START, "answered_at": START}
        session.add(ReviewerOpinion(**values, reviewer=reviewer, verdict=verdict, reason=reason))

    def work(session):
        case = session.get(Case, case_id)
        screening = session.get(Screening, case.screening_id)
        said = {"reviewer": "linear", "verdict": "block", "score_bp": 9_000, "reason": "丁意见"}
        screening.answer = orjson.dumps(orjson.loads(screening.answer) | {"opinions": [said]})
        opinion(session, case, "linear", "block", "丁意见")
        opinion(session, case, "llm", "pass", "戊意见")
        mark = {"shop_id": "shop-1", "entity_type": "shop", "entity_id": "shop-1", "kind": "strike", "value": "doubt"}
        mark |= {"points": 6, "reason": "甲理由", "case_id": case_id, "made_by": "key:chen"}
        session.add(EntityMark(**mark, made_at=START, expires_at=START.replace(year=2027)))
        return case.screening_id, session.get(Content, case.content_pk).content_id

    screening_id, content_id = service.parts.db.write(work)
    chen, lead, qian = key_of(service, "chen"), key_of(service, "lead", *Scope), key_of(service, "qian")
    endpoint = {"url": "http://127.0.0.1:1/hook", "event_types": ["content.outcome"]}
    webhook = lead.post("/v1/webhooks", json=endpoint).get_json()
    assert qian.post(f"/v1/cases/{case_id}/claim", json={}).status_code == 200
    assert qian.post("/v1/handovers", json={"note": "己交班"}).status_code == 200
    said = {"decision": "block", "policy": "absolute_terms", "reason": "甲理由"}
    assert chen.post(f"/v1/cases/{case_id}/notes", json={"text": "@wang @zhao 乙备注"}).status_code == 200
    assert chen.post(f"/v1/cases/{case_id}/decide", json=said).status_code == 200
    assert lead.post(f"/v1/cases/{case_id}/gold", json={"lesson": "丙要点"}).status_code == 200
    ids = {"case_id": case_id, "screening_id": screening_id, "content_id": content_id, "shop_id": "shop-1"}
    return ids | {"webhook_id": webhook["id"], "inquiry_id": put_export(service, lead)}


def put_export(service, lead):
    """A 协查 export of the shop that is done; the word is in it."""
    service.clock.advance(minutes=1)
    asked = {"shop_id": "shop-1", "from_at": "2026-11-01T00:00:00Z", "to_at": "2026-12-01T00:00:00Z", "reason": "查"}
    inquiry_id = lead.post("/v1/inquiries", json=asked).get_json()["inquiry_id"]
    while make_page(service.parts, inquiry_id, now=service.clock()):
        pass
    return inquiry_id


def text_of(answer):
    """What is read of an answer, out of a ZIP too."""
    body = answer.get_data()
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            body = b"\n".join(archive.read(name) for name in archive.namelist())
    return body.decode("utf-8", "replace")


def addresses(service, ids):
    """Every address that can be filled in, by how it begins; those of the list with the usual questions."""
    for rule in service.app.url_map.iter_rules():
        if "GET" not in rule.methods or COSTLY.search(rule.rule) or not rule.arguments <= ids.keys():
            continue
        filled = re.sub(r"<(?:\w+:)?(\w+)>", lambda found: ids[found[1]], rule.rule)
        yield from (filled + query for query in QUERIES if filled.startswith(("/v1/", "/console/")))


def told(service, name, ids):
    """Which words a person meets in which answers, by the console and with a key of every scope."""
    key, (browser, _) = key_of(service, name, *Scope), sign_in(service, name)
    rows = [*ids["rows"], *(f"/console/cases/{ids['other']}{query}" for query in QUERIES)]
    met = {}
    for path in [*addresses(service, ids), *rows]:
        client = browser if path.startswith("/console/") else key
        answer = client.get(path)
        assert answer.status_code < 500 or answer.status_code == 503, path
        body = text_of(answer)
        met |= {(path, word): answer.status_code for word in WORDS if word in body}
    form = {"csrf_token": token(browser, "/console/account"), "text": "", "reason": "", "lesson": ""}
    for deed in ("notes", "note", "decide", "claim", "gold", "hold", "labels", "appeals", "evidence", "files"):
        text = browser.post(f"/console/cases/{ids['case_id']}/{deed}", data=form).text
        met |= {(deed, word): 200 for word in WORDS if word in text}
    return met


def sent_to(service, name, ids):
    """The decision in the message that the receiver got, as an administrator's key is told it."""
    answer = key_of(service, name, *Scope).get(f"/v1/webhooks/{ids['webhook_id']}/deliveries")
    [message] = answer.get_json()["items"]
    return message["body"] and message["body"]["data"]["decision"]


def points_of(service, name):
    return key_of(service, name, *Scope).get("/v1/marks?shop_id=shop-1").get_json()["points"]


def case_ids_listed(service, name):
    """The decided cases on the console's list."""
    return re.findall(
        r"/console/cases/([0-9a-f-]{36})\?state=decided",
        sign_in(service, name)[0].get("/console/cases?state=decided").text,
    )


def test_no_address_tells_a_blind_reviewer_the_first_decision_or_an_opinion_and_others_are_told(service):
    for name in ("wang", "zhao"):
        put_officer(service, name, roles=ROLES)
    ids = put_decided(service)
    ids["other"] = put_case(service, content={"content_id": "c-2"}, folded_digest=ALIKE)
    log = key_of(service, "lead", *Scope).get("/v1/audit?limit=200").get_json()["items"]
    about = [row["id"] for row in log if ids["case_id"] in orjson.dumps(row).decode()]
    ids["rows"] = [path for row in about for path in (f"/console/audit/{row}", f"/v1/audit/{row}/proof")]
    browser, _ = sign_in(service, "wang")
    taken = browser.post("/console/quality/next", data={"csrf_token": token(browser, "/console/account")})
    ids["review_id"] = taken.location.rpartition("/")[2]

    blind, seeing = told(service, "wang", ids), told(service, "zhao", ids)

    assert blind == {}
    assert [sent_to(service, name, ids) for name in ("wang", "zhao")] == [None, "block"]
    assert [points_of(service, name) for name in ("wang", "zhao")] == [0, 6]
    assert [case_ids_listed(service, name) for name in ("wang", "zhao")] == [[], [ids["case_id"]]]
    assert ids["case_id"] not in browser.get(f"/console/cases/{ids['other']}").text  # it stands there with its outcome
    assert {word for _, word in seeing} == WORDS  # the walk finds what is there to be found
    places = {path.partition("?")[0] for path, _ in seeing}
    expected = {"/console/audit", "/console/reviewers", "/console/quality", "/v1/audit", "/v1/marks", "/v1/gold-cases"}
    expected |= {"/v1/handovers", "/console/roster", f"/v1/inquiries/{ids['inquiry_id']}/file"}
    assert places >= expected | {"/v1/reviewers/disagreements", f"/v1/screenings/{ids['screening_id']}"}
    assert "您正在盲审的案件" in browser.get("/console/audit").text


def decisions_told(client, where="/v1/figures", **narrowed):
    """How many decisions each part of the figures tells: of the whole, step by step and in every table."""
    report = client.get(where, query_string={"shop_id": "shop-1", "step": "hour"} | narrowed).get_json()
    told = {name: sum(row["decided"] for row in report[name]) for name in ("series", "categories", "rules", "officers")}
    totals = {
        name: report["totals"][name]["value"] for name in ("decided", "against", "let_pass") if name in report["totals"]
    }
    return told | totals


def test_figures_count_a_decision_for_everybody_but_whoever_reviews_it_blind(service):
    for name in ("wang", "zhao"):
        put_officer(service, name, roles=ROLES)
    ids = put_decided(service)
    with service.parts.db.read() as session:
        category = session.get_one(Case, ids["case_id"]).category
    browser, _ = sign_in(service, "wang")
    other, _ = sign_in(service, "zhao")
    taken = browser.post("/console/quality/next", data={"csrf_token": token(browser, "/console/account")})
    wang, zhao = key_of(service, "wang", *Scope), key_of(service, "zhao", *Scope)
    service.clock.advance(minutes=2)

    def against(client):
        return client.get("/console/dashboard.csv?table=totals&shop=shop-1").text.split("against,")[1][:1]

    seeing, blind = decisions_told(zhao), decisions_told(wang)
    narrowed = [decisions_told(each, category=category, step="day") for each in (zhao, wang)]
    pages = [against(each) for each in (other, browser)]
    said = {"csrf_token": token(browser, "/console/account"), "decision": "pass", "reason": "看过"}
    assert browser.post(f"{taken.location}/decide", data=said).status_code == 303

    assert (seeing["decided"], seeing["against"]) == (1, 1)
    assert all(seeing[name] for name in ("series", "categories", "officers"))
    assert set(blind.values()) == {0}  # a sum over one case would tell what was decided of it
    assert [each["decided"] for each in narrowed] == [1, 0]
    assert pages == ["1", "0"]
    assert decisions_told(wang) == decisions_told(zhao) == seeing
