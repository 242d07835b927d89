"""供应链 and 服务商 in a real browser: they fit, can be read, are named, and the badge is given by a click."""

from __future__ import annotations

import shutil
from contextlib import closing

import pytest
from playwright.sync_api import expect, sync_playwright

from app.db import Database
from tests.browser.pages import ARGS, DESK, check_page_everywhere
from tests.console import PASSWORD, put_officer
from tests.partners import put_partners
from tests.service import make_service, shipped_judge
from tests.serving import serve

PAGES = (
    "suppliers",
    "suppliers/s-0",
    "suppliers?tier=none&shop=shop-1",
    "what-if?of=suppliers&top_bp=4000",
    "providers",
    "providers/of/shop-1/p-2",
)


@pytest.fixture(scope="module")
def address(sqlite_template, tmp_path_factory):
    """Where a console with suppliers and providers is served."""
    folder = tmp_path_factory.mktemp("partners")
    shutil.copyfile(sqlite_template, folder / "weiheng.db")
    with closing(Database(f"sqlite:///{folder / 'weiheng.db'}")) as database:
        service = make_service(database, folder, shipped_judge(folder))
        put_officer(service)
        put_partners(service)
        with serve(service.app) as address:
            yield f"{address}/console"


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


def test_the_pages_fit_can_be_read_and_are_named(browser, address):
    page = signed_in(browser, address)

    for path in PAGES:
        page.goto(f"{address}/{path}")
        page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true })")
        check_page_everywhere(page)
    page.context.close()


def test_the_badge_is_given_and_refused_by_a_click(browser, address):
    page = signed_in(browser, address, viewport=DESK)
    for provider in ("p-2", "p-1"):
        page.goto(f"{address}/providers/of/shop-1/{provider}")
        form = page.get_by_role("region", name="优选标识")
        form.get_by_label("理由").fill("季度评审")
        form.get_by_role("button", name="发放优选标识").click()
        if provider == "p-2":
            expect(page.get_by_role("alert")).to_contain_text("S7-32")

    expect(page.get_by_role("button", name="摘除优选标识")).to_be_visible()
    page.context.close()
