"""The editor: an author changes a rule or a parameter in a form, sees what it does, and proposes it."""

from __future__ import annotations

import html
import json
import re

import pytest
import yaml
from sqlalchemy import select

from app import snapshots
from app.models import AuditRow
from tests.console import Page, put_officer, sign_in
from tests.service import make_service

EDIT = "/console/rules/S2-05b/edit"
PARAMETER = "/console/rules/parameters/content/health_food_categories/edit"
INPUT = re.compile(r'<input[^>]*name="(?P<name>[^"]+)"[^>]*value="(?P<value>[^"]*)"')


@pytest.fixture
def service(one_database, tmp_path, few_judge, few):
    return make_service(one_database, tmp_path, few_judge, **few, rule_approval="required", evaluator="python")


def officer(service, username="lin", *roles, **more):
    put_officer(service, username, roles=list(roles or ["rule_author"]), **more)
    return sign_in(service, username)[0]


class Form(Page):
    """A page's form as a browser would send it."""

    def __init__(self, page):
        self.fields, self._box, self._choice = {}, None, None
        super().__init__(page)

    def handle_starttag(self, tag, attributes):
        super().handle_starttag(tag, attributes)
        found = dict(attributes)
        if tag == "input" and found.get("type") != "checkbox" and "name" in found:
            self.fields[found["name"]] = found.get("value") or ""
        elif tag == "textarea":
            self._box, self.fields[found["name"]] = found["name"], ""
        elif tag == "select":
            self._choice = found["name"]
        elif tag == "option" and self._choice and ("selected" in found or self._choice not in self.fields):
            self.fields[self._choice] = found.get("value", "")

    def handle_endtag(self, tag):
        super().handle_endtag(tag)
        if tag == "textarea":
            self.fields[self._box] = self.fields[self._box].removeprefix("\n")
            self._box = None
        elif tag == "select":
            self._choice = None

    def handle_data(self, data):
        super().handle_data(data)
        if self._box:
            self.fields[self._box] += data


def send(client, path, do="check", **changes):
    form = Form(client.get(path).text).fields
    return client.post(path, data=form | {"do": do} | changes)


def written(service, file="content/pack.yaml"):
    with service.parts.db.read() as session:
        return snapshots.load(session, snapshots.pointer(session, "rules").snapshot_id)[file]


def rule_of(service, rule="S2-05b"):
    return next(each for each in yaml.safe_load(written(service))["rules"] if each["id"] == rule)


def test_an_untouched_form_changes_nothing(service):
    lin = officer(service)

    for path in (EDIT, PARAMETER, "/console/rules/S2-06b/edit", "/console/rules/S9-01/edit"):
        answer = send(lin, path)
        assert answer.status_code == 200, answer.text
        assert "没有差别" in answer.text
    before = written(service)
    answer = send(lin, EDIT, "propose", why="没有改什么")
    assert answer.headers["Location"] == "/console/rules/S2-05b?done=unchanged"
    assert written(service) == before


def test_a_rule_is_edited_seen_and_proposed_and_its_comments_stay(service):
    lin = officer(service)
    when = 'any(h.category == "absolute_terms"\r\n  and h.verdict != "pass" for h in hits)\r\n'
    when += "and absolute_term_basis is not None"
    changes = {"when": when, "reason": "主张豁免的绝对化用语，须核实依据", "share": "2500", "review_by": "2027-06-01"}

    checked = send(lin, EDIT, **changes)

    text = Page(checked.text).text
    assert checked.status_code == 200
    assert "修改规则 S2-05b" in text
    assert "2027-06-01" in text
    assert "3 / 3 通过" in text
    assert "由另一人批准才生效" not in text

    answer = send(lin, EDIT, "propose", **changes, why="工单 12")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/console/rules/S2-05b?done=active")
    assert "改动已启用" in lin.get(answer.headers["Location"]).text
    rule = rule_of(service)
    assert (rule["share"], rule["reason"]) == ({"bp": 2500}, changes["reason"])
    assert "# What may not be said in a content that sells" in written(service)
    live = next(each for each in service.parts.live.current.engine.rules if each.id == "S2-05b")
    assert live.share.bp == 2500
    with service.parts.db.read() as session:
        row = session.scalars(select(AuditRow).where(AuditRow.action == "snapshot.activate")).all()[-1]
    assert (row.actor, row.reason) == ("officer:lin", "工单 12")


def test_a_remedy_of_several_lines_survives_the_form_byte_for_byte(service):
    lin = officer(service)
    remedy = "先删除绝对化用语：\n  1. 标题\n  2. 封面\n\n再提交证明 # 奖项须写明年度"

    send(lin, EDIT, "propose", remedy=remedy.replace("\n", "\r\n"), why="写清步骤")
    first = written(service)
    send(lin, EDIT, "propose", share="1000", why="只改比例")

    assert rule_of(service)["remedy"] == remedy
    assert "    remedy: |-\n      先删除绝对化用语：\n        1. 标题\n        2. 封面\n\n      再提交证明" in first
    lines = [line for line in written(service).splitlines() if line not in first.splitlines()]
    assert [line.strip().partition(":")[0] for line in lines] == ["share"]
    assert remedy in html.unescape(lin.get(EDIT).text)


