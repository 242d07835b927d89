"""Whatever pattern stands in a text by itself, the text is named among many."""

from __future__ import annotations

import re2
from hypothesis import given, settings
from hypothesis import strategies as st

from app.text.any_of import AnyOf, Joined
from app.text.claims import may_claim
from app.text.claims.find import compared
from app.text.claims.signs import signs_in

PATTERNS = ("ab", "^c", "d$", "a[^x]{0,3}e", "b.d", r"(?:^|a)f(?:$|b)", "[^a]{4}")
TEXTS = st.lists(st.text("abcdefx\n字\ud800", max_size=6), max_size=9)
SAID = (
    "限量100件",
    "秒杀",
    "有效率98%",
    "爸妈",
    "亲测",
    "<b>",
    "&lt;",
    "%",
    "98",
    "有效",
    "率",
    "\n",
    "研究发现",
    "好看",
    "",
)


@settings(max_examples=400, deadline=None)
@given(TEXTS)
def test_no_text_that_holds_a_pattern_is_left_out_whatever_stands_beside_it(texts) -> None:
    for some in (PATTERNS, PATTERNS[3:4], PATTERNS[5:6]):
        holding = {at for at, text in enumerate(texts) if any(_stands(each, text) for each in some)}

        assert holding <= set(AnyOf(some).among(Joined(texts)))


def test_a_text_without_any_is_left_out_beside_those_with_one() -> None:
    assert AnyOf(("ab", "c$")).among(Joined(["xab", "x", "", "ccx", "xc", "ba", "ab ab"])) == [0, 4, 6]
    assert AnyOf(("ab",)).among(Joined([])) == []


@settings(max_examples=200, deadline=None)
@given(st.lists(st.lists(st.sampled_from(SAID), max_size=5).map("".join), max_size=8))
def test_no_text_with_the_sign_of_a_claim_is_left_out(texts) -> None:
    assert {at for at, text in enumerate(texts) if signs_in(compared(text))} <= may_claim(texts)


def _stands(pattern, text):
    return re2.search(pattern, text.encode("utf-8", "replace")) is not None
