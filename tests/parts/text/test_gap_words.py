"""A word with gaps is seen in its other spellings, but never by guessing at one character far from the rest."""

from __future__ import annotations

import pytest

from app.values.deciding import Verdict
from tests.parts.text.wordlist_files import HEAD, found, matcher_of, scan

WORDS = "加{0,4}微信 | verdict: block\n进{0,2}代购群 | verdict: block\n有效{1,3}根治 | verdict: block\n"


@pytest.mark.parametrize(
    ("text", "trick", "least"),
    [
        ("进进了了代代购购群群", "doubled", "fold"),
        ("加你wei信", "pinyin_syllable", "sound"),
        ("jia你微信", "pinyin_syllable", "sound"),
        ("jia你weixin", "pinyin", "sound"),
        ("信微你加", "reversed", "sound"),
        ("群购代里进", "reversed", "sound"),
        ("治根地效有", "reversed", "sound"),
        ("加薇信", "homophone", "sound"),
        ("加你薇信", "homophone", "sound"),
        ("进了代沟群", "homophone", "sound"),
        ("有笑的根治", "homophone", "sound"),
        ("加a微b信", "letter_between", "sound"),
        ("加徽信", "look_alike_character", "shape"),
        ("加你徽信", "look_alike_character", "shape"),
        ("力口你微信", "split_character", "shape"),
        ("进了亻弋购群", "split_character", "shape"),
    ],
)
@pytest.mark.parametrize("depth", ["exact", "fold", "sound", "shape"])
def test_a_disguised_word_with_gaps_is_seen_from_its_depth_on(text, trick, least, depth) -> None:
    depths = ("exact", "fold", "sound", "shape")
    hits = scan(matcher_of(f"{HEAD}# match: {depth}\n{WORDS}"), f"看{text}吧").hits

    assert [hit.text for hit in hits] == [text] * (depths.index(depth) >= depths.index(least))
    for hit in hits:
        is_guess = trick in {"reversed", "homophone", "look_alike_character"}
        assert trick in hit.hidden_by
        assert hit.verdict is (Verdict.REVIEW if is_guess else Verdict.BLOCK)


@pytest.mark.parametrize(
    "text",
    [
        "和你微信",  # 和 looks like 加, far from 微信
        "嘉你微信",  # and sounds like it
        "嘉薇信",  # two of three characters
        "有效根治",  # less than the least gap
        "信微下面的这个加",  # more than the most
        "jia你薇信",  # two parts respelt
        "加。薇信",  # a sentence ends in the gap
    ],
)
def test_a_word_with_gaps_is_not_guessed_at_too_far(text) -> None:
    assert found(matcher_of(f"{HEAD}# match: shape\n{WORDS}"), text) == []


@pytest.mark.parametrize("text", ["加你微信支付", "加你薇信支付", "加徽信支付", "jiaweixin支付"])
def test_a_context_excuses_a_disguised_word_with_gaps(text) -> None:
    matcher = matcher_of(f"{HEAD}# match: shape\n加{{0,4}}微信 | allow: ~支付\n")

    assert found(matcher, text) == []
