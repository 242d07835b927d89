"""A blocked word in a warning or a report goes to a person; what is written on every package excuses nothing."""

from __future__ import annotations

import pytest

from app.values.deciding import Verdict
from tests.parts.text.test_constructions import seen
from tests.parts.text.wordlist_files import matcher_of, scan

BLOCKED = matcher_of(
    "根治{0,4}糖尿病 | verdict: block\n包治百病 | verdict: block | allow: 谨防{0,2}~, 警惕{0,2}~, ~{0,4}靠谱吗\n偏方"
)


def verdicts(text: str) -> list[Verdict]:
    return [hit.verdict for hit in scan(BLOCKED, text).hits]


@pytest.mark.parametrize(
    "text",
    [
        "根治糖尿病？误区：目前只能控制",
        "养生三大误区，以为喝醋就能根治糖尿病",
        "主播宣称根治糖尿病，被罚五十万元",
        "卖家说根治糖尿病，你敢信吗",
        "写文案不能说根治糖尿病，这是违禁词",
        "春天要警惕那些打着专家旗号、说能根治糖尿病的直播间",
        "别再信根治糖尿病了",
    ],
)
def test_a_word_that_is_told_of_is_put_before_a_person(text):
    assert verdicts(text) == [Verdict.REVIEW]


@pytest.mark.parametrize(
    "text",
    [
        "根治糖尿病，药店同款",
        "根治糖尿病，曝光量第一的产品",
        "正品保证，谨防假冒，根治糖尿病",
        "当心山寨！根治糖尿病只有我家",
        "根治糖尿病" + "，每天早晚各一次坚持三个月看得见" * 4 + "。误区",
    ],
)
def test_a_promise_stays_blocked(text):
    assert verdicts(text) == [Verdict.BLOCK]


def test_a_word_that_goes_to_a_person_anyway_stays_there():
    assert verdicts("偏方的误区") == [Verdict.REVIEW]


@pytest.mark.parametrize("warning", ["谨防假冒", "警惕仿冒", "谨防 山寨", "警惕假货"])
def test_a_warning_of_fakes_excuses_no_word_behind_it(warning):
    assert verdicts(f"{warning}，包治百病") == [Verdict.BLOCK]


def test_a_warning_of_the_word_itself_does():
    assert verdicts("谨防号称包治百病") == []


@pytest.mark.parametrize(
    "beside", ["正品保证谨防假冒", "温馨提醒", "不骗人", "没有套路", "不信你试试", "成功案例很多", "警惕山寨"]
)
def test_what_sellers_say_of_themselves_excuses_no_construction(beside):
    assert [hit.word for hit in seen(f"{beside}，我妈喝了两个月，痛风好了", shop="tea")]


@pytest.mark.parametrize("beside", ["警惕骗局", "民警提醒", "都是套路", "典型案例", "谨防假药"])
def test_what_warns_does(beside):
    assert seen(f"{beside}，说我妈喝了两个月，痛风好了", shop="tea") == ()


@pytest.mark.parametrize("offer", ["点进来看", "私信我", "当然！我家祖传", "加我微信了解", "有！就是它"])
def test_a_question_excuses_no_word_that_the_seller_answers(offer):
    assert verdicts(f"神奇膏药包治百病靠谱吗？{offer}") == [Verdict.REVIEW]


@pytest.mark.parametrize("answer", ["", "？医生：不能", "？听听药师怎么说", "？当然不靠谱"])
def test_a_question_that_offers_nothing_does(answer):
    assert verdicts(f"神奇膏药包治百病靠谱吗{answer}") == []
