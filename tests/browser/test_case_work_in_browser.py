"""Officers at work in a real browser: by keys case to case, two officers, a stale page, many at once, an appeal."""

from __future__ import annotations

import re
import shutil
from contextlib import closing

import pytest
from playwright.sync_api import expect, sync_playwright

from app.db import Database
from app.flows.appeal_case import offer_appeal
from app.flows.decide_case import decide_case
from app.flows.work_case import claim_case
from app.models import Case
from app.review.cases import Said
from app.values.access import Caller
from tests.browser.pages import ARGS, DESK, PHONE, check_page
from tests.browser.test_console import sign_in
from tests.console import put_officer
from tests.service import make_service, shipped_judge
from tests.serving import serve
from tests.working import work

ZHOU = Caller("z", "officer:zhou", frozenset({"senior"}), None)
TEXTS = {
    "v-a": "全网最佳面膜，限时特价，颜色很多",
    "v-b": "顶级高仿包包上新，支持一件代发",
    "v-c": "行业第一，稳赚不赔，跟着老师做理财",
    "v-d": "药到病除，三天根治痘痘，祖传秘方",
}


@pytest.fixture(scope="module")
def judge(tmp_path_factory):
    return shipped_judge(tmp_path_factory.mktemp("judge"))


@pytest.fixture(scope="module")
def launched(chromium):
    with sync_playwright() as playwright:
        window = playwright.chromium.launch(executable_path=chromium, args=ARGS)
        yield window
        window.close()


@pytest.fixture
def served(sqlite_template, tmp_path, judge):
    """A console of its own with four different cases, because every test changes them."""
    shutil.copyfile(sqlite_template, tmp_path / "weiheng.db")
    with closing(Database(f"sqlite:///{tmp_path / 'weiheng.db'}")) as database:
        service = make_service(database, tmp_path, judge, four_eyes_categories="counterfeit")
        for name in ("lin", "wang"):
            put_officer(service, name, roles=["officer", "senior"])
        client = service.client("screen")
        service.ids = {}
        for content_id, text in TEXTS.items():
            answer = service.screen(client, text, content_id=content_id, author_id="u-1").get_json()
            service.ids[content_id] = answer["case_id"]
            service.clock.advance(seconds=1)
        with serve(service.app) as address:
            yield service, address


@pytest.fixture
def open_page(launched, served):
    """Opens a page of a browser of its own, and holds it to no error and no request elsewhere."""
    contexts, complaints = [], []

    def opened(**options):
        context = launched.new_context(**{"viewport": DESK, "locale": "zh-CN", "base_url": served[1]} | options)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda message: complaints.append(message.text) if _is_complaint(message) else None)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


def _is_complaint(message):
    return message.type != "info" and not re.search("status of (403|409|413|422)", message.text)


def case_of(service, content_id):
    with service.parts.db.read() as session:
        return session.get(Case, service.ids[content_id])


def test_from_sign_in_to_the_next_case_by_keyboard_alone(served, open_page):
    service, _ = served
    page = sign_in(open_page())

    page.keyboard.press("n")
    page.wait_for_url("**/console/cases/*-*")
    first = page.get_by_role("heading", level=1).inner_text()
    page.locator(".hit > a").first.focus()
    expect(page.get_by_role("tooltip").first).to_be_visible()
    page.keyboard.press("a")
    expect(page.locator("#reason")).to_be_focused()
    page.keyboard.type("经核实属实")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("status")).to_contain_text("已办结")
    expect(page.get_by_role("heading", level=1)).not_to_have_text(first)
    page.wait_for_load_state()

    page.keyboard.press("v")
    page.keyboard.type("违反规定")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#policy")).to_be_focused()
    assert case_of(service, first).outcome == "pass"


def test_the_keys_are_told_and_a_note_begun_survives_a_reload(served, open_page):
    service, _ = served
    page = sign_in(open_page())
    page.goto(f"/console/cases/{service.ids['v-a']}")

    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("通过")
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    page.keyboard.type("先问法务")
    expect(page.get_by_text("草稿已保存")).to_be_visible()
    page.reload()

    expect(page.locator("[data-note]")).to_have_value("先问法务")