def test_a_rule_that_blocks_waits_for_somebody_else(service):
    lin, path = officer(service), "/console/rules/S2-05/edit"
    answer = send(lin, path, why="先观察", status="shadow")
    assert "由另一人批准才生效" in answer.text

    answer = send(lin, path, "propose", why="先观察", status="shadow")
    assert answer.headers["Location"] == "/console/rules/S2-05?done=waiting"
    assert rule_of(service, "S2-05")["status"] == "live"
    mei = officer(service, "mei", "rule_approver")
    assert "这是您提出的改动" in lin.get("/console/rules").text or "批准需要" in lin.get("/console/rules").text
    page = Form(mei.get("/console/rules").text)
    [target] = re.findall(r'action="(/console/rules/candidates/[^"]+)"', mei.get("/console/rules").text)
    form = {"csrf_token": page.fields["csrf_token"], "reason": "同意", "decision": "approve"}
    assert mei.post(target, data=form).status_code == 303
    assert rule_of(service, "S2-05")["status"] == "shadow"


@pytest.mark.parametrize(
    ("changes", "field", "told"),
    [
        ({"when": "any(h.category == 'x' for h in hits)\nand\ncontent_knd == 'a'"}, "when", "第 3 行第 1 列"),
        ({"when": "content_knd == 'a'"}, "when", "您是不是想写 content_kind？"),
        ({"when": "len(hits) > 5"}, "when", "数值 5 没有名字"),
        ({"then": "blcok"}, "then", "您是不是想写 block？"),
        ({"then": "review\n[x"}, "then", "第 2 行"),
        ({"then": ""}, "then", "至少一项"),
        ({"then": "compensate: {cause: late}"}, "then", "compensate 缺少 amount_fen"),
        ({"from": "2028-01-01"}, "review_by", "生效日期应早于复审期限"),
        ({"review_by": "soon"}, "review_by", "应为日期"),
        ({"share": "half"}, "share", "0 到 10000"),
        ({"reason": ""}, "reason", "不能为空"),
        ({"status": "alive"}, "status", "您是不是想写 live？"),
        ({"examples": "fires: [\n"}, "examples", "YAML 写法有误"),
        ({"examples": "fires:\n  - {name: 有, facts: {hts: []}}\nquiet: []\n"}, "examples", "没有事实 hts"),
        ({"when": "absolute_term_basis is None"}, "examples", "有示例与改动后的规则不符"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_proposed(service, changes, field, told):
    lin, before = officer(service), written(service)

    answer = send(lin, EDIT, "propose", why="试试", **changes)

    assert answer.status_code == 422
    said = re.search(rf'<ul class="wrong" id="wrong-{field}">(.*?)</ul>', answer.text, re.DOTALL)
    assert said, re.findall(r'id="(wrong-[^"]+)"', answer.text) + re.findall(
        r"<li><svg.*?<span>(.*?)</span>", answer.text
    )
    assert told in Page(said[1]).text
    assert written(service) == before
    for name, value in changes.items() - {("status", "alive")}:  # a browser could not send that
        assert Form(answer.text).fields[name].replace("\r\n", "\n") == value


def test_facts_are_tried_before_and_after(service):
    hit = {"category": "absolute_terms", "verdict": "review", "word": "顶级", "field": "text", "wordlist": "w"}
    facts = json.dumps({"hits": [hit], "content_kind": "video_caption"})
    when = 'any(h.category == "absolute_terms" for h in hits)'

    answer = send(officer(service), EDIT, "what_if", when=when, if_kind="content.submit", if_facts=facts)
    text = Page(answer.text).text

    assert re.search(r"现行\s*不触发", text), text
    assert re.search(r"改后\s*触发", text)
    assert "命中词的类别（h.category） = 绝对化用语（absolute_terms）" in text
    assert "内容送审（content.submit）" in text
    for facts, told in (("{", "不是 JSON"), ("[]", "JSON 对象"), ('{"hts": 1}', "hts")):
        answer = send(sign_in(service)[0], EDIT, "what_if", if_kind="content.submit", if_facts=facts)
        assert told in Page(answer.text).text


def test_what_is_wrong_with_a_value_stands_at_the_value_though_all_is_in_one_line(service):
    lin, page = officer(service), "/console/rules/parameters/content/senior_age_years/edit"
    form = Form(lin.get(page).text).fields
    assert (form["title"], form["title_en"]) == ("老年人起始年龄", "age from which people are seniors")

    answer = lin.post(page, data=form | {"default": "71", "do": "check"})

    assert answer.status_code == 422
    [wrong] = re.findall(r'<ul class="wrong" id="wrong-(\w+)">(.*?)</ul>', answer.text, re.DOTALL)
    assert wrong[0] == "default"
    assert "71 高于允许的最大值。至多 70 年" in Page(wrong[1]).text


def test_a_parameter_is_given_a_name_and_loses_it(service):
    lin, page = officer(service), "/console/rules/parameters/content/senior_age_years/edit"
    form = Form(lin.get(page).text).fields | {"title": "老人年龄", "title_en": ""}

    text = Page(lin.post(page, data=form | {"do": "check"}).text).text

    assert "名称由 老年人起始年龄 改为 老人年龄" in text
    assert "英文名称（原）：age from which people are seniors" in text


def test_a_parameter_gets_another_value_and_values_for_some_shops(service):
    lin = officer(service)
    more = Form(lin.post(PARAMETER, data=Form(lin.get(PARAMETER).text).fields | {"do": "more"}).text).fields
    assert more["rows"] == "1"
    row = {"o0-shop": "shop-1、shop-2", "o0-category": "tea", "o0-value": "health_food\n药膳", "o0-note": "试行"}
    form = more | row | {"default": "health_food\n保健食品\n保健品\n营养品", "do": "check"}

    checked = lin.post(PARAMETER, data=form)
    assert checked.status_code == 200, Page(checked.text).text
    assert "参数 health_food_categories“保健食品类目”" in Page(checked.text).text

    answer = lin.post(PARAMETER, data=form | {"do": "propose", "why": "新类目"})
    assert answer.headers["Location"] == "/console/rules?done=waiting"  # a rule that blocks uses it
    with service.parts.db.read() as session:
        stored = snapshots.newest(session, "rules")
        texts = [snapshots.load(session, each.id)["content/pack.yaml"] for each in stored]
    [found] = [
        each["overrides"]
        for text in texts
        if (each := yaml.safe_load(text)["parameters"]["health_food_categories"]).get("overrides")
    ]
    assert found == [
        {"where": {"shop": ["shop-1", "shop-2"], "category": "tea"}, "value": ["health_food", "药膳"], "note": "试行"}
    ]


@pytest.mark.parametrize(
    ("row", "field", "told"),
    [
        ({"o0-value": "tea"}, "o0-shop", "没有写明对谁适用"),
        ({"o0-shop": "shop-1", "o0-value": ""}, "o0-value", ""),
        ({"o0-shop": "shop-1", "o0-value": "a", "o0-origin": "hearsay"}, "o0-origin", "law:法条"),
        ({"default": ""}, "default", ""),
        ({"origin": "somewhere"}, "origin", "law:法条"),
    ],
)
def test_what_is_wrong_with_a_parameter_is_said_at_its_field(service, row, field, told):
    lin = officer(service)
    form = Form(lin.get(PARAMETER).text).fields | {"rows": "1", "do": "propose", "why": "x"} | row

    answer = lin.post(PARAMETER, data=form)

    assert answer.status_code == 422
    said = re.search(rf'<ul class="wrong" id="wrong-{field}">(.*?)</ul>', answer.text, re.DOTALL)
    assert said, Page(answer.text).text
    assert told in Page(said[1]).text


def test_a_form_filled_in_on_an_older_version_is_carried_over_and_says_so(service):
    lin, mei = officer(service), officer(service, "mei", "admin")
    mine = Form(lin.get(EDIT).text).fields
    assert send(mei, EDIT, "propose", why="别的", status="shadow", share="100").status_code == 303

    answer = lin.post(EDIT, data=mine | {"do": "propose", "share": "200", "why": "我的"})

    fields = Form(answer.text).fields
    assert answer.status_code == 409
    assert "已有其他版本启用" in answer.text
    assert (fields["status"], fields["share"]) == ("shadow", "200")
    assert "此项在新版本中已改为：100" in answer.text
    answer = lin.post(EDIT, data=fields | {"do": "propose", "why": "我的"})
    assert answer.status_code == 303
    assert (rule_of(service)["status"], rule_of(service)["share"]) == ("shadow", {"bp": 200})


@pytest.mark.parametrize("role", ["viewer", "officer", "senior", "rule_approver", "finance", "auditor"])
def test_other_roles_find_no_editor(service, role):
    client = officer(service, "mei", role)

    assert "/edit" not in client.get("/console/rules?pack=content").text
    for path in (EDIT, PARAMETER):
        assert client.get(path).status_code == 403
        assert (
            client.post(
                path, data={"csrf_token": Form(client.get("/console/rules").text).fields["csrf_token"]}
            ).status_code
            == 403
        )


def test_an_author_bound_to_shops_edits_nothing(service):
    assert officer(service, shop_ids=["shop-1"]).get(EDIT).status_code == 403


@pytest.mark.parametrize(
    "path",
    [
        "/console/rules/S0-00/edit",
        "/console/rules/parameters/content/nothing/edit",
        "/console/rules/parameters/x/y/edit",
    ],
)
def test_what_does_not_exist_is_not_found(service, path):
    assert officer(service).get(path).status_code == 404
