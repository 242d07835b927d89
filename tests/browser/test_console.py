"""The console in a real browser: sign in, move by keys, read why a word was hit, on a desk and on a phone."""

from __future__ import annotations

import shutil
from contextlib import closing
from datetime import timedelta

import pytest
from playwright.sync_api import expect, sync_playwright

from app.db import Database
from app.flows.answer_request import receive_request
from app.flows.hold_records import place_hold
from app.flows.keep_person import keep_person
from app.values.access import Caller
from app.vault.store import Keep
from tests.browser.pages import ARGS, DESK, PHONE, check_page, check_page_everywhere
from tests.console import PASSWORD, put_officer
from tests.service import make_service, shipped_judge
from tests.serving import serve

ALL_ROLES = ["admin", "auditor", "finance", "officer", "privacy", "rule_approver", "rule_author", "senior"]
TEXT = "全网最*佳面膜，加徽❤信 vx12345 或致电 138" + "0013" + "8000。顶级高仿包包上新"


@pytest.fixture(scope="module")
def address(served):
    """Where the console is served."""
    return served[1]


@pytest.fixture(scope="module")
def served(sqlite_template, tmp_path_factory):
    """A served console with one officer and some cases, made the way they are made: by screening."""
    folder = tmp_path_factory.mktemp("console")
    shutil.copyfile(sqlite_template, folder / "weiheng.db")
    with closing(Database(f"sqlite:///{folder / 'weiheng.db'}")) as database:
        service = make_service(database, folder, shipped_judge(folder), rule_approval="required")
        put_officer(service, roles=["officer", "privacy", "rule_approver"])
        put_officer(service, "zhou", roles=["rule_author"])
        _put_person(service)
        put_officer(service, "qian", roles=ALL_ROLES)
        put_officer(service, "wang")  # the one who signs out, which ends every session of theirs
        client = service.client("screen")
        for number in range(12):
            service.screen(client, f"行业第一，稳赚不赔，第{number}期", content_id=f"v-{number}")
            service.clock.advance(seconds=1)
        more = {"content_id": "v-main", "author_id": "author-1", "segments": [_segment("药到病除", 75_400)]}
        assert service.screen(client, TEXT, **more).status_code == 200
        _order(service)
        _propose(service)
        with serve(service.app) as address:
            yield service, address


def _put_person(service):
    """A person with a request and a hold, so that the pages of personal data have something of everything."""
    parts, now, by = service.parts, service.clock(), Caller("k", "key:k", frozenset(), None)
    values = {
        "phone": "138" + "0013" + "8000",
        "name": "测试甲",
        "address": "某省某市某路一号三室",
        "wechat_id": "wx_test_1",
    }
    keep = Keep(now + timedelta(days=1_096), "电子商务法第31条")
    keep_person(parts, "buyer:o-88", values, shop_id="shop-1", keep=keep, caller=by, now=now)
    asked = {"kind": "copy", "channel": "客服电话", "note": None, "received_at": now}
    receive_request(parts, "buyer:o-88", **asked, caller=by, now=now)
    hold = {"object_type": "shop", "object_id": "shop-9", "reason": "仲裁 2026-88 号", "owner": "法务部"}
    place_hold(parts, **hold, ends_at=now + timedelta(days=200), caller=by, now=now)


def _order(service):
    """An order of goods that are not there yet, with nothing said of when they come: a case about an event."""
    at = (service.clock() - timedelta(hours=1)).isoformat()
    event = {"id": "e-1", "kind": "order.paid", "subject": "order-1", "shop_id": "shop-7", "occurred_at": at}
    answer = service.client("events").post(
        "/v1/events", json=event | {"data": {"paid_fen": 100, "stock_type": "presale"}}
    )
    assert answer.status_code == 200


def _segment(text, at_ms):
    return {"source": "subtitle", "at_ms": at_ms, "text": text}


@pytest.fixture(scope="module")
def launched(chromium):
    with sync_playwright() as playwright:
        window = playwright.chromium.launch(executable_path=chromium, args=ARGS)
        yield window
        window.close()


@pytest.fixture(scope="module")
def session(launched, address):
    """The cookies of an officer who has signed in."""
    context = launched.new_context(base_url=address)
    sign_in(context.new_page())
    kept = context.storage_state()
    context.close()
    return kept


@pytest.fixture
def new_page(launched, address):
    """Opens pages and, at the end, holds all of them to it: no outside request, no error, nothing refused."""
    contexts, asked, complaints = [], [], []

    def open_page(**options):
        context = launched.new_context(**{"viewport": DESK, "locale": "zh-CN", "base_url": address} | options)
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: complaints.append(message.text) if _is_complaint(message) else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert [url for url in asked if not url.startswith(f"{address}/")] == []
    assert complaints == []


def _is_complaint(message):
    """A form that comes back with what is wrong in it has the status 422, which the browser mentions."""
    return message.type != "info" and "the server responded with a status of 422" not in message.text


