"""Texts looked through together come out as each does by itself."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.text.beside import Beside
from app.text.match import Context, TextField
from app.text.normalise import fold
from app.text.together import fold_together
from tests.parts.text.wordlist_files import AT, ENGINES, HEAD, matcher_of

PIECES = (
    *(
        "最佳",
        "最*佳",
        "最 佳",
        "最",
        "佳",
        "国家级",
        "國家級",
        "国假级",
        "加",
        "微信",
        "加a微8信",
        "加a微8",
        "a微信",
        "国家abc级",
        "国1家2级",
        "亻言",
        "微言",
        "加加微微信信",
    ),
    *(
        "<b>",
        "&lt;",
        "㎏",
        "½",
        "\ud800",
        "\udc00",
        "。",
        "！",
        "\n",
        ".",
        "，",
        "\0",
        "😀",
        "",
        "V",
        "8",
        "长" * 20,
        "ab",
    ),
)
TEXT = st.lists(st.sampled_from(PIECES), max_size=7).map("".join)
ENDS = (
    *("长" * 15, "长" * 16, "\n", "\r\n", "\n\n", "\u2028", ".", "..", "。", "，", "，\n", "）\u3000\n"),
    *("3", "3.5", "３．５", "㎏", "⒈", "…", "<br>", "&nbsp;", " " * 9, "❤️", "👨‍👩‍👧", "1️⃣", "\ufe0f", "最", "\x02"),
)
"""What stands beside the end of a line or a sentence, or is one."""
AT_ENDS = st.lists(st.sampled_from(ENDS), max_size=8).map("".join)
WORDS = "# match: {depth}\n最佳\n国家级\n加{{0,4}}微信\n佳最佳\n微信 | allow: 微信小店\n"


def matcher_by(depth, engine="auto"):
    return matcher_of(HEAD + WORDS.format(depth=depth), engine=engine)


def contents(texts):
    return [
        ([TextField("text", text)], Context("video_caption", AT, shop=f"s{at % 3}")) for at, text in enumerate(texts)
    ]


@settings(max_examples=200, deadline=None)
@given(st.lists(TEXT | AT_ENDS, max_size=9))
@example(["最佳\n", "\n最佳", "\r\n", "", ".", ".5"])
@example(["长" * 16 + "\n", "长" * 16, "长" * 16 + "\n" + "长" * 16, "长" * 15 + "\n" + "长" * 16])
@example(["一，\n二", "，\n二", "一， \t\r\n二", "一，" + " " * 8 + "\n二"])
@example(["3", ".5", "3.", "5", "3.5", "㎏.5", "3.㎏", "公3.5两。。母.2\n"])
@example(["。。", "。。\n", "\n。", "一。\n。二", "\n\n"])
def test_texts_fold_together_as_each_folds_alone(texts) -> None:
    for together, alone in zip(fold_together(texts), map(fold, texts), strict=True):
        assert (together.text, together.offsets.tolist()) == (alone.text, alone.offsets.tolist())


MATCHERS = [matcher_by(depth, engine) for depth in ("fold", "sound", "shape") for engine in ENGINES]
MATCHERS.append(Beside(matcher_by("shape"), matcher_of("佳国 | verdict: block")))


@pytest.mark.parametrize("matcher", MATCHERS)
@settings(max_examples=80, deadline=None)
@given(texts=st.lists(TEXT, max_size=9))
def test_what_is_found_together_is_what_is_found_alone(matcher, texts) -> None:
    many = contents(texts)

    looked = matcher.look_through(texts)

    assert [matcher.scan_looked(looked, at, *each) for at, each in enumerate(many)] == [
        matcher.scan(*each) for each in many
    ]
