"""Every address a blind reviewer reaches, by session and by key, is walked for what they should not read."""

from __future__ import annotations

import re

import orjson
import pytest

from app.models import Case, Content, EntityMark, ReviewerOpinion, Screening
from app.values.access import Scope
from tests.console import put_case, put_officer, sign_in, token
from tests.service import START, make_service, shipped_judge
from tests.stories.test_rosters_over_http import key_of

WORDS = {"甲理由", "乙备注", "丙要点", "丁意见", "戊意见"}
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
    chen, lead = key_of(service, "chen"), key_of(service, "lead")
    said = {"decision": "block", "policy": "absolute_terms", "reason": "甲理由"}
    assert chen.post(f"/v1/cases/{case_id}/notes", json={"text": "@wang @zhao 乙备注"}).status_code == 200
    assert chen.post(f"/v1/cases/{case_id}/decide", json=said).status_code == 200
    assert lead.post(f"/v1/cases/{case_id}/gold", json={"lesson": "丙要点"}).status_code == 200
    return {"case_id": case_id, "screening_id": screening_id, "content_id": content_id, "shop_id": "shop-1"}


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
        body = answer.get_data().decode("utf-8", "replace")
        met |= {(path, word): answer.status_code for word in WORDS if word in body}
    form = {"csrf_token": token(browser, "/console/account"), "text": "", "reason": "", "lesson": ""}
    for deed in ("notes", "note", "decide", "claim", "gold", "hold", "labels", "appeals", "evidence", "files"):
        text = browser.post(f"/console/cases/{ids['case_id']}/{deed}", data=form).text
        met |= {(deed, word): 200 for word in WORDS if word in text}
    return met


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
    assert ids["case_id"] not in browser.get(f"/console/cases/{ids['other']}").text  # it stands there with its outcome
    assert {word for _, word in seeing} == WORDS  # the walk finds what is there to be found
    places = {path.partition("?")[0] for path, _ in seeing}
    expected = {"/console/audit", "/console/reviewers", "/console/quality", "/v1/audit", "/v1/marks", "/v1/gold-cases"}
    assert places >= expected | {"/v1/reviewers/disagreements", f"/v1/screenings/{ids['screening_id']}"}
    assert "您正在盲审的案件" in browser.get("/console/audit").text
