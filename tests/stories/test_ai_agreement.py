"""Machine and person beside each other: what was said of a case, how far they agree, where not, and who saw it when."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.models import Case, ReviewerOpinion, Screening
from app.review.ai_agreement import Tally
from tests.console import Page, officer_of, put_case
from tests.factories import make_case
from tests.service import START, make_service
from tests.stories.test_content_quality import event, fired

# Verdict of the reviewer (None: it abstained), outcome of the officer, how often.
PAIRS = [
    ("review", "block", 3),
    ("block", "return", 1),
    ("review", "pass", 2),
    ("pass", "block", 1),
    ("pass", "pass", 4),
]
PAIRS += [(None, "pass", 1), ("pass", "label", 1)]


def put_opinion(service, case_id, verdict="review", **columns):
    def work(session):
        case = session.get(Case, case_id)
        values = {
            "shop_id": case.shop_id,
            "screening_id": case.screening_id,
            "reviewer": "remote",
            "version": "1",
            "material": "sha256:1",
            "state": "given" if verdict else "abstained",
            "verdict": verdict,
            "score_bp": 9_000 if verdict else None,
            "reason": "与图片不符" if verdict else "",
            "why": None if verdict else "timeout",
            "facts": {},
            "asked_at": START,
            "answered_at": START,
        }
        session.add(ReviewerOpinion(**values | columns))

    service.parts.db.write(work)


def put_decided(service, verdict, outcome, number=0, **columns):
    decided = {"state": "decided", "outcome": outcome, "decided_by": "officer:lin", "reason": "r"}
    decided |= {"decided_at": START - timedelta(minutes=number), "content": {"content_id": f"c-{number}"}}
    case_id = put_case(service, **decided | columns)
    put_opinion(service, case_id, verdict)
    return case_id


def put_pairs(service):
    pairs = [pair[:2] for pair in PAIRS for _ in range(pair[2])]
    return [put_decided(service, *pair, number=number) for number, pair in enumerate(pairs)]


def test_agreement_counts_what_both_said(service):
    put_pairs(service)
    put_decided(service, "block", "pass", 90, decided_by="system")  # nobody's decision
    put_decided(service, "block", "pass", 91, state="appealed")  # not final
    put_decided(service, "block", "pass", 92, shop_id="shop-2")
    client = service.client(shops=["shop-1"])

    said = client.get("/v1/reviewers").get_json()
    [remote] = [each for each in said["items"] if each["reviewer"] == "remote"]
    table = client.get("/v1/reviewers.csv").text.splitlines()

    assert remote["agreement"] == {
        "decided": 13,
        "opinions": 12,
        "abstained": 1,
        "both_objected": 4,
        "reviewer_only": 2,
        "officer_only": 1,
        "both_let": 5,
        "coverage_bp": 9_230,
        "agreement_bp": 7_500,
        "precision_bp": 6_666,
        "recall_bp": 8_000,
        "kappa_bp": 5_000,
    }
    assert remote["blind"]["decided"] == 0
    assert said["model"] is None
    assert table[1] == "remote,all,13,12,1,4,2,1,5,9230,7500,6666,8000,5000"
    assert table[2].startswith("remote,blind,0,0,0")
    assert client.get("/v1/reviewers?shop_id=shop-2").status_code == 403
    assert service.client("screen").get("/v1/reviewers").status_code == 403


def test_disagreements_are_paged_newest_first_each_once(service):
    put_pairs(service)
    client, cursor, seen = service.client(), "", []
    while cursor is not None:
        page = client.get(f"/v1/reviewers/disagreements?limit=2{cursor and '&cursor=' + cursor}").get_json()
        seen += page["items"]
        cursor = page["next_cursor"]

    assert [(each["verdict"], each["outcome"]) for each in seen] == [("review", "pass")] * 2 + [("pass", "block")]
    assert [each["decided_at"] for each in seen] == sorted((each["decided_at"] for each in seen), reverse=True)
    assert client.get("/v1/reviewers/disagreements?reviewer=llm").get_json()["items"] == []
    assert client.get("/v1/reviewers/disagreements?cursor=x").status_code == 422


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ((0, 0, 0, 0), None),
        ((5, 0, 0, 0), None),  # both always objected: chance explains it
        ((5, 0, 0, 5), 10_000),
        ((0, 5, 5, 0), -10_000),
        ((1, 1, 1, 1), 0),
        ((20, 5, 10, 15), 4_000),  # the textbook's example: 0.4
        ((0, 1, 2, 0), -8_000),
    ],
)
def test_kappa_is_what_is_agreed_beyond_chance(counts, expected):
    assert Tally(*counts).answer()["kappa_bp"] == expected


def test_a_blind_case_shows_opinions_only_once_it_is_decided(sqlite_database, tmp_path):
    service = make_service(sqlite_database, tmp_path, reviewers="{all: {blind_bp: 10000}}")
    open_, decided = put_case(service), put_decided(service, "review", "block")
    put_opinion(service, open_)
    client, officer = service.client(), officer_of(service)

    hidden = client.get(f"/v1/cases/{open_}/opinions").get_json()
    shown = client.get(f"/v1/cases/{decided}/opinions").get_json()

    assert (hidden["is_blind"], hidden["items"]) == (True, [])
    assert (shown["is_blind"], shown["items"][0]["reason"]) == (True, "与图片不符")
    page = officer.get(f"/console/cases/{open_}").text
    assert "与图片不符" not in page
    assert "本案为盲审" in page
    assert "与图片不符" in officer.get(f"/console/cases/{decided}").text
    [remote] = [each for each in client.get("/v1/reviewers").get_json()["items"] if each["reviewer"] == "remote"]
    assert remote["blind"]["decided"] == 1


def test_the_case_page_says_what_each_reviewer_said_or_why_nothing(sqlite_service):
    case_id = put_case(sqlite_service)
    put_opinion(sqlite_service, case_id, "block")
    put_opinion(sqlite_service, case_id, None, reviewer="llm", is_advice=True)
    put_opinion(sqlite_service, case_id, None, reviewer="wechat", state="awaited", why=None, answered_at=None)

    page = Page(officer_of(sqlite_service).get(f"/console/cases/{case_id}").text).text

    assert "把握 90% 与图片不符" in " ".join(page.split())
    assert "未给意见：超时" in page
    assert "等待平台结果" in page
    assert sqlite_service.client().get("/v1/cases/none/opinions").status_code == 404


def test_the_page_shows_agreement_and_leads_to_the_cases_that_differ(sqlite_service):
    ids = put_pairs(sqlite_service)
    officer = officer_of(sqlite_service)

    page = officer.get("/console/reviewers?days=90").text
    text = " ".join(Page(page).text.split())

    assert "12 / 13" in text
    assert "92.3%" in text
    assert "0.50" in text
    assert "机审多判 2 件，少判 1 件" in text
    assert sum(f"/console/cases/{case_id}" in page for case_id in ids) == 3
    assert officer.get("/console/reviewers.csv").text.startswith("reviewer,cases,")
    assert officer.get("/console/reviewers?days=x&after=rubbish").status_code == 422


def test_publishing_asks_what_reviewers_said(sqlite_service):
    """S8-01: an opinion that objects needs a person; S8-01c: one that blocks needs two."""
    client = sqlite_service.client()
    said = sqlite_service.screen(client, "新品到店").get_json()

    def publish(number):
        return set(fired(event(client, "content.publish", "v-1", id_=f"p-{number}")))

    def say(verdict, **columns):
        values = {"shop_id": "shop-1", "screening_id": said["screening_id"], "version": "1", "material": "sha256:1"}
        values |= {"state": "given", "verdict": verdict, "score_bp": 1, "facts": {}, "asked_at": START}
        sqlite_service.parts.db.write(lambda session: session.add(ReviewerOpinion(**values | columns)))

    sqlite_service.clock.advance(hours=1)
    before = publish(1)
    say("review", reviewer="llm", is_advice=True)
    advice = publish(2)
    say("block", reviewer="remote")
    blocked = publish(3)
    put_person_pass(sqlite_service, said["screening_id"])
    once = publish(4)

    assert "S8-01" not in before | advice
    assert "S8-01" in blocked
    assert "S8-01" not in once
    assert "S8-01c" in once


def put_person_pass(service, screening_id):
    def work(session):
        row = session.get(Screening, screening_id)
        make_case(session, row, state="decided", outcome="pass", decided_by="officer:lin", decided_at=START)

    service.parts.db.write(work)
