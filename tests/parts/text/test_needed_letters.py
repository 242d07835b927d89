"""What a pattern cannot do without: known where it is sure, and never missing where the pattern matches."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import re2
from hypothesis import given, settings
from hypothesis import strategies as st

from app.text.claims.wording import as_folded
from app.text.constructions.needed import needed
from app.text.constructions.wording import openings, patterns
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
]


@pytest.mark.parametrize(("pattern", "texts"), FOUND, ids=[pattern for pattern, _ in FOUND])
def test_the_rarest_piece_that_every_match_holds_is_named(pattern, texts):
    assert needed(pattern) == (texts and frozenset(texts))


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


def test_every_find_of_a_shipped_pattern_opens_it():
    texts = [line.split("\t")[-1] for name in ("judged", "topics") for line in _lines(f"{name}_unlawful.tsv")]
    found = 0

    for text in (fold(text).text for text in texts):
        opened = {number for _, some in openings().iter(text.encode().decode("latin-1")) for number in some}
        standing = {number for number, (_, pattern) in enumerate(patterns()) if pattern.search(text)}
        assert standing <= opened, text
        found += len(standing)

    assert found > 200


def test_patterns_are_spelt_as_folded_texts_are():
    assert as_folded("为什么|(?:著名){1,2}") == "为什幺|(?:着名){1,2}"
    assert re2.search(as_folded("为什么"), fold("为 什 么").text)


def _lines(name):
    return [line for line in (SAMPLES / name).read_text("utf-8").splitlines() if not line.startswith("# ")]
