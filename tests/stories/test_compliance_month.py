"""合规月报: the month's figures as data, as a workbook and on paper; and the fund's month on paper."""

from __future__ import annotations

import io
import re
import zipfile

import pytest

from app.flows.decide_case import decide_case
from app.review.cases import Said
from app.values.access import Caller
from tests.evidence import put_evidence, recorded

LIN = Caller("lin", "officer:lin", frozenset({"officer"}), None)


@pytest.fixture
def month(service):
    """A month with three contents (one of another shop), a decided case, a piece of evidence, a late notice."""
    client = service.client("screen")
    case_id = service.screen(client, "全网最佳面膜").get_json()["case_id"]
    service.screen(client, "今天天气不错", content_id="v-2")
    service.screen(client, "今天天气不错", content_id="v-3", shop_id="shop-2")
    decide_case(service.parts, case_id, Said("block", "绝对化用语"), caller=LIN, now=service.clock())
    put_evidence(service)
    recorded(service, due_at="2026-11-23T18:30:00+08:00")
    service.clock.advance(hours=1)
    return service


def tables(service, query="", **key):
    answer = service.client("cases", **key).get(f"/v1/reports/compliance?month=2026-11{query}")
    assert answer.status_code == 200, answer.text
    return {each["title"]: [tuple(row) for row in each["rows"]] for each in answer.get_json()["tables"]}


def test_the_month_counts_what_happened_in_it(month):
    told = tables(month)

    assert dict(told["总览"])["送审内容（次）"] == 3
    assert dict(told["总览"])["办结案件"] == 1
    assert ("拦截", 1, "33.33%") in told["内容裁决"]
    assert ("违规", 1) in told["案件处置"]
    assert ("检验检测报告", 1, 1, 0, 1) in told["凭证"]
    assert ("协查通知", 1, 0, 0, 1) in told["监管通知与12315"]


def test_one_shop_is_counted_alone_and_a_foreign_one_refused(month):
    assert dict(tables(month, "&shop_id=shop-2")["总览"])["送审内容（次）"] == 1
    assert dict(tables(month, shops=["shop-2"])["总览"])["送审内容（次）"] == 1
    own = month.client("cases", shops=["shop-2"])
    assert own.get("/v1/reports/compliance?month=2026-11&shop_id=shop-1").status_code == 403
    assert own.get("/v1/reports/compliance?month=2026-13").status_code == 422


def test_another_month_holds_nothing_of_this_one(month):
    answer = month.client("cases").get("/v1/reports/compliance?month=2026-10").get_json()

    assert dict(map(tuple, answer["tables"][0]["rows"]))["送审内容（次）"] == 0


def test_the_workbook_says_what_categories_are_called(month):
    book = month.client("cases").get("/v1/reports/compliance?month=2026-11&format=xlsx")

    with zipfile.ZipFile(io.BytesIO(book.data)) as archive:
        texts = "".join(archive.read(each).decode() for each in archive.namelist() if each.endswith(".xml"))
    assert "绝对化用语" in texts
    assert "absolute_terms" not in texts


@pytest.mark.parametrize("where", ["/v1/reports/compliance?month=2026-11", "/v1/fund/report?month=2026-11"])
def test_it_is_also_a_workbook_and_a_paper_with_its_own_font(month, where):
    client = month.client("cases", "money")

    book, paper = client.get(f"{where}&format=xlsx"), client.get(f"{where}&format=pdf")

    assert zipfile.ZipFile(io.BytesIO(book.data)).testzip() is None
    assert (paper.status_code, paper.content_type) == (200, "application/pdf")
    assert paper.data.startswith(b"%PDF-")
    assert re.search(rb"/FontFile[23]", paper.data)
    assert "2026-11.pdf" in paper.headers["Content-Disposition"]