def _propose(service):
    """A change that waits for a second officer."""
    shadow = {"kind": "rules", "reason": "先观察一周", "edits": [{"rule": "S9-01", "status": "shadow"}]}
    assert service.client("rules").post("/v1/snapshots", json=shadow).get_json()["state"] == "waiting"


def sign_in(page, username="lin"):
    page.goto("/console/")
    page.get_by_label("用户名").fill(username)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url("**/console/cases")
    return page


def open_main_case(page):
    page.goto("/console/cases?q=v-main")
    page.get_by_role("link", name="v-main").click()
    page.wait_for_url("**/console/cases/*-*")
    return page


def test_an_officer_gets_from_sign_in_to_the_reason_by_keyboard_alone(new_page):
    page = new_page()
    page.goto("/console/")
    page.keyboard.type("lin")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/console/cases")
    links = page.locator(".row-link")

    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(links.nth(1)).to_be_focused()
    page.keyboard.press("k")
    expect(links.nth(0)).to_be_focused()
    wanted = links.nth(0).inner_text()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(wanted)

    page.wait_for_load_state()  # keys are heard from then on
    page.keyboard.press("j")
    expect(page.get_by_role("heading", level=1)).not_to_have_text(wanted)
    page.wait_for_load_state()
    page.keyboard.press("u")
    page.wait_for_url("**/console/cases")
    page.keyboard.press("/")
    page.keyboard.type("v-main")
    page.keyboard.press("Enter")
    expect(page.locator(".row-link")).to_have_text(["v-main"])


def test_focus_and_hover_tell_why_a_word_was_hit_and_escape_closes(new_page, session):
    page = open_main_case(new_page(storage_state=session))
    mark = page.locator(".hit", has_text="最*佳").first
    why = mark.get_by_role("tooltip", include_hidden=True)
    expect(why).to_be_hidden()

    mark.locator("> a").focus()
    expect(why).to_be_visible()
    for told in ("最佳", "绝对化用语", "拦截", "广告法第九条", "夹入符号"):
        expect(why).to_contain_text(told)
    outline = mark.locator("> a").evaluate("e => getComputedStyle(e).outlineStyle")
    page.keyboard.press("Escape")
    expect(why).to_be_hidden()

    crossing = page.locator(".hit", has_text="顶级").first
    crossing.hover()
    expect(crossing.get_by_role("tooltip")).to_contain_text("高仿包包")
    assert outline == "solid"
    assert "138****8000" in page.content()
    assert "vx12345" not in page.content()


def test_an_explanation_stays_inside_its_window(new_page, session):
    for viewport in (DESK, PHONE):
        page = open_main_case(new_page(viewport=viewport, storage_state=session))
        for mark in page.locator(".hit").all():
            mark.locator("> a").focus()
            box = mark.get_by_role("tooltip").bounding_box()
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= viewport["width"]


def test_every_page_fits_its_window_can_be_read_and_is_named(new_page, session):
    windows = (PHONE, "light"), ({"width": 320, "height": 640}, "dark")  # the desk is looked at with axe
    stranger = new_page()
    stranger.goto("/console/sign-in")
    check_page_everywhere(stranger, windows)
    page = new_page(storage_state=session)
    people = ("/console/people", "/console/people/of/buyer:o-88", "/console/segments", "/console/funnel")
    rules = ("/console/rules", "/console/rules?pack=content", "/console/rules/S2-06", "/console/rules/sign-offs")
    for path in ("/console/cases?state=all&shop=shop-1", "/console/cases?q=nothing", *rules, *people):
        page.goto(path)
        page.evaluate("document.querySelectorAll('details.parameters').forEach((each) => { each.open = true })")
        check_page_everywhere(page, windows)
    page.goto("/console/cases?shop=shop-7")
    page.locator("a.row-link", has_text="order-1").click()
    page.wait_for_url("**/console/cases/*-*")
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true })")
    check_page_everywhere(page, windows)
    open_main_case(page)
    page.locator(".hit > a").first.focus()
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true })")
    check_page_everywhere(page, windows)


def test_axe_finds_nothing_on_any_page_of_the_navigation_in_english(new_page):
    page = new_page(locale="en-GB")
    page.goto("/console/")
    page.get_by_label("User name").fill("qian")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/console/cases")
    links = page.locator("nav a[href^='/console/']").evaluate_all("(all) => all.map((each) => each.pathname)")

    assert len(links) >= 15
    for path in links:
        page.goto(path)
        page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true })")
        check_page(page, "en", has_colours=False)
    page.get_by_role("button", name="中文").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")


