"""The console's list of cases, and what every page of the console keeps to."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from app.models import Case, Screening
from app.values.deciding import Decision, Verdict
from app.web.console.words import SENTENCES
from tests.console import Page, hit, put_case, put_officer, sign_in
from tests.factories import make_case
from tests.service import START

TABLES = {
    "words.py",
    "account_words.py",
    "audit_words.py",
    "people_words.py",
    "rule_words.py",
    "pack_words.py",
    "beside_words.py",
    "backtest_words.py",
    "campaign_words.py",
    "case_words.py",
    "dashboard_words.py",
    "event_words.py",
    "live_words.py",
    "money_words.py",
    "partner_words.py",
    "quality_words.py",
    "reviewer_words.py",
    "registry_words.py",
    "roster_words.py",
    "segment_words.py",
    "webhook_words.py",
    "what_if_words.py",
    "wording_words.py",
    "wordlist_words.py",
}
"""Where sentences stand, which is no use of them."""
WEB = Path(__file__).parents[3] / "app" / "web"


@pytest.mark.parametrize("path", ["/console/sign-in", "/console/cases", "/console/nowhere", "/console/cases/none"])
def test_every_page_has_a_strict_policy_and_says_its_language(officer, path):
    answer = officer.get(path, follow_redirects=True)
    policy = answer.headers["Content-Security-Policy"]

    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["Cache-Control"] == "no-store"
    assert '<html lang="zh-CN">' in answer.text
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script(?! src=)", answer.text)
    assert not re.search(r'(?:src|href)="(?:https?:)?//', answer.text)


def test_unknown_pages_are_told_as_a_page(officer):
    answer = officer.get("/console/nowhere")

    assert answer.status_code == 404
    assert "没有找到" in answer.text
    assert answer.headers["X-Request-Id"] in answer.text


def test_a_broken_cursor_is_told_as_a_page(officer):
    assert officer.get("/console/cases?after=rubbish").status_code == 422


def test_every_sentence_is_used_and_none_is_missing():
    files = [*WEB.glob("templates/console/*.html"), *WEB.glob("console/*.py")]
    text = "".join(file.read_text(encoding="utf-8") for file in files if file.name not in TABLES)

    asked = set(re.findall(r"""say\(\s*["']([a-z_.0-9]+)["']""", text))
    unused = {key for key in SENTENCES if not key.startswith("error.") and not re.search(f"[\"']{key}[\"']", text)}

    assert asked <= set(SENTENCES)
    assert not unused


def test_without_any_case_the_list_says_how_to_send_the_first_content(officer):
    page = officer.get("/console/cases").text

    assert "还没有案件" in page
    assert "curl http://127.0.0.1:8000/v1/screenings" in page


def test_an_officer_sees_only_cases_of_their_shops(both):
    own, foreign = put_case(both, shop_id="shop-1"), put_case(both, shop_id="shop-2", content={"content_id": "v-2"})
    put_officer(both, shop_ids=["shop-1"])
    client, _ = sign_in(both)

    page = client.get("/console/cases?state=all").text

    assert own in page
    assert foreign not in page
    assert client.get(f"/console/cases/{own}").status_code == 200
    assert client.get(f"/console/cases/{foreign}").status_code == 404
    assert foreign not in client.get(f"/console/cases?q={foreign}").text.replace(f'value="{foreign}"', "")
    assert foreign not in client.get("/console/cases?q=v-2").text
    assert foreign not in client.get("/console/cases?shop=shop-2&state=all").text


@pytest.mark.parametrize("role", ["viewer", "finance", "auditor", "rule_author"])
def test_every_role_may_look(service, role):
    case_id = put_case(service)
    put_officer(service, roles=[role])

    assert sign_in(service)[0].get(f"/console/cases/{case_id}").status_code == 200


def test_pages_lead_through_every_case_once_and_back(both):
    def work(session):
        screening = session.scalar(select(Screening))
        for minute in range(119):
            due_at = START + timedelta(minutes=minute // 3)  # equal due times: the id decides
            make_case(session, screening, due_at=due_at, state=("open", "decided")[minute % 2])

    put_case(both)
    both.parts.db.write(work)
    put_officer(both)
    client, _ = sign_in(both)

    for order in ("", "&order=newest"):
        forward, path, pages = [], f"/console/cases?state=all{order}", 0
        while path:
            last, page = path, client.get(path).text
            forward += re.findall(r'href="/console/cases/([0-9a-f-]{36})', page)
            path, pages = turn(page, "next"), pages + 1
        back, path = [], last
        while path:
            page = client.get(path).text
            back = re.findall(r'href="/console/cases/([0-9a-f-]{36})', page) + back
            path = turn(page, "prev")

        with both.parts.db.read() as session:
            rows = session.execute(select(Case.due_at, Case.id)).all()
        expected = [case_id for _, case_id in sorted(rows, reverse=bool(order))]
        assert forward == expected
        assert pages == 3
        assert back == expected


def turn(page, side):
    found = re.search(rf'rel="{side}" href="([^"]+)"', page)
    return found[1].replace("&amp;", "&") if found else None


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", {"a", "b"}),
        ("state=all", {"a", "b", "c"}),
        ("state=decided", {"c"}),
        ("decision=block", {"b"}),
        ("category=counterfeit", {"a"}),
        ("shop=shop-2", {"b"}),
        ("q=v-c", {"c"}),
        ("q=' OR 1=1 --", set()),
        ("state=rubbish&decision=rubbish", {"a", "b"}),
    ],
)
def test_filters_keep_what_they_say(service, officer, query, expected):
    ids = {
        "a": put_case(service, category="counterfeit", content={"content_id": "v-a"}),
        "b": put_case(service, shop_id="shop-2", decision=Decision(Verdict.BLOCK), content={"content_id": "v-b"}),
        "c": put_case(service, state="decided", outcome="pass", decided_by="officer:lin", decided_at=START)
        if query != "q=v-c"
        else put_case(service, state="decided", content={"content_id": "v-c"}),
    }

    page = officer.get(f"/console/cases?{query}").text

    assert {name for name, case_id in ids.items() if f"/console/cases/{case_id}" in page} == expected


def test_numbers_count_the_queue_and_compare_with_yesterday(both):
    both.clock.at = START  # 18:00 in China
    block = Decision(Verdict.BLOCK)
    for opened, due, decision, state in (
        (timedelta(hours=1), timedelta(minutes=10), block, "open"),
        (timedelta(hours=3), timedelta(minutes=-5), None, "open"),
        (timedelta(hours=25), timedelta(hours=-20), block, "decided"),
        (timedelta(hours=23), timedelta(hours=-20), block, "decided"),  # yesterday, but later in the day
        (timedelta(hours=70), timedelta(hours=-60), None, "open"),
    ):
        put_case(both, decision=decision, opened_at=START - opened, due_at=START + due, state=state)
    put_officer(both)

    page = Page(sign_in(both)[0].get("/console/cases").text).text
    numbers = re.sub(r"\s+", " ", page)

    assert "待处理3 今日新增 2 件，较昨日同时段 增加 1" in numbers
    assert "即将超时1 30 分钟内到期 · 已超时 2 件" in numbers
    assert "今日拦截1 昨日同时段 1 件 · 持平" in numbers


def test_the_list_shows_the_neighbourhood_of_the_hardest_hit(service, officer):
    text = "好" * 300 + "行业第一" + "好" * 50 + "最佳" + "好" * 300
    hits = (hit(text, 300, 304, verdict=Verdict.REVIEW), hit(text, 354, 356))
    put_case(service, fields={"title": "标题", "text": text}, decision=Decision(Verdict.BLOCK, hits=hits))

    page = Page(officer.get("/console/cases").text)

    assert page.marks == ["最佳"]
    assert "标题" not in page.text
