"""Homophones are one character in the view of sounds, families in that of shapes, and the two never mix."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.text.characters import may_stand_for
from app.text.folding_table import WALL
from app.text.views import RARE, as_shapes, as_sounds, both_views, other_shapes, other_sounds


@pytest.mark.parametrize(("one", "other"), [("微", "薇"), ("信", "芯"), ("加", "家"), ("佳", "加")])
def test_homophones_are_one_character(one, other) -> None:
    assert as_sounds(one) == as_sounds(other)


@pytest.mark.parametrize(("one", "other"), [("微", "信"), ("加", "佳信"), ("a", "b")])
def test_other_sounds_are_others(one, other) -> None:
    assert as_sounds(one) != as_sounds(other)


@pytest.mark.parametrize(("one", "other"), [("级", "极"), ("佳", "娃")])
def test_a_family_is_one_character(one, other) -> None:
    assert as_shapes(one) == as_shapes(other)


def test_any_rare_character_may_stand_for_any() -> None:
    assert as_shapes("夲") == as_shapes("喦") == RARE
    assert may_stand_for("夲", "本")
    assert (1, RARE) in other_shapes("保本")


def test_a_character_is_also_listed_by_how_the_word_says_it() -> None:
    assert (0, as_sounds("崇")) in other_sounds("重庆")
    assert list(other_sounds("微信")) == []


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=("Cs",)), max_size=50))
def test_both_views_stand_behind_each_other_and_keep_places(text) -> None:
    seen = both_views(text)

    assert len(seen) == 2 * len(text) + 2
    assert seen[len(text)] == seen[-1] == WALL
    assert seen[: len(text)] == as_sounds(text)
    assert seen[len(text) + 1 : -1] == as_shapes(text)
