"""机审 in a real browser: the page and the opinions beside a case fit, can be read, and lead to one another."""

from __future__ import annotations

import re
import shutil
from contextlib import closing

import pytest
from playwright.sync_api import expect, sync_playwright

from app.db import Database
from app.flows.train_reviewer import train_reviewer, use_model
from tests.browser.pages import ARGS, DESK, PHONE, check_page_everywhere, sign_in
from tests.console import put_case, put_officer
from tests.service import START, make_service
from tests.serving import serve
from tests.stories.test_ai_agreement import put_opinion, put_pairs
from tests.stories.test_train_reviewer import put_decisions


@pytest.fixture(scope="module")
def address(sqlite_template, tmp_path_factory):
    """Where a console with opinions, disagreements and a model in use is served."""
    folder = tmp_path_factory.mktemp("reviewers")
    shutil.copyfile(sqlite_template, folder / "weiheng.db")
    with closing(Database(f"sqlite:///{folder / 'weiheng.db'}")) as database:
        service = make_service(database, folder)
        put_officer(service)
        put_pairs(service)
        put_decisions(service, 210)
        kept = train_reviewer(service.parts, by="cli", now=START)
        use_model(service.parts, kept.model_id, by="cli", reason="试验合格", now=START, anyway=True)
        case_id = put_case(service, content={"content_id": "open"})
        put_opinion(service, case_id, "review")
        put_opinion(service, case_id, None, reviewer="llm", is_advice=True)
        put_opinion(service, case_id, None, reviewer="wechat", state="awaited", why=None, answered_at=None)
        with serve(service.app) as address:
            yield f"{address}/console", case_id


def test_the_page_and_the_opinions_fit_can_be_read_and_lead_to_one_another(chromium, address):
    where, case_id = address
    with sync_playwright() as playwright, playwright.chromium.launch(executable_path=chromium, args=ARGS) as browser:
        page = browser.new_page()
        sign_in(page, where)
        for path in ("reviewers", "reviewers?days=7", f"cases/{case_id}"):
            page.goto(f"{where}/{path}")
            check_page_everywhere(page)
        expect(page.get_by_text("等待平台结果")).to_be_visible()
        for viewport in (PHONE, DESK):
            page.set_viewport_size(viewport)
            page.goto(f"{where}/reviewers")
            page.get_by_role("region", name="最近的不一致").get_by_role("link").first.click()
            expect(page).to_have_url(re.compile("/console/cases/"))
