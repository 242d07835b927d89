"""What is called idle in many texts is no hit of any content, and is still known to those who ask what stands there."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.text.match import Context, TextField
from tests.parts.text.wordlist_files import AT, HEAD, matcher_of

WORDS = (
    "最佳 | allow: ~拍档, 荣获~, 奖{0,3}~",
    "根治{0,4}风湿病",
    "加{0,4}微信 | allow: 不要~",
    "月入{1,3}万",
    "好评返现",
    "刷单",
    "wx8",
)
PIECES = (
    *(
        "最佳",
        "拍档",
        "荣获",
        "奖项",
        "根治",
        "风湿",
        "风湿病",
        "湿病",
        "加",
        "微信",
        "不要",
        "月入",
        "三",
        "万",
        "好评",
        "返现",
    ),
    *(
        "最家",
        "zui佳",
        "最最佳佳",
        "佳最",
        "跟治",
        "gen治",
        "封湿病",
        "薇信",
        "亻言",
        "加加微微信信",
        "刷单",
        "印刷",
        "单页",
        "wx",
        "8",
    ),
    *(
        "的",
        "a",
        "88",
        "。",
        "，",
        " ",
        "\n",
        "*",
        "\u200b",
        "❤️",
        "你好",
        "<b>",
        "&#20339;",
        "\x00",
        "\ud800",
        "㎏",
        "",
    ),
)
CONTEXTS = (
    Context("video_caption", AT),
    Context("product_title", AT, "food", "s-1"),
    Context("comment", AT, None, "s-2"),
)
MATCHER = matcher_of(HEAD + "# match: shape\n" + "\n".join(WORDS))


@settings(max_examples=300, deadline=None)
@given(st.lists(st.lists(st.sampled_from(PIECES), max_size=8).map("".join), min_size=1, max_size=6))
def test_what_is_found_in_many_texts_is_what_is_found_in_each_and_the_idle_ones_hold_nothing(texts) -> None:
    looked = MATCHER.look_through(texts)

    for at, text in enumerate(texts):
        fields = [TextField("text", text)]
        for context in CONTEXTS:
            alone = MATCHER.scan(fields, context)
            assert MATCHER.scan_looked(looked, at, fields, context) == alone
            assert at in looked.worth or not (alone.hits or alone.exempted or alone.capped)


@pytest.mark.parametrize(
    ("text", "is_worth"),
    [
        ("最佳拍档", False),
        ("荣获最佳", False),
        ("奖项与最佳", False),
        ("最佳面膜", True),
        ("跟治风湿病", True),
        ("不要加微信", False),
        ("加你微信", True),
        ("加我薇信", True),
        ("刷单的", True),
        ("月入房产", False),
        ("妈妈最佳拍档", False),
    ],
)
def test_a_word_that_its_surroundings_excuse_is_idle_and_its_place_is_kept(text, is_worth) -> None:
    looked = MATCHER.look_through(["你好", text])

    assert (1 in looked.worth) is is_worth
    assert 0 not in looked.worth
    assert MATCHER.scan_looked(looked, 1, [TextField("t", text)], CONTEXTS[0]).said == (
        MATCHER.scan([TextField("t", text)], CONTEXTS[0]).said
    )


def test_a_text_with_very_many_finds_is_always_worth_a_look() -> None:
    looked = MATCHER.look_through(["最佳拍档" * 40])

    assert list(looked.worth) == [0]
