"""Every fact, value and kind of event has words in Chinese and in English, and none of them can be mistaken."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from app.events.fact_sentences import in_words
from app.events.kind import load_kinds
from app.values.fact_words import fact_words
from app.values.fact_words.choices import CHOICES, CHOICES_OF
from app.values.fact_words.kinds import KINDS
from app.values.fact_words.members import MEMBERS
from app.web.console.fact_words import value_word
from app.web.console.words import NAMES

KINDS_OF_EVENTS = list(load_kinds().values())
FREE = {"deadline", "supplier_tier", "order.supplier_tier", "past.ranked_tier", "past.segment"}
"""Facts that declare no choices although their values are names."""
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def facts():
    return [(kind, fact) for kind in KINDS_OF_EVENTS for fact in kind.facts]


def test_no_fact_lacks_its_chinese_word_or_its_english_sentence():
    lacking = [
        f"{kind.name}: {fact.name}" for kind, fact in facts() if not CHINESE.search(fact_words().get(fact.name, ""))
    ]
    silent = [f"{kind.name}: {fact.name}" for kind, fact in facts() if len(fact.doc) < 3 or CHINESE.match(fact.doc)]

    assert lacking == []
    assert silent == []


def test_no_member_value_or_kind_lacks_its_word():
    members = {member for _, fact in facts() for member in fact.items}
    values = {value for _, fact in facts() for value in fact.choices}

    assert members == MEMBERS.keys()
    assert values == CHOICES.keys()
    assert {kind.name for kind in KINDS_OF_EVENTS} == KINDS.keys()
    assert all(kind.doc for kind in KINDS_OF_EVENTS)
    assert {kind.subject for kind in KINDS_OF_EVENTS} - NAMES["subject"].keys() == set()


def test_words_stand_for_facts_that_some_kind_declares():
    declared = {fact.name for _, fact in facts()} | {"now"}
    choices = {(fact.name, value) for _, fact in facts() for value in fact.choices}
    named = {(fact, value) for fact, words in CHOICES_OF.items() for value in words if fact not in FREE}

    assert fact_words().keys() - declared == set()
    assert named - choices == set()


@pytest.mark.parametrize("kind", KINDS_OF_EVENTS, ids=lambda kind: kind.name)
def test_no_two_facts_of_a_kind_share_a_word(kind):
    words = Counter(fact_words()[fact.name] for fact in kind.facts)

    assert [word for word, count in words.items() if count > 1] == []


def test_a_sentence_is_told_in_words_and_its_values_too():
    said = in_words("order.stock_type = presale，缺少 predicted_delivery_at，c.kind = x，p.odds_ppm 大于 5", {})

    assert said == "订单的现货或预售 = 预售，缺少 预售公布的发货时间，宣称的种类 = x，中奖概率（百万分之一） 大于 5"


def test_what_a_named_value_is_compared_with_is_told_in_words_too():
    said = in_words("deadline = own 不等于“platform”，word = own 不等于“platform”", {})

    assert said == "已过的时限 = 商家内部答复时限 不等于“平台处理时限”，词条 = own 不等于“platform”"


def test_who_writes_packs_reads_the_names_beside_the_words():
    said = in_words(
        "content_kind = video_caption 不等于“product_title”，缺少 order.paid_fen，n = 5", {}, with_names=True
    )

    assert said == (
        "内容类型（content_kind） = 视频文案（video_caption） 不等于“商品标题（product_title）”，"
        "缺少 订单实付金额（order.paid_fen），n = 5"
    )


def test_functions_are_told_in_words():
    assert in_words("len(prizes) = 0，len(title) 大于 5", {}) == "奖项的个数 = 0，标题的字数 大于 5"
    assert in_words("order.paid_at + days(15)，hours(n) + abs(x)", {}) == "订单付款时间 + 15 天，n 小时 + x（不计正负）"
    assert in_words("min(a, b)，any(p.odds_ppm > 0 for p in prizes)", {}).startswith("最小值(a, b)，任一(")


def test_what_is_a_text_here_and_a_list_there_has_a_length():
    types = {fact.type for kind in load_kinds().values() for fact in kind.facts if fact.name == "conditions"}

    assert len(types) > 1
    assert in_words("len(conditions) = 0", {}) == "参与条件的长度 = 0"


def test_a_length_has_its_name_beside_it_for_who_writes_packs():
    assert in_words("len(prizes) = 0", {}, with_names=True) == "奖项的个数（len(prizes)） = 0"


def test_a_fact_that_is_called_like_a_function_is_no_function():
    assert in_words("count = 3，len = 2，any 成立", {}) == "count = 3，len = 2，any 成立"


def test_records_are_told_without_references_to_people():
    kind = load_kinds()["split.request"]
    record = {"type": "PERSONAL_OPENID", "account": "o-secret", "amount_fen": 1_380, "relation": "DISTRIBUTOR"}

    told = value_word(kind, "receivers", [record])

    assert told == "类型 PERSONAL_OPENID、金额 1380 分（13.80 元）、与商户的关系 DISTRIBUTOR"


@pytest.mark.parametrize("text", ["title = new_year", "shop_id = paid-2", "category = tea"])
def test_a_value_that_only_begins_like_a_choice_stays(text):
    assert in_words(text, {}).partition(" = ")[2] == text.partition(" = ")[2]