def test_two_officers_are_needed_where_the_category_says_so(served, open_page):
    service, _ = served
    pages = [sign_in(open_page(), name) for name in ("lin", "wang")]
    for page in pages:
        page.goto(f"/console/cases/{service.ids['v-b']}")

    for page in pages:
        page.reload()
        page.locator("#reason").fill("仿冒他人商标")
        page.locator("#policy").select_option("counterfeit")
        page.get_by_label("办结后领取下一件").uncheck()
        page.locator('[data-verdict="v"]').click()
        page.wait_for_load_state()
        assert case_of(service, "v-b").state == ("second" if page is pages[0] else "decided")

    expect(pages[1].locator(".timeline")).to_contain_text("第一人裁决")


def test_a_page_that_has_become_stale_says_so_by_itself(served, open_page):
    service, _ = served
    page = sign_in(open_page())
    page.goto(f"/console/cases/{service.ids['v-a']}")
    stale = page.locator("[data-stale]")
    expect(stale).to_be_hidden()

    decide_case(service.parts, service.ids["v-a"], Said("pass", "可以"), caller=ZHOU, now=service.clock())
    page.evaluate("window.dispatchEvent(new Event('focus'))")

    expect(stale).to_be_visible()
    expect(stale).to_contain_text("zhou 刚刚已将本案裁决为「通过」")


def test_many_at_once_and_taken_back(served, open_page):
    service, _ = served
    page = sign_in(open_page())

    page.get_by_role("checkbox", name="选择本页全部").check()
    expect(page.locator("[data-chosen-count]")).to_contain_text("4")
    page.get_by_role("checkbox", name="选择 v-d").uncheck()
    page.get_by_label("理由（必填）").fill("同一批违规")
    page.get_by_role("button", name="批量裁决").click()
    expect(page.get_by_role("status")).to_contain_text("3 件将在")
    page.get_by_role("button", name="撤销").click()
    expect(page.get_by_role("status")).to_contain_text("已撤销，3 件")

    service.clock.advance(minutes=2)
    work(service)
    assert {case_of(service, name).state for name in TEXTS} == {"open"}


def test_the_list_is_worked_by_keys_and_what_a_colleague_took_meanwhile_is_left_out(served, open_page):
    service, _ = served
    page = sign_in(open_page())

    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("选择或取消选择本行")
    page.keyboard.press("Escape")
    for _ in TEXTS:
        page.keyboard.press("j")
        page.keyboard.press("x")
    page.keyboard.press("x")
    expect(page.locator("[data-chosen-count]")).to_contain_text("3")
    page.keyboard.press("x")
    claim_case(service.parts, service.ids["v-c"], caller=ZHOU, now=service.clock())
    page.get_by_label("理由（必填）").fill("同一批违规")
    page.get_by_role("button", name="批量裁决").click()

    expect(page.get_by_role("status")).to_contain_text("3 件将在")
    expect(page.get_by_role("alert")).to_contain_text("「v-c」：zhou 正在处理本案")
    expect(page.locator('.filters [name="decision"]')).to_have_value("")
    check_page(page)


def test_a_file_too_large_is_told_before_it_is_sent_and_on_a_page_when_it_was(served, open_page, tmp_path):
    service, address = served
    large = tmp_path / "大.png"
    large.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(9_000_000))
    officer = sign_in(open_page())
    officer.goto(f"/console/cases/{service.ids['v-a']}")

    field = officer.locator("input[type=file]").first
    field.set_input_files(large)
    assert "合计不能超过 7.9 MB" in field.evaluate("each => each.validationMessage")

    decide_case(service.parts, service.ids["v-a"], Said("block", "绝对化用语"), caller=ZHOU, now=service.clock())
    _, link = offer_appeal(service.parts, service.ids["v-a"], caller=ZHOU, now=service.clock())
    merchant = open_page(viewport=PHONE, java_script_enabled=False)
    merchant.goto(address + re.sub("^https?://[^/]+", "", link))
    merchant.get_by_label("申诉理由").fill("我们有获奖证书")
    merchant.get_by_label("证明材料").set_input_files(large)
    merchant.get_by_role("button", name="提交申诉").click()

    expect(merchant.get_by_role("alert")).to_contain_text("文件合计超过 7.9 MB")
    expect(merchant.get_by_label("申诉理由")).to_have_value("我们有获奖证书")


