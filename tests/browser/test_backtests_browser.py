"""The pages of backtests fit both windows, can be read in both colours, and show a run that goes on by themselves."""

from __future__ import annotations

import shutil
from contextlib import closing

import pytest
from playwright.sync_api import expect, sync_playwright

from app.db import Database
from tests.backtests import screen_week
from tests.browser.pages import ARGS, check_page_everywhere, sign_in
from tests.console import put_officer
from tests.service import make_service
from tests.serving import serve
from tests.stories.console.test_backtest_pages import EDIT
from tests.working import work


@pytest.fixture
def served(sqlite_template, tmp_path, few_judge, few):
    shutil.copyfile(sqlite_template, tmp_path / "weiheng.db")
    with closing(Database(f"sqlite:///{tmp_path / 'weiheng.db'}")) as database:
        service = make_service(database, tmp_path, few_judge, **few, rule_approval="required", evaluator="python")
        put_officer(service, roles=["rule_author"])
        screen_week(service, 40)
        with serve(service.app) as address:
            yield service, address


def test_an_author_tries_an_edit_watches_it_and_reads_what_would_change(served, chromium):
    service, address = served
    with sync_playwright() as playwright, playwright.chromium.launch(executable_path=chromium, args=ARGS) as browser:
        page = browser.new_context(locale="zh-CN").new_page()
        sign_in(page, f"{address}/console")
        page.goto(f"{address}{EDIT}")
        page.select_option("[name=status]", "shadow")
        page.get_by_role("button", name="用近 7 天的内容与事件试算").click()
        expect(page.get_by_text("回测在后台进行")).to_be_visible()
        check_page_everywhere(page)

        work(service)

        expect(page.get_by_text("已完成")).to_be_visible(timeout=20_000)  # the page looks again by itself
        expect(page.get_by_role("img", name="S2-05：现行")).to_be_visible()
        check_page_everywhere(page)
        page.goto(f"{address}/console/backtests")
        check_page_everywhere(page)
