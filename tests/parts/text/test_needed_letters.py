"""What a pattern cannot do without: known where it is sure, and never missing where the pattern matches."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import re2
from hypothesis import given, settings
from hypothesis import strategies as st

from app.text.claims.find import compared
from app.text.claims.signs import signs_in
from app.text.claims.wording import as_folded
from app.text.constructions.needed import needed, needed_together
from app.text.constructions.openings import opened
from app.text.constructions.wording import patterns
from app.text.normalise import fold

SAMPLES = Path(__file__).resolve().parents[3] / "bench" / "samples"
FOUND = [
    ("甲乙", {"甲乙"}),
    ("(?:甲|乙丙)丁", {"甲丁", "乙丙丁"}),
    ("[甲乙]?丙丁", {"甲丙丁", "乙丙丁", "丙丁"}),
    ("(?:甲|乙).{0,3}丙丁", {"丙丁"}),
    ("甲乙丙.{0,3}(?:丁|戊)", {"甲乙丙"}),
    ("(?:甲|乙)*丙", {"丙"}),
    ("(?:甲乙)+", {"甲乙"}),
    ("(?:甲乙){2,3}", {"甲乙"}),
    ("(?:甲乙|.)", None),
    ("(?:甲乙)?", None),
    ("[^甲]{0,2}", None),
    (r"\d\+\p{Han}", {"+"}),
    (r"甲$|乙\n", {"甲", "乙\n"}),
    ("甲乙.{0,3}?丙+?", {"甲乙"}),
    ("(甲乙)?丙丁", {"丙丁", "甲乙丙丁"}),
]
TOGETHER = [
    ("甲乙.{0,3}丙丁戊|己庚", [[{"丙丁戊"}, {"甲乙"}], [{"己庚"}]]),
    ("(?:甲乙.+丙丁|戊己).{0,9}庚辛壬", [[{"庚辛壬"}, {"甲乙", "戊己"}]]),
    ("甲.{0,2}[乙丙]", [[{"甲"}, {"乙", "丙"}]]),
    (r"甲|\d+", [[{"甲"}], []]),
]


@pytest.mark.parametrize(("pattern", "texts"), FOUND, ids=[pattern for pattern, _ in FOUND])
def test_the_rarest_piece_that_every_match_holds_is_named(pattern, texts):
    assert needed(pattern) == (texts and frozenset(texts))


@pytest.mark.parametrize(("pattern", "alternatives"), TOGETHER, ids=[pattern for pattern, _ in TOGETHER])
def test_of_each_alternative_the_two_rarest_pieces_are_named(pattern, alternatives):
    assert [[set(piece) for piece in pieces] for pieces in needed_together(pattern)] == alternatives


_ATOMS = st.sampled_from(["甲", "乙", "丙丁", "[甲乙]", "[^丁]", ".", r"\d", "$"])
_TIMES = st.sampled_from(["", "?", "*", "+", "{0,2}", "{1,2}"])
_PATTERNS = st.recursive(
    _ATOMS,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map("".join),
        st.tuples(inner, inner).map("(?:{0[0]}|{0[1]})".format),
        st.tuples(inner, _TIMES).map("(?:{0[0]}){0[1]}".format),
    ),
    max_leaves=6,
)


@settings(max_examples=200, deadline=None)
@given(_PATTERNS, st.text("甲乙丙丁1", max_size=8))
def test_no_text_matches_without_one_of_what_its_pattern_needs(pattern, text):
    found = needed(pattern)

    if found is not None and re.search(pattern, text):
        assert any(each in text for each in found)


@settings(max_examples=200, deadline=None)
@given(_PATTERNS, st.text("甲乙丙丁1", max_size=8))
def test_in_every_match_stand_all_pieces_of_one_alternative(pattern, text):
    alternatives = needed_together(pattern)

    if re.search(pattern, text):
        assert any(all(any(each in text for each in piece) for piece in pieces) for pieces in alternatives)


def test_every_find_of_a_shipped_pattern_opens_it():
    texts = [line.split("\t")[-1] for name in ("judged", "topics") for line in _lines(f"{name}_unlawful.tsv")]
    found = 0

    for text in (fold(text).text for text in texts):
        standing = {number for number, (_, pattern) in enumerate(patterns()) if pattern.search(text)}
        assert standing <= set(opened(text, ()).patterns), text
        found += len(standing)

    assert found > 200


SAID = (
    "有效率",
    "98",
    "%",
    "％",
    "﹪",
    "&#37;",
    "&percnt;",
    "‰",
    ".",
    "提升",
    "业绩",
    "七成",
    "<b>",
    "产地",
    "直发",
    "买一送一",
)
SAID += (
    "限量",
    "100",
    "件",
    "秒杀",
    "亲测",
    "①",
    "㎏",
    "½",
    "\ud800",
    "❤",
    "医",
    "生",
    "提醒",
    "\n",
    "",
    "+",
    "＋",
    "岁",
    "60",
    "爸妈",
)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(SAID), max_size=7).map("".join))
def test_no_text_with_the_sign_of_a_claim_passes_for_one_without(text):
    if signs_in(compared(text)):
        assert opened(fold(text).text, (text,)).may_claim


def test_an_honest_caption_opens_little_and_claims_nothing():
    lines = [line.split("\t")[-1] for line in _lines("judged_honest.tsv")]
    seen = [opened(fold(text).text, (text,)) for text in lines]

    assert 1 < sum(each.may_claim for each in seen) < len(seen) / 2
    assert sum(len(each.patterns) for each in seen) < 3 * len(seen)


def test_patterns_are_spelt_as_folded_texts_are():
    assert as_folded("为什么|(?:著名){1,2}") == "为什幺|(?:着名){1,2}"
    assert re2.search(as_folded("为什么"), fold("为 什 么").text)


def _lines(name):
    return [line for line in (SAMPLES / name).read_text("utf-8").splitlines() if not line.startswith("# ")]