def test_an_appeal_goes_from_the_link_to_the_overturned_decision(served, open_page, tmp_path):
    service, address = served
    decide_case(service.parts, service.ids["v-a"], Said("block", "绝对化用语"), caller=ZHOU, now=service.clock())
    officer = sign_in(open_page())
    officer.goto(f"/console/cases/{service.ids['v-a']}")
    officer.get_by_role("button", name="生成申诉链接").click()
    link = officer.get_by_label("申诉链接").input_value()
    officer.get_by_role("button", name="复制").click()
    expect(officer.get_by_role("button", name="已复制")).to_be_visible()
    proof = tmp_path / "证书.png"
    proof.write_bytes(b"\x89PNG\r\n\x1a\n" + b"\0" * 64)

    merchant = open_page(viewport=PHONE, java_script_enabled=False)
    merchant.goto(address + re.sub("^https?://[^/]+", "", link))
    merchant.get_by_label("申诉理由").fill("我们有获奖证书")
    merchant.get_by_label("证明材料").set_input_files(proof)
    merchant.get_by_role("button", name="提交申诉").click()
    expect(merchant.get_by_text("待复核")).to_be_visible()

    officer.goto("/console/cases?state=appealed")
    officer.get_by_role("link", name="v-a").click()
    expect(officer.locator("section", has_text="申诉与证据").last).to_contain_text("我们有获奖证书")
    officer.get_by_label("复核理由").fill("奖项核实属实")
    officer.get_by_role("button", name="改判通过").click()
    expect(officer.get_by_role("status")).to_contain_text("已改判为「通过」")
    merchant.reload()
    expect(merchant.get_by_text("已改判")).to_be_visible()
    expect(merchant.get_by_text("奖项核实属实").last).to_be_visible()
    assert case_of(service, "v-a").outcome == "pass"


def add_shift(lead, who, opens, closes):
    line = lead.locator("article.roster-line", has_text=who)
    line.locator("summary").click()
    line.locator('[name="opens"]').fill(opens)
    line.locator('[name="closes"]').fill(closes)
    line.get_by_role("button", name="添加").click()
    expect(lead.get_by_role("status")).to_contain_text("排班已更新")


def test_a_week_and_a_skill_decide_who_gets_which_case_and_the_next_shift_reads_the_note(served, open_page):
    service, _ = served
    put_officer(service, "zhao", display_name="赵一鸣")
    lead = sign_in(open_page(), "wang")
    lead.goto("/console/roster")
    add_shift(lead, "lin", "18:00", "20:00")
    add_shift(lead, "zhao", "20:00", "23:00")
    line = lead.locator("article.roster-line", has_text="lin")
    line.locator("summary").click()
    line.locator('[name="categories"][value="counterfeit"]').check()
    line.get_by_role("button", name="保存技能").click()
    expect(line.locator(".roster-skills")).not_to_contain_text("全部案件")
    expect(line).to_contain_text("每周 周一、周二、周三、周四、周五 18:00–20:00")
    check_page(lead)

    lin, zhao = sign_in(open_page()), sign_in(open_page(), "zhao")
    expect(zhao.get_by_text("您现在不当班")).to_be_visible()
    lin.get_by_role("button", name="领取下一件").click()
    lin.wait_for_url("**/console/cases/*-*")
    assert lin.url.partition("?")[0].endswith(service.ids["v-b"])  # not v-a, which is due before it
    lin.goto("/console/cases")
    lin.locator("summary", has_text="下班交班").click()
    lin.locator('[name="note"]').fill("仿冒一案等商标局回函")
    lin.get_by_role("button", name="下班交班").click()
    expect(lin.get_by_role("status")).to_contain_text("1 件")

    service.clock.advance(hours=2, minutes=5)
    lin.goto("/console/cases")
    expect(lin.get_by_text("您现在不当班")).to_be_visible()
    zhao.goto("/console/cases")
    note = zhao.locator(".desk-note")
    expect(note).to_contain_text("仿冒一案等商标局回函")
    check_page(zhao)
    note.get_by_role("button").click()
    expect(note).to_have_count(0)
    zhao.get_by_role("button", name="领取下一件").click()
    zhao.wait_for_url("**/console/cases/*-*")
    assert case_of(service, "v-a").claimed_by == "officer:zhao"
    assert case_of(service, "v-b").claimed_by is None


@pytest.mark.parametrize(("viewport", "scheme"), [(DESK, "light"), (PHONE, "light"), (PHONE, "dark")])
def test_the_pages_can_be_read_and_named_everywhere(served, open_page, viewport, scheme):
    service, _ = served
    page = sign_in(open_page(viewport=viewport, color_scheme=scheme))

    for path in ("/console/cases", f"/console/cases/{service.ids['v-b']}"):
        page.goto(path)
        page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
        check_page(page)
