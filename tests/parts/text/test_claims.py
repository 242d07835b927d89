"""Claims are seen by how they are worded, stand where they are said to stand, and time goes with the text's length."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.text.claims import KINDS, find_claims, with_ground
from app.text.claims.find import MOST, compared
from app.text.content_type import mix_type
from app.text.flash_sale import flash_sale
from app.text.passage import TextField
from app.values.deciding import Hit, Verdict

SAMPLES = [
    line.split("\t")
    for line in (Path(__file__).parent / "claim_samples.tsv").read_text("utf-8").splitlines()
    if not line.startswith("# ")
]


def kinds(text: str) -> set[str]:
    return {claim.kind for claim in find_claims([TextField("text", text)])}


@pytest.mark.parametrize(("kind", "sign", "text"), SAMPLES)
def test_a_claim_is_seen_where_it_stands_and_not_elsewhere(kind, sign, text):
    assert (kind in kinds(text)) is (sign == "+")


def test_every_kind_has_samples_of_both_sides():
    assert {(kind, sign) for kind, sign, _ in SAMPLES} == {(kind, sign) for kind in KINDS for sign in "+-"}


@pytest.mark.parametrize(
    "text",
    [
        "皮肤水分提升47%（数据来源：某检测机构2026年3月报告）",
        "据《中国居民膳食指南》，研究表明多吃蔬菜好",
        "拥有发明专利，专利号ZL202010123456.7",
        "抑菌率99.9%，检测报告编号：WT2026-0319",
        "满意度98%，样本量200人",
    ],
)
def test_a_claim_with_its_source_beside_it_is_backed(text):
    found = find_claims([TextField("text", text)])

    assert found
    assert all(claim.is_backed for claim in found)


def test_a_source_far_away_backs_nothing():
    text = "皮肤水分提升47%。" + "今天和大家聊聊护肤的日常，先说清洁再说保湿。" * 8 + "数据来源：某机构"

    assert [claim.is_backed for claim in find_claims([TextField("text", text)])] == [False]


def test_places_are_those_of_the_original_whatever_it_is_written_in():
    text = "😀 皮膚水分提升４７％！點下方購物車"

    found = find_claims([TextField("title", text)])

    assert [claim.kind for claim in found] == ["effect_figure", "shopping_call"]
    assert found[0].text == text[found[0].start : found[0].end] == "提升４７％"


@given(st.text(max_size=80))
def test_the_compared_text_is_as_long_as_the_original(text):
    assert len(compared(text)) == len(text)


def test_only_so_many_claims_are_kept():
    assert len(find_claims([TextField("text", "销量翻五倍。" * 500)])) == MOST


def absolute(text: str, word: str) -> Hit:
    start = text.index(word)
    place = {"start": start, "end": start + len(word), "text": word}
    about = {"category": "absolute_terms", "wordlist": "absolute_terms", "source": "广告法第九条第三项"}
    return Hit(field="text", word=word, verdict=Verdict.BLOCK, **place, **about)


@pytest.mark.parametrize(
    ("text", "ground"),
    [
        ("荣获2025年中国茶叶学会颁发的最佳口味奖", "award"),
        ("2025年双11天猫平台销量最佳单品", "sales_fact"),
        ("按GB/T 8937国家标准评定为最高级", "grade"),
        ("本店系列里最佳的一款", "own_range"),
        ("我们追求最佳的品质", "aim"),
        ("全新面霜，最佳选择", None),
        ("2025年最佳面霜", None),
        ("获奖无数的最佳面霜", None),
        ("我们追求品质。这是最佳面霜", None),
    ],
)
def test_what_stands_around_an_absolute_term_may_except_it_for_a_person(text, ground):
    word = "最高级" if "最高级" in text else "最佳"

    hit = with_ground(absolute(text, word), text)

    assert hit.ground == ground
    assert hit.verdict is (Verdict.BLOCK if ground is None else Verdict.REVIEW)


@pytest.mark.parametrize(
    ("text", "sale"),
    [
        ("今晚秒杀，限量100件，8月1日20:00-22:00", (100, True)),
        ("秒杀限量一百二十份", (120, False)),
        ("福利价，前两千单半价", (2000, False)),
        ("抢购：红色限量50件，蓝色限量80件", (None, False)),
        ("一箱共12瓶，现货", (None, False)),
        ("限量3万件特价", (None, False)),
    ],
)
def test_a_flash_sale_says_how_many_and_how_long(text, sale):
    assert flash_sale([TextField("text", text)]) == sale


@pytest.mark.parametrize(
    ("kind", "text", "part"),
    [
        ("video_caption", "用了一个月的真实体验，宝宝穿着舒服，已经回购", "testimonial"),
        ("video_caption", "讲讲这件羽绒服的面料和做工，采用90绒，防水透气", "product"),
        ("video_caption", "今晚八点开抢，限量秒杀，满200减30，先领券", "welfare"),
        ("video_caption", "今天天气不错", None),
        ("review", "不错", "testimonial"),
        ("product_title", "棉袜五双", "product"),
    ],
)
def test_the_part_of_the_mix_is_seen_by_its_words_or_not_known(kind, text, part):
    assert mix_type(kind, [TextField("text", text)]) == part
