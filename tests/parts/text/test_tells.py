"""Telltales: words of an offer come to points together, and honest words never do."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.text.constructions import look_closely, read_closely
from app.text.constructions.openings import opened
from app.text.constructions.tells import LONG, NEED, OPENS, Tells, tells
from app.text.constructions.wording import asked, constructions
from app.text.match import build_matcher
from app.text.normalise import fold
from app.text.passage import TextField
from app.text.wordlist import load_wordlists
from app.text.words import Context
from bench.judged import read

AT = datetime(2026, 11, 26, tzinfo=UTC)
CATEGORIES = (Path(__file__).parents[3] / "wordlists" / "categories.yaml").read_text(encoding="utf-8")
HEAD = "# category: counterfeit\n# verdict: review\n# source: 某法\n# owner: ads\n从不出现的词\n"
NO_WORDS = build_matcher(load_wordlists({"categories.yaml": CATEGORIES, "some.txt": HEAD}))
COMMENT = Context("comment", AT, None)
TITLES = {each.name: each.title for each in constructions()}


def meant(text: str) -> set[str]:
    """Names of the constructions seen in a comment."""
    hits = read_closely(NO_WORDS, [TextField("text", text)], COMMENT).hits
    assert all(hit.text == text[hit.start : hit.end] for hit in hits)
    return {name for name, title in TITLES.items() if title in [hit.word for hit in hits]}


def places(family: str, text: str) -> list[str]:
    """What the family's words mark in a folded text."""
    return [text[slice(*found.span())] for found in tells()[family].finditer(text)]


@pytest.mark.parametrize(
    ("family", "text"),
    [
        ("fake_traffic", "有实名老号可补单吗来"),
        ("easy_money", "俩设备的来，六百结算"),
        ("gambling", "你好红兰平台"),
        ("sex_offers", "想找个小mg"),
        ("abuse", "全是春竹队友"),
    ],
)
def test_an_offer_is_seen_by_its_words_in_whatever_order(family, text):
    assert family in meant(text)


def test_words_of_little_weight_are_not_enough_however_many_they_are():
    light = [word for word, points in _points("easy_money").items() if points == 1]

    assert len(light) > 20
    assert places("easy_money", "\n".join(light)[:LONG]) == []


def test_any_sum_counts_as_one():
    assert places("gambling", "注册送288") == ["注册送2"]
    assert places("gambling", "注册送38") == ["注册送3"]
    assert places("gambling", "注册送水杯") == []


def test_a_long_text_needs_more_than_a_short_one():
    offer = "找个刷子" + "来吗"

    assert places("fake_traffic", offer) == ["找个刷子"]
    assert places("fake_traffic", offer + "今天天气很好我们去公园走走吧" * 8) == []


def test_what_is_far_apart_is_not_added_up():
    near, far = "牛牛金花", "牛牛" + "好" * 40 + "金花"

    assert places("gambling", near) == ["牛牛金花"]
    assert places("gambling", far) == []


def test_a_call_to_get_in_touch_counts_only_where_it_stands_near():
    assert places("fake_traffic", "找个刷子，加我") == ["找个刷子"]
    assert places("fake_traffic", "找个刷子" + "好" * 40 + "加我") == []


@pytest.mark.parametrize("text", ["窗外瑟瑟发抖的小猫", "周五入住周日退房", "形形色色的人", "问鼎女单冠军"])
def test_an_honest_compound_hides_the_word_inside_it(text):
    assert meant(text) == set()


def test_every_family_belongs_to_a_construction_and_can_open_a_text():
    assert set(tells()) <= set(TITLES)
    numbers = {each.name: number for number, (each, told) in enumerate(asked()) if isinstance(told, Tells)}
    for family, told in tells().items():
        assert told.openers, family
        for opener in told.openers:
            assert numbers[family] in opened(opener, (opener,)).patterns, opener


def test_no_word_weighs_more_than_is_needed():
    for family in tells():
        points = _points(family)
        assert set(points.values()) <= {0, 1, 2, 3, NEED}, family
        assert any(each >= OPENS for each in points.values()), family


@pytest.mark.parametrize(
    ("text", "is_seen"),
    [
        ("抖音代[捂脸]发，日[em]e163[/em]结", True),
        ("抖音代/汪汪发，日[em]e163[/em]结", True),
        ("[微笑]今天真开心/玫瑰", False),
        ("正品[官方]包邮", False),
    ],
)
def test_codes_of_emoji_hide_nothing(text, is_seen):
    assert ("fake_traffic" in meant(text)) is is_seen


def test_texts_looked_through_at_once_are_seen_like_one():
    texts = ["今天天气不错", "红兰平台靠谱", "找个刷子来吗", "代[捂脸]发视频日结"]

    looked = look_closely(NO_WORDS, texts, [COMMENT] * len(texts))

    for at, text in enumerate(texts):
        fields = [TextField("text", text)]
        assert looked.read(at, fields, COMMENT).hits == read_closely(NO_WORDS, fields, COMMENT).hits


def test_of_many_texts_those_with_a_place_are_among_the_named_and_most_others_are_not():
    texts = [line.text for kind in ("unlawful", "honest") for line in read("comments", kind)]
    folded = [
        fold(text).text for text in (*texts, "", "刷子\n", "找个刷子" + "好" * 90, "找个刷子，加我", "抄小说1单5米")
    ]

    for told in tells().values():
        named = set(told.among(folded))
        standing = {at for at, text in enumerate(folded) if next(told.finditer(text), None) is not None}
        assert named >= standing
        assert len(named - standing) < len(folded) / 20


def test_of_the_comments_of_the_samples_offers_are_seen_and_few_honest_ones_are_stopped():
    honest = [line.text for line in read("comments", "honest")]
    unlawful = [line.text for line in read("comments", "unlawful")]

    assert len([text for text in honest if meant(text)]) <= 8
    assert len([text for text in unlawful if meant(text)]) >= 48


def _points(family: str) -> dict[str, int]:
    return {word.text: word.points for word in tells()[family].words}
