"""Ordinary words that reach over a hit's edges make it none, where the list or the word asks for that."""

from __future__ import annotations

import pytest

from app.text.edges import is_ordinary, reaches_over
from tests.parts.text.wordlist_files import HEAD, found, matcher_of

WORDS = "刷单\n刷单返利\n加{0,4}微信\n"


@pytest.mark.parametrize(
    ("text", "any_", "short", "word"),
    [
        ("兼职刷单", ["刷单"], ["刷单"], ["刷单"]),
        ("印刷单页", ["刷单"], [], []),
        ("印*刷*单*页", ["刷*单"], [], []),
        ("印刷单返利", ["刷单返利"], ["刷单返利"], []),
        ("来加我的微信", ["加我的微信"], ["加我的微信"], ["加我的微信"]),
        ("参加我的微信", ["加我的微信"], [], []),
    ],
)
def test_edges_say_what_may_stand_around_a_word(text, any_, short, word) -> None:
    for edges, hits in (("any", any_), ("short", short), ("word", word)):
        assert found(matcher_of(f"{HEAD}# edges: {edges}\n{WORDS}"), text) == hits, edges
    assert found(matcher_of(WORDS), text) == any_


def test_a_word_may_have_other_edges_than_its_list() -> None:
    assert found(matcher_of("刷单 | edges: word\n"), "印刷单页") == []
    assert found(matcher_of(f"{HEAD}# edges: word\n刷单 | edges: any\n"), "印刷单页") == ["刷单"]


def test_edges_are_asked_of_the_text_without_what_was_put_in() -> None:
    matcher = matcher_of(f"{HEAD}# match: sound\n# edges: word\n加微信\n")

    assert found(matcher, "参加a微信") == []
    assert found(matcher, "来加a微信") == ["加a微信"]


@pytest.mark.parametrize(
    ("text", "start", "end", "reaches"),
    [
        ("印刷单页", 1, 3, (True, False)),
        ("印刷单页", 0, 4, (False, False)),
        ("刷单", 0, 2, (False, False)),
        ("参加微信", 1, 4, (True, False)),
    ],
)
def test_a_word_reaches_over_an_edge_where_the_dictionary_has_it(text, start, end, reaches) -> None:
    assert reaches_over(text, start, end) == reaches


@pytest.mark.parametrize(
    ("text", "start", "end", "changed", "is_harmless"),
    [
        ("和微信", 0, 3, [0], True),  # an everyday word at the edge
        ("嘉微信", 0, 3, [0], False),
        ("国家及地方", 0, 3, [2], True),
        ("威胁", 0, 2, [0], True),  # a word itself
        ("保夲理财", 0, 4, [1], False),
    ],
)
def test_a_changed_word_is_ordinary_where_an_honest_text_says_it(text, start, end, changed, is_harmless) -> None:
    assert is_ordinary(text, start, end, changed) is is_harmless
