"""Claims in a real browser: decided by keys alone, one after the other, and what the keys do is told."""

from __future__ import annotations

import shutil
from contextlib import closing

import pytest
from playwright.sync_api import expect, sync_playwright

from app.db import Database
from app.flows.open_claims import open_for_buyer
from app.models import Claim
from tests.browser.pages import ARGS, DESK, check_page_everywhere, sign_in
from tests.console import put_officer
from tests.money import LIN
from tests.service import make_service, shipped_judge
from tests.serving import serve

ORDERS = ("o-1", "o-2", "o-3")


@pytest.fixture(scope="module")
def judge(tmp_path_factory):
    return shipped_judge(tmp_path_factory.mktemp("judge"))


@pytest.fixture(scope="module")
def browser(chromium):
    with sync_playwright() as playwright, playwright.chromium.launch(executable_path=chromium, args=ARGS) as opened:
        yield opened


@pytest.fixture
def served(sqlite_template, tmp_path, judge):
    """A console with three claims that wait, the newest first in the list, and where it is served."""
    shutil.copyfile(sqlite_template, tmp_path / "weiheng.db")
    with closing(Database(f"sqlite:///{tmp_path / 'weiheng.db'}")) as database:
        service = make_service(database, tmp_path, judge)
        put_officer(service, roles=["finance"])
        service.claims = {}
        for order in ORDERS:
            about = {"shop_id": "shop-1", "order_id": order, "cause": "unsafe_food", "paid_fen": 12_800}
            made = open_for_buyer(service.parts, **about, reason="变质", caller=LIN, now=service.clock())
            service.claims[order] = made.claim.id
            service.clock.advance(minutes=1)
        with serve(service.app) as address:
            yield service, f"{address}/console"


@pytest.fixture
def page(browser, served):
    """A page of an officer who is signed in; it may not have failed in the end."""
    context, complaints = browser.new_context(viewport=DESK, locale="zh-CN"), []
    opened = context.new_page()
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    sign_in(opened, served[1])
    yield opened
    context.close()
    assert complaints == []


def states(service):
    with service.parts.db.read() as session:
        return {order: session.get_one(Claim, claim_id).state for order, claim_id in service.claims.items()}


def test_claims_are_opened_approved_and_refused_by_keys_alone(served, page):
    service, address = served
    heading, chosen = page.get_by_role("heading", level=1), page.locator("[data-chosen]")
    page.goto(f"{address}/claims")

    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    expect(heading).to_contain_text("o-3")
    page.wait_for_load_state()  # before it, the keys are not listened to
    page.keyboard.press("j")
    expect(heading).to_contain_text("o-2")
    page.wait_for_load_state()  # before it, the keys are not listened to
    page.keyboard.press("k")
    expect(heading).to_contain_text("o-3")
    page.wait_for_load_state()  # before it, the keys are not listened to

    page.keyboard.press("a")
    expect(page.locator("#reason")).to_be_focused()
    expect(chosen).to_have_text("批准 · 1,280.00 · Ctrl+Enter")
    page.keyboard.type("aAvV 证据齐全")  # letters, not keys
    assert set(states(service).values()) == {"assessed"}
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("status")).to_contain_text("订单 o-3 的理赔单：已批准")
    expect(heading).to_contain_text("o-2")
    page.wait_for_load_state()  # before it, the keys are not listened to

    page.keyboard.press("v")
    page.keyboard.type("商家已履约")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#ground")).to_be_focused()
    assert states(service)["o-2"] == "assessed"
    page.locator("#ground").select_option("evidence")
    expect(chosen).to_have_text("驳回 · 证据表明商家已履约 · Ctrl+Enter")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("status")).to_contain_text("订单 o-2 的理赔单：已驳回")
    expect(heading).to_contain_text("o-1")
    page.wait_for_load_state()  # before it, the keys are not listened to

    page.keyboard.press("u")
    expect(heading).to_have_text("理赔与基金")
    assert states(service) == {"o-1": "assessed", "o-2": "rejected", "o-3": "approved"}


def test_an_amount_that_is_missing_is_asked_for_and_nothing_is_sent(served, page):
    service, address = served
    page.goto(f"{address}/claims/{service.claims['o-1']}")
    page.locator("#amount").fill("")
    page.locator("#reason").fill("属实")
    page.locator("#reason").blur()

    page.keyboard.press("a")

    expect(page.locator("#amount")).to_be_focused()
    assert states(service)["o-1"] == "assessed"


def test_the_keys_are_told_and_switched_off_for_whoever_speaks_to_the_computer(served, page):
    service, address = served
    for path, told in (("claims", "打开理赔单"), (f"claims/{service.claims['o-2']}", "提交当前选择的决定")):
        page.goto(f"{address}/{path}")
        page.keyboard.press("?")
        expect(page.get_by_role("dialog")).to_contain_text(told)
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_be_hidden()

    page.goto(f"{address}/claims")
    page.get_by_role("button", name="快捷键：开").click()
    page.goto(f"{address}/claims/{service.claims['o-2']}")
    page.keyboard.press("a")
    page.keyboard.press("?")

    expect(page.locator("[data-chosen]")).to_be_empty()
    expect(page.get_by_role("dialog")).to_be_hidden()


def test_both_pages_fit_can_be_read_and_are_named(served, page):
    service, address = served
    for path in ("claims", f"claims/{service.claims['o-2']}"):
        page.goto(f"{address}/{path}")
        page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true })")
        check_page_everywhere(page)