@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
def test_an_author_edits_a_rule_and_sees_mistakes_changes_and_examples_first(new_page, viewport):
    page = sign_in(new_page(viewport=viewport), "zhou")
    page.goto("/console/rules/S8-02c")
    page.get_by_role("link", name="编辑").click()
    share = str(1000 + viewport["width"])
    page.get_by_label("条件", exact=True).fill('msg_sec_check.sugest == "pass"')
    page.get_by_label("灰度（万分之）").fill(share)
    page.get_by_role("button", name="校验并预览").click()

    condition = page.get_by_label("条件", exact=True)
    expect(condition).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#wrong-when")).to_contain_text("第 1 行第 1 列")
    expect(page.locator("#wrong-when")).to_contain_text("您是不是想写 msg_sec_check.suggest？")
    check_page(page)

    condition.fill('msg_sec_check.suggest == "pass" and any(h.verdict != "pass" for h in hits)')
    page.get_by_role("button", name="校验并预览").click()
    expect(page.get_by_role("heading", name="改动")).to_be_visible()
    expect(page.locator(".changes")).to_contain_text(f"bp: {share}")
    expect(page.locator(".examples .truth-fails")).to_have_count(0)
    check_page(page)

    page.get_by_label("为什么改").fill("先看一部分")
    page.get_by_role("button", name="提交改动").click()
    expect(page.get_by_role("status")).to_contain_text("改动已启用")
    check_page(page)
    page.goto("/console/rules/parameters/content/health_food_categories/edit")
    page.get_by_role("button", name="再加一条").click()
    expect(page.get_by_text("第 1 条")).to_be_visible()
    check_page(page)


def test_everything_can_be_read_without_a_script(new_page):
    page = open_main_case(sign_in(new_page(java_script_enabled=False)))
    assert page.locator("kbd").count() > 0
    expect(page.locator("kbd:visible, .phrases:visible")).to_have_count(0)  # they would do nothing

    page.locator(".hit > a").first.focus()

    expect(page.get_by_role("tooltip").first).to_be_visible()
    page.locator(".hit > a").first.click()
    expect(page.locator("tr:target")).to_have_count(1)
    rule = page.locator(".rule-why", has_text="S2-05").first
    expect(rule.locator(".parts").first).to_be_hidden()
    rule.locator("summary").press("Enter")
    expect(rule.locator(".parts").first).to_contain_text("主张的豁免依据 未提供")


def test_a_page_on_paper_is_light_and_asks_for_nothing(new_page):
    page = open_main_case(sign_in(new_page()))
    page.emulate_media(media="print", color_scheme="dark")

    wants_a_hand = page.locator(".side:visible, button:visible, .btn:visible, input:visible, textarea:visible")
    expect(wants_a_hand).to_have_count(0)
    expect(page.locator(".hit").first).to_be_visible()
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(26, 36, 48)"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_single_letter_keys_can_be_switched_off(new_page, session):
    page = new_page(storage_state=session)
    page.goto("/console/cases")
    page.get_by_role("button", name="快捷键：开").click()
    page.reload()
    expect(page.get_by_role("button", name="快捷键：关")).to_be_visible()

    page.keyboard.press("j")

    expect(page.locator(".row-link").first).not_to_be_focused()


def test_signing_out_leads_back_to_the_sign_in_page(new_page):
    page = sign_in(new_page(), "wang")
    page.get_by_role("button", name="退出登录").click()

    expect(page.get_by_role("status")).to_contain_text("已退出登录")
    page.go_back()
    page.goto("/console/cases")
    expect(page.get_by_role("heading", name="登录")).to_be_visible()


def test_a_second_officer_reads_what_changes_and_approves_it(new_page, session, served):
    _propose(served[0])  # on what is in force by now
    page = new_page(storage_state=session)
    page.goto("/console/rules")
    approve = page.get_by_role("button", name="批准并启用")
    waiting = page.get_by_role("region", name="等待第二人批准").filter(has=approve)
    expect(waiting).to_contain_text("状态由 生效 改为 影子")

    approve.click()
    expect(waiting).to_be_visible()  # the browser asks for the reason first
    waiting.get_by_label("理由").fill("与法务核对过")
    approve.click()

    expect(waiting).to_have_count(0)
    page.get_by_label("关键词").fill("s9-01 老年人")
    page.get_by_label("关键词").press("Enter")
    expect(page.locator("tr", has_text="S9-01 涉老年人保健品虚假宣传")).to_contain_text("影子")


def test_an_officer_finds_a_person_reads_a_value_with_a_reason_and_leaves_it_masked(new_page, session):
    page = new_page(storage_state=session)
    page.goto("/console/people")
    page.get_by_label("值", exact=True).fill("+86 138-0013-8000")
    page.get_by_role("button", name="查找", exact=True).click()
    expect(page.get_by_text("138****8000")).to_be_visible()
    assert "8000" not in page.url

    page.get_by_role("link", name="buyer:o-88").first.click()
    reveal = page.get_by_role("region", name="查看全文")
    reveal.get_by_label("手机号").check()
    reveal.get_by_role("button", name="查看全文").click()
    expect(page.get_by_text("138" + "0013" + "8000")).to_have_count(0)  # the browser asks for the reason first
    reveal.get_by_label("理由").fill("核对退款收款人")
    reveal.get_by_role("button", name="查看全文").click()

    expect(page.get_by_text("138" + "0013" + "8000")).to_be_visible()
    page.get_by_role("link", name="返回个人信息").click()
    page.get_by_role("link", name="buyer:o-88").first.click()  # of the person's open request
    expect(page.get_by_text("138****8000")).to_be_visible()
