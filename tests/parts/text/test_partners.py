"""A word with gaps waits for a letter of its other part, and nothing is missed by that."""

from __future__ import annotations

from copy import copy

from hypothesis import given, settings
from hypothesis import strategies as st

from app.text.match import Context, TextField
from app.text.partners import Partners
from tests.parts.text.wordlist_files import AT, HEAD, matcher_of

WORDS = ("根治{0,4}风湿病", "根治{0,4}癌", "加{0,4}微信", "加我{1,3}薇信号", "包{0,2}治{0,2}百病", "根治")
PIECES = (
    *("根治", "风湿病", "癌", "加", "微信", "加我", "薇信号", "包", "治", "百病", "病湿风", "治根", "信微", "号信薇"),
    *(
        "gen治",
        "根zhi",
        "feng湿病",
        "ai",
        "jia",
        "weixin",
        "jiawo",
        "baizhi",
        "bing",
        "封湿病",
        "风显病",
        "峰时病",
        "跟治",
    ),
    *("的", "很多的", "a", "8", "。", "，", " ", "你好", "V", "亻言", "木艮", "疒丙", "加加微微信信", "根根治治"),
)
CONTEXT = Context("video_caption", AT)


def matcher_by(depth, *words):
    return matcher_of(HEAD + f"# match: {depth}\n" + "\n".join(words))


MATCHER = matcher_by("shape", *WORDS)


def looking_at_all():
    """The same matcher with nobody waiting."""
    every = copy(MATCHER)
    every._worth = copy(MATCHER._worth)
    every._worth._listed = Partners(MATCHER.listed.owners, MATCHER._targets, lambda *_: None)
    every._worth._viewed = Partners(MATCHER.views.owners, MATCHER._targets, lambda *_: None)
    return every


EVERY = looking_at_all()


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=9).map("".join))
def test_whoever_waits_misses_no_word_that_is_found_by_looking_at_all(text) -> None:
    fields = [TextField("text", text)]

    assert MATCHER.scan(fields, CONTEXT) == EVERY.scan(fields, CONTEXT)


def looked_at(matcher, text):
    """The words with gaps that are looked at in a text, as it is and among few finds."""
    partners, finds = matcher._worth._listed, list(matcher.listed.find(text))
    return [
        [target.word.text for *_, target, _ in owned if target]
        for owned in (partners.owned(finds, text), partners.owned_by_few(finds, text))
    ]


def test_of_many_words_with_one_anchor_only_those_with_a_letter_of_their_other_part_are_looked_at() -> None:
    matcher = matcher_by("fold", *(f"根治{{0,4}}{other}" for other in ("风湿", "失眠", "痛风", "脱发")))
    text = "根治风湿的老方子"

    assert looked_at(matcher, text) == [["根治{0,4}风湿"], ["根治{0,4}风湿"]]
    assert [hit.word for hit in matcher.scan([TextField("text", text)], CONTEXT).hits] == ["根治{0,4}风湿"]


def test_among_few_finds_a_letter_counts_only_as_near_as_the_word_reaches() -> None:
    matcher = matcher_by("fold", "根治{0,4}风湿")
    text = "根治之后过了一年又是两年才说起风湿的事"

    assert looked_at(matcher, text) == [["根治{0,4}风湿"], []]
    assert matcher.scan([TextField("text", text)], CONTEXT).hits == ()
