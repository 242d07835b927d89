"""What is put between characters again and again keeps nothing apart; what ends sentences still does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.text.normalise import fold, without_markup
from app.text.together import fold_together
from app.text.tricks import tricks_between

APART = [
    ("根。治。顽。癣", "根治顽癣"),
    ("全！网！最！低", "全网最低"),
    ("加丨薇丨信", "加薇信"),
    ("加囗薇囗信", "加薇信"),
    ("加\n\n薇\n\n信", "加薇信"),
    ("高卜仿卜手卜表", "高仿手表"),
    ("代丶开丶发丶票", "代开发票"),
    ("包\n\n治\n\n百\n\n病", "包治百病"),
    ("包\n \n治\n\n\n百\n\n病\n", "包治百病"),
]
KEPT = [
    ("好。行。走", "好\n行\n走"),
    ("吃了。喝了。睡了。走了", "吃了\n喝了\n睡了\n走了"),
    ("占卜用的萝卜", "占卜用的萝卜"),
    ("春款丨夏款丨秋款", "春款丨夏款丨秋款"),
    ("弓丨流到别处", "弓丨流到别处"),
    ("最。佳", "最\n佳"),
    ("第一段写完\n\n嗯\n\n第二段开头", "第一段写完\n嗯\n第二段开头"),
    ("真好！！买它！！", "真好\n\n买它\n\n"),
]


@pytest.mark.parametrize(("text", "folded"), [*APART, *KEPT])
def test_what_sets_characters_apart_is_dropped_and_sentence_ends_are_not(text, folded):
    assert fold(text).text == folded


def test_many_texts_are_folded_as_each_alone():
    texts = [text for text, _ in (*APART, *KEPT)]

    assert [each.text for each in fold_together(texts)] == [fold(text).text for text in texts]


@given(st.text(alphabet="好行丨卜。！\n 加信", max_size=40))
def test_the_way_back_stays_true(text):
    folded = fold(text)

    assert len(without_markup(text)) == len(text)
    assert [text[at] for at, char in zip(folded.offsets.tolist(), folded.text, strict=True) if char != "\n"] == list(
        folded.text.replace("\n", "")
    )


@pytest.mark.parametrize(
    ("text", "word", "trick"),
    [
        ("加丨薇丨信", "加薇信", "inserted_symbol"),
        ("根。治。顽。癣", "根治顽癣", "inserted_symbol"),
        ("包\n\n治\n\n百\n\n病", "包治百病", "inserted_line_end"),
    ],
)
def test_an_officer_is_told_how_it_was_hidden(text, word, trick):
    assert tricks_between(text, word) == (trick,)
