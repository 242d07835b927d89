"""The editor of a whole pack: a new rule, a new pack and a reference are written, checked and proposed."""

from __future__ import annotations

import re

import pytest
import yaml

from tests.service import make_service, shipped_judge
from tests.stories.console.test_rule_editor import Form, officer, send, written

FUNNEL = "/console/rules/packs/funnel/edit"
NEW = "/console/rules/packs/house_rules/edit"


@pytest.fixture(scope="module")
def judge(tmp_path_factory):
    return shipped_judge(tmp_path_factory.mktemp("judge"))


@pytest.fixture
def service(one_database, tmp_path, judge):
    return make_service(one_database, tmp_path, judge, rule_approval="off", evaluator="python")


def test_a_new_pack_begins_as_a_draft_that_passes_its_own_checks(service):
    client = officer(service)
    onward = client.get("/console/rules/packs?pack=house_rules")

    checked = send(client, NEW)

    assert onward.headers["Location"].endswith(NEW)
    assert checked.status_code == 200
    assert "新规则包" in checked.text
    assert send(client, NEW, "propose", why="本店自己的规则").status_code == 303
    assert yaml.safe_load(written(service, "house_rules/pack.yaml"))["rules"][0]["id"] == "H1-01"
    assert "编辑整个规则包" in client.get("/console/rules?pack=house_rules").text


def test_a_rule_and_a_reference_are_added_to_a_pack_and_tried_before(service):
    client = officer(service)
    fields = Form(client.get(FUNNEL).text).fields
    new = fields["pack_file"].replace("references:\n", "references:\n  house: {text: 本店规定, confidence: 法条}\n", 1)
    new = new.replace("parameters:\n", "parameters:\n  long: {default: 9000, unit: count, origin: engineering}\n", 1)
    new += """  - id: S6-99
    title: 长文
    on: content.submit
    status: live
    effective: {from: 2026-01-01, review_by: 2027-06-30}
    references: [house]
    when: text_length > long
    then: [warn]
    reason: 内容太长
"""
    examples = (
        fields["examples_file"]
        + """  S6-99:
    fires: [{name: 长, facts: {text_length: 9001}}]
    quiet: [{name: 短, facts: {text_length: 9000}}]
"""
    )
    both = {"pack_file": new, "examples_file": examples}

    asked = send(client, FUNNEL, "what_if", if_kind="content.submit", if_facts='{"text_length": 9001}', **both)
    done = send(client, FUNNEL, "propose", why="长文要提醒", **both)

    assert "S6-99" in asked.text
    assert done.status_code == 303
    assert yaml.safe_load(written(service, "funnel/pack.yaml"))["rules"][-1]["references"] == ["house"]


def test_examples_that_hold_are_folded_and_one_that_fails_stands_open_and_in_words(service):
    client = officer(service)
    examples = Form(client.get(FUNNEL).text).fields["examples_file"]

    holds = send(client, FUNNEL, "check")
    fails = send(client, FUNNEL, "check", examples_file=examples.replace("decision: block", "decision: hold", 1))

    assert "<summary>通过的" in holds.text
    assert "不符</span>" not in holds.text
    open_ones, _, folded = fails.text.partition("<summary>通过的")
    assert (fails.status_code, open_ones.count("不符</span>"), folded.count("不符</span>")) == (422, 1, 0)
    assert "后果是拦截。应为暂缓" in open_ones


def test_a_missing_reason_has_the_focus_and_says_so(service):
    client = officer(service)
    pack = Form(client.get(FUNNEL).text).fields["pack_file"]

    answer = send(client, FUNNEL, "propose", pack_file=pack.replace("title: ", "title: 新", 1), why=" ")

    [field] = re.findall(r'<input[^>]* name="why"[^>]*>', answer.text)
    assert answer.status_code == 422
    assert 'aria-invalid="true" aria-describedby="wrong-why" autofocus' in field
    assert len(re.findall(r"<[^>]* autofocus", answer.text)) == 1
    assert 'id="wrong-why"' in answer.text


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda text: text.replace("when: ", "when: text_lenght > 1 and ", 1), "funnel/pack.yaml 第"),
        (lambda text: text + "  - id: [", "funnel/pack.yaml 第"),
        (lambda text: text + "#" * 300_000, "太长，最多 300000 个字符"),
    ],
)
def test_what_is_wrong_is_told_with_its_line_and_nothing_is_proposed(service, change, told):
    client = officer(service)
    before = written(service, "funnel/pack.yaml")
    text = Form(client.get(FUNNEL).text).fields["pack_file"]

    answer = send(client, FUNNEL, "propose", why="改", pack_file=change(text))

    assert answer.status_code == 422
    assert told in answer.text
    assert written(service, "funnel/pack.yaml") == before


def test_a_name_that_is_no_folder_is_refused_and_only_authors_may_edit(service):
    client = officer(service)

    assert client.get("/console/rules/packs?pack=../etc").status_code == 422
    assert client.get("/console/rules/packs/..%2fetc/edit").status_code == 404
    assert client.get("/console/rules/packs/Etc/edit").status_code == 404
    assert officer(service, "wang", "officer").get(FUNNEL).status_code == 403
