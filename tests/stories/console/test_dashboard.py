"""看板: its figures, what they are narrowed to, who sees whose, the files, and the same over HTTP."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest

from app.flows.count_figures import count_figures
from app.flows.decide_case import decide_case
from app.models import Shop
from app.review.cases import Said
from app.values.access import Caller
from tests.console import Page, officer_of, put_case, put_officer, sign_in
from tests.factories import make_shop
from tests.service import START

LIN = Caller("1", "officer:lin", frozenset({"officer"}), None)
WU = Caller("2", "officer:wu", frozenset({"officer"}), None)


@pytest.fixture
def one_database(database):
    """Both: what these pages show is filtered, counted and locked by the database."""
    return database


def text_of(client, path="/console/dashboard"):
    answer = client.get(path)
    assert answer.status_code == 200, path
    return " ".join(Page(answer.text).text.split())


@pytest.fixture
def worked(service):
    """Four cases: three decided, one of them let pass; one is open."""
    ids = [put_case(service, category=category) for category in ("absolute_terms", "absolute_terms", "drugs", "drugs")]
    service.parts.db.write(lambda session: make_shop(session) if session.get(Shop, "shop-1") is None else None)
    service.clock.advance(minutes=30)
    for case_id, outcome, by in zip(ids, ("pass", "block", "block"), (LIN, LIN, WU), strict=False):
        said = Said(outcome, "核对过")
        decide_case(service.parts, case_id, said, caller=by, now=service.clock())
    service.ids = ids
    return service


def test_the_page_tells_what_was_decided_beside_the_span_before(worked):
    client = officer_of(worked, roles=["senior"])

    page = text_of(client)

    assert "送审量4 升 4 上期 0" in page
    assert "误判率33.33%" in page
    assert "时限达成率100.00%" in page
    assert "待处理 1 件" in page
    assert "wu" in page


def test_figures_are_there_at_once_without_a_worker(worked):
    report = worked.client("cases").get("/v1/figures").get_json()

    assert report["totals"]["decided"] == {"value": 3, "before": 0}
    assert report["totals"]["false_positive_bp"]["value"] == 3333
    assert report["totals"]["automation_bp"] == {"value": 0, "before": None}
    assert report["is_complete"] is True
    assert sum(each["decided"] for each in report["series"]) == 3
    assert [each["category"] for each in report["categories"]] == ["absolute_terms", "drugs"]


def test_the_span_before_is_as_long_and_ends_where_this_one_begins(worked):
    worked.clock.advance(days=7)
    put_case(worked)
    count_figures(worked.parts, now=worked.clock())

    report = worked.client("cases").get("/v1/figures").get_json()

    assert report["totals"]["screened"] == {"value": 1, "before": 4}
    assert report["compared_with"]["to_at"] <= report["from_at"]


def test_officers_see_their_own_figures_and_seniors_everybodys(worked):
    lin = officer_of(worked)
    put_officer(worked, username="chief", roles=["senior"])
    chief, _ = sign_in(worked, "chief")

    assert "按审核员 1" in text_of(lin)
    assert "按审核员 2" in text_of(chief)
    assert lin.get("/console/dashboard?officer=officer:wu").status_code == 403
    assert lin.get("/console/dashboard?officer=officer:lin").status_code == 200


@pytest.mark.parametrize(
    ("query", "decided"), [("category=drugs", 1), ("category=absolute_terms", 2), ("officer=officer:lin", 2)]
)
def test_figures_are_narrowed_to_one_thing(worked, query, decided):
    report = worked.client("cases").get(f"/v1/figures?{query}").get_json()

    assert report["totals"]["decided"]["value"] == decided
    assert "screened" not in report["totals"]


@pytest.mark.parametrize(
    "query",
    [
        "category=drugs&rule=S2-05",
        "from_at=2026-11-24T00:00:00%2B08:00&to_at=2026-11-23T00:00:00%2B08:00",
        "from_at=2020-01-01T00:00:00Z",
        "step=hour&from_at=2026-11-01T00:00:00Z",
        "step=minute",
        "from_at=2999-01-01T00:00:00Z",
    ],
)
def test_a_wrong_question_is_refused_with_what_was_expected(service, query):
    answer = service.client("cases").get(f"/v1/figures?{query}")

    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["expected"]


def test_a_shop_that_is_not_the_callers_is_refused(service):
    client = service.client("cases", shops=["shop-1"])

    assert client.get("/v1/figures?shop_id=shop-2").status_code == 403
    assert client.get("/v1/figures?shop_id=shop-1").status_code == 200


@pytest.mark.parametrize("table", ["series", "totals", "categories", "officers", "shops"])
def test_each_table_is_a_file_that_spreadsheets_read(worked, table):
    client = officer_of(worked, roles=["senior"])
    over_http = worked.client("cases").get(f"/v1/figures?format=csv&table={table}")

    answer = client.get(f"/console/dashboard.csv?table={table}")

    assert answer.text == over_http.text
    assert answer.text.startswith("\ufeff")
    listed = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert len(listed) == {"series": 7, "totals": 23, "categories": 2, "officers": 2, "shops": 1}[table]


@pytest.mark.parametrize(
    "query", ["period=today", "period=30d", "period=90d", "step=hour", "from=2026-11-20&to=2026-11-21"]
)
def test_every_period_has_a_page(worked, query):
    client = officer_of(worked)

    assert "看板" in text_of(client, f"/console/dashboard?{query}")


def test_a_wrong_period_is_told_and_the_usual_one_shown(officer):
    answer = officer.get("/console/dashboard?from=yesterday")

    assert answer.status_code == 422
    assert "时段不正确" in answer.text


def test_a_rule_is_followed_over_time(worked):
    report = worked.client("cases").get("/v1/figures?rule=S2-05").get_json()

    assert report["totals"]["fired"] == {"value": 0, "before": 0}
    assert report["totals"]["let_pass_bp"]["value"] is None


def test_an_overturned_case_keeps_the_decision_of_its_hour(worked):
    before = worked.client("cases").get("/v1/figures").get_json()["totals"]["decided"]
    worked.clock.advance(hours=5)
    count_figures(worked.parts, now=worked.clock())

    after = worked.client("cases").get("/v1/figures").get_json()["totals"]["decided"]

    assert after == before
    assert worked.clock() - START > timedelta(hours=5)
