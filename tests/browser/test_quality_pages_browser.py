"""看板, 抽检, 处置话术 and 提到我的 in a real browser: they fit, can be read, are named; a review is done by clicks."""

from __future__ import annotations

import shutil
from contextlib import closing

import pytest
from playwright.sync_api import expect, sync_playwright

from app.db import Database
from app.flows.count_figures import count_figures
from app.flows.decide_case import decide_case
from app.flows.keep_wordings import decide_wording, propose_wording
from app.flows.train_officer import mark_gold
from app.flows.work_case import add_note
from app.review.cases import Said
from app.values.access import Caller
from tests.browser.pages import ARGS, DESK, check_page, check_page_everywhere
from tests.console import PASSWORD, put_case, put_officer
from tests.service import make_service
from tests.serving import serve

LIN = Caller("1", "officer:first", frozenset({"officer", "senior"}), None)
OTHER = Caller("2", "officer:other", frozenset({"senior"}), None)
PAGES = ("backtests", "dashboard", "dashboard?category=drugs", "quality", "quality/training", "wordings", "mentions")


def put_work(service):
    """Two weeks of decided cases, a wording, a gold case, a note that names the officer."""
    for day in range(14):
        for number in range(day % 5 + 1):
            category = ("absolute_terms", "drugs")[number % 2]
            case_id = put_case(service, category=category, fields={"text": f"第{day}天第{number}条文案"})
            service.clock.advance(minutes=20)
            outcome = ("pass", "block", "block")[(day + number) % 3]
            decide_case(service.parts, case_id, Said(outcome, "核对过"), caller=LIN, now=service.clock())
        service.clock.advance(hours=22)
    open_id = put_case(service)
    add_note(service.parts, open_id, text="@lin 请看这一条", caller=LIN, now=service.clock())
    mark_gold(service.parts, case_id, lesson="绝对化用语", caller=LIN, now=service.clock())
    said = {"outcome": "block", "policy": "", "text": "内容违反平台规则，请修改后重新提交。", "reason": "首版"}
    row = propose_wording(service.parts, **said, caller=LIN, now=service.clock())
    decide_wording(service.parts, row.id, approve=True, reason="核对", caller=OTHER, now=service.clock())
    propose_wording(service.parts, **said | {"text": "第二版"}, caller=LIN, now=service.clock())
    while not count_figures(service.parts, now=service.clock()):
        pass
    return open_id


@pytest.fixture(scope="module")
def served(sqlite_template, tmp_path_factory):
    folder = tmp_path_factory.mktemp("quality")
    shutil.copyfile(sqlite_template, folder / "weiheng.db")
    with closing(Database(f"sqlite:///{folder / 'weiheng.db'}")) as database:
        service = make_service(database, folder, second_review_shares="content=10000")
        put_officer(service, roles=["senior"])
        open_id = put_work(service)
        with serve(service.app) as address:
            yield f"{address}/console", open_id


@pytest.fixture(scope="module")
def browser(chromium):
    with sync_playwright() as playwright, playwright.chromium.launch(executable_path=chromium, args=ARGS) as opened:
        yield opened


def signed_in(browser, address, **more):
    page = browser.new_context(**more).new_page()
    page.goto(f"{address}/sign-in")
    page.fill("[name=username]", "lin")
    page.fill("[name=password]", PASSWORD)
    page.get_by_role("button", name="登录").click()
    return page


def test_the_pages_of_quality_fit_can_be_read_and_are_named(browser, served):
    address, open_id = served
    page = signed_in(browser, address)

    for path in (*PAGES, f"cases/{open_id}"):
        page.goto(f"{address}/{path}")
        page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true })")
        check_page_everywhere(page)
    page.context.close()


def test_a_review_is_taken_and_decided_by_clicks_without_the_first_decision(browser, served):
    address, _ = served
    page = signed_in(browser, address, viewport=DESK)
    page.goto(f"{address}/quality")
    page.get_by_role("button", name="领取下一件抽检").click()
    expect(page.get_by_role("heading", name="抽检案件")).to_be_visible()
    check_page(page)
    expect(page.get_by_text("核对过")).to_have_count(0)
    page.get_by_role("textbox", name="理由").fill("独立判断")
    page.get_by_role("button", name="通过").click()

    expect(page.get_by_role("status")).to_contain_text("已提交")
    page.context.close()
