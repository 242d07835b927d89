"""Folding takes off disguises, keeps sentences apart and always knows the way back."""

from __future__ import annotations

import unicodedata

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.text import normalise
from app.text.normalise import fold

ANY_TEXT = st.text(
    st.characters(exclude_categories=[]) | st.sampled_from("最佳.\n。，<b>&;㎏½ﬁ①❤\ud800\0"), max_size=60
)


@pytest.mark.parametrize(
    ("disguised", "plain"),
    [
        ("國傢級", "国家级"),
        ("ｚｕＩ", "zui"),
        ("ⓩ𝕦𝐢", "zui"),
        ("🅰🇧🄲Ⓓ", "abcd"),
        ("⼀⾕", "一谷"),
        ("㊙", "秘"),
        ("①❷３٤𝟓", "12345"),
        ("zuìjiā", "zuijia"),
        ("ΤОР", "top"),
        ("вхё", "bxe"),
        ("ⅤⅩ", "vx"),
        ("㎏½ﬁ", "kg12fi"),
        ("最*佳", "最佳"),
        ("最＊、·♥😀佳", "最佳"),
        ("最 \u3000\t佳", "最佳"),
        ("最\u200b\u200d\ufeff\u00ad\ufe0f\u202e\U000e0061佳", "最佳"),
        ("最\u0336佳\u0336", "最佳"),
        ("最…佳", "最佳"),
        ("最\0佳", "最佳"),
        ("最\ud800佳", "最佳"),
        ("<b>最</b><br/>佳", "最佳"),
        ("最&nbsp;&#20339;", "最佳"),
        ("最1a佳", "最1a佳"),
        ("がーはん", "がーはん"),
        ("", ""),
    ],
)
def test_a_disguise_comes_off(disguised, plain) -> None:
    assert fold(disguised).text == plain


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("最。佳", "最\n佳"),
        ("最！佳", "最\n佳"),
        ("最｡佳", "最\n佳"),
        ("最‼佳", "最\n佳"),
        ("最.佳", "最佳"),
        ("最\n佳", "最佳"),
        ("最\r\n佳", "最佳"),
        ("最\n\n佳", "最\n佳"),
        ("质量最，\n佳能", "质量最\n佳能"),
        ("最。\n佳", "最\n佳"),
        ("9.9", "9\n9"),
        ("本店十年来一直坚持只卖自家产的好最\n佳能相机今天到货欢迎大家来店里看看", None),
    ],
)
def test_a_sentence_end_is_a_wall_and_a_cut_inside_a_phrase_is_none(text, folded) -> None:
    assert fold(text).text == (folded if folded is not None else text)


def test_offsets_of_one_to_many_folds_are_shared() -> None:
    folded = fold("重㎏*克")

    assert folded.text == "重kg克"
    assert folded.offsets.tolist() == [0, 1, 1, 3]
    assert folded.span(1, 3) == (1, 2)


@given(ANY_TEXT)
def test_offsets_never_fall_and_stay_inside_the_original(text) -> None:
    folded = fold(text)

    assert len(folded.text) == len(folded.offsets)
    assert bool(np.all(np.diff(folded.offsets) >= 0))
    assert all(0 <= offset < len(text) for offset in folded.offsets)


@given(ANY_TEXT)
def test_folded_text_is_letters_digits_and_walls_only(text) -> None:
    assert all(char == "\n" or unicodedata.category(char)[0] in "LNC" for char in fold(text).text)


@given(st.text(st.characters(codec="utf-8"), max_size=40))
def test_folding_the_folded_changes_no_letter(text) -> None:
    once = fold(text).text

    assert fold(once).text.replace("\n", "") == once.replace("\n", "")


def test_every_code_point_folds_by_itself_as_in_company() -> None:
    everything = "".join(map(chr, range(0x110000)))

    folded = fold(everything)

    assert len(folded.text) == len(folded.offsets)
    assert "\ud800" not in folded.text
    sample = [char for char in everything[::97] if char not in ".\n" and not fold(char).text.isspace()]
    together = "".join(fold(char).text for char in sample)
    assert fold("".join(sample)).text.replace("\n", "") == together.replace("\n", "")


def test_the_folding_version_names_the_table() -> None:
    assert len(normalise.FOLDING_VERSION) == 16
    assert normalise.FOLDING_VERSION == normalise.FOLDING_VERSION
    with pytest.raises(AttributeError):
        normalise.NO_SUCH_NAME  # noqa: B018 - asking for it is the test
