"""An officer reads on a case's page, part by part, why rules fired and why others did not."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from app.models import Screening
from tests.console import Page, officer_of, put_case, token
from tests.english import chinese
from tests.service import make_service, shipped_judge

NUMBER = "138" + "0013" + "8000"


@pytest.fixture(scope="module")
def judge(tmp_path_factory):
    return shipped_judge(tmp_path_factory.mktemp("judge"))


@pytest.fixture
def deciding(sqlite_database, judge, tmp_path):
    return make_service(sqlite_database, tmp_path, judge)


def section(service, text, **more):
    """The section's HTML for a content that was screened, and its text."""
    said = service.screen(service.client("screen"), text, **more).get_json()
    page = officer_of(service).get(f"/console/cases/{said['case_id']}").text
    found = re.search(r'<section[^>]*aria-labelledby="h-why">.*?</section>', page, re.DOTALL)[0]
    return found, re.sub(r"\s+", " ", Page(found).text)


def test_fired_rules_come_with_their_parts_and_near_misses_with_what_failed_first(deciding):
    facts = {"health_food_notice": False}
    html, text = section(deciding, "全网最佳面膜，改善睡眠", category="tea", facts=facts)

    fired, near = text.split("差一点触发的规则")
    assert "S2-05绝对化用语" in fired.replace(" ", "")
    assert "命中词 共 1 项，第 1 项符合：命中词的类别 = 绝对化用语，命中词的判定 = 拦截" in fired
    assert "S2-06b" in near
    assert "首先不成立 类目 = tea 不在 保健食品类目 中" in near
    assert "参数 保健食品类目 = health_food、保健食品、保健品（广告法第十八条）" in near
    assert html.count('<details class="rule-why">') == 1 + 5
    assert "留存的裁决不一致" not in text


def test_an_english_page_explains_in_english_and_quotes_only_what_is_chinese_itself(deciding):
    said = deciding.screen(
        deciding.client("screen"), "全网最佳面膜，改善睡眠", category="tea", facts={"health_food_notice": False}
    ).get_json()
    officer = officer_of(deciding)
    officer.post("/console/language", data={"language": "en", "csrf_token": token(officer, "/console/account")})

    page = officer.get(f"/console/cases/{said['case_id']}").text
    found = re.search(r'<section[^>]*aria-labelledby="h-why">.*?</section>', page, re.DOTALL)[0]
    told = re.sub(r"\s+", " ", Page(found).text)

    assert "hits: 1 in all, number 1 fits: category is absolute_terms, verdict is block" in told
    assert "Because category (tea) is none of health-food categories" in told
    assert re.search(r"health-food categories = health_food, ?保健食品", told)
    assert chinese(found) == []


def test_a_rule_that_cannot_be_known_is_told_as_the_review_it_led_to(deciding):
    html, text = section(deciding, "改善睡眠的好茶，增强免疫力", category="health_food")

    first = html[: html.index("</summary>")]
    assert "tag-review" in first
    assert "tag-block" not in first
    assert "缺少事实 已显示“本品不能代替药物”，须由人判断" in text
    assert "首先无法判断" in text


def test_the_section_shows_no_text_of_the_content_and_no_personal_data(deciding):
    facts = {"absolute_term_basis": f"见 {NUMBER}"}
    html, text = section(deciding, f"全网最佳，致电 {NUMBER}", facts=facts)

    assert NUMBER not in html
    assert "致电" not in html
    assert "138****8000" in text


def test_a_decision_that_cannot_be_repeated_says_so(deciding):
    said = deciding.screen(deciding.client("screen"), "全网最佳面膜").get_json()

    def tamper(session):
        row = session.scalar(select(Screening))
        row.answer = row.answer.replace(b'"decision":"block"', b'"decision":"review"')

    deciding.parts.db.write(tamper)
    page = officer_of(deciding).get(f"/console/cases/{said['case_id']}").text

    assert "按当时版本重演的结果与留存的裁决不一致：裁决、触发的规则、命中词条。" not in page
    assert "按当时版本重演的结果与留存的裁决不一致：裁决、触发的规则。" in page


def test_a_case_whose_snapshots_are_gone_says_that_it_cannot_be_explained(service, officer):
    page = officer.get(f"/console/cases/{put_case(service)}").text

    assert "当时所用的规则或词库版本已无法读取，不能逐项解释。" in page


def test_what_was_found_is_offered_first_then_categories_then_rules_about_contents_with_their_titles(deciding):
    said = deciding.screen(deciding.client("screen"), "全网最佳面膜").get_json()
    page = officer_of(deciding).get(f"/console/cases/{said['case_id']}").text
    select = page[page.index('<select class="form-select" id="policy"') :]
    groups = re.findall(
        r'<optgroup label="([^"]*)"[^>]*>(.*?)</optgroup>', select[: select.index("</select>")], re.DOTALL
    )
    offered = {heading: re.findall(r'value="([^"]*)"[^>]*>([^<]*)<', options) for heading, options in groups}

    assert list(offered)[:3] == ["本案命中", "词条类别", "规则：内容审核"]
    assert offered["本案命中"] == [("absolute_terms", "绝对化用语"), ("S2-05", "S2-05 绝对化用语")]
    assert ("counterfeit", "假冒与仿冒") in offered["词条类别"]
    assert {"S3-02", "S8-40"}.isdisjoint(rule for options in offered.values() for rule, _ in options)
    assert 'data-policy="S2-05"' in page
