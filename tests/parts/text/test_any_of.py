"""Whatever pattern stands in a text by itself, the text is named among many, and what it says is told of it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import re2
from hypothesis import given, settings
from hypothesis import strategies as st

from app.flows.said_in import said_in, said_together
from app.text.any_of import AnyOf, Joined, Spots
from app.text.claims import find_claims
from app.text.match import Scan
from app.text.normalise import fold
from app.text.passage import TextField
from app.text.words import CHINA_TIME, Context

PATTERNS = (
    "ab",
    "^c",
    "d$",
    "a[^x]{0,3}e",
    "b.d",
    r"(?:^|a)f(?:$|b)",
    "[^a]{4}",
    r"b\s?|a\s",
    "f*",
    r"字?\b[cd]*?$|a+?b?",
)
FILE = Path(__file__).with_name("claim_samples.tsv")
AT = datetime(2026, 11, 27, tzinfo=CHINA_TIME)
KINDS = ("video_caption", "product_title", "review")
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
    "产地直发",
    "数据来源：样本量 n=300",
    "纯棉",
    "包邮",
    "班级",
    " ",
    "，",
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


@settings(max_examples=400, deadline=None)
@given(TEXTS)
def test_a_pattern_is_found_where_it_stands_in_each_text_by_itself(texts) -> None:
    for pattern in PATTERNS:
        alone = {at: [each.span() for each in re2.finditer(pattern, _sent(text))] for at, text in enumerate(texts)}

        assert Spots(pattern).among(Joined(texts)) == {at: spans for at, spans in alone.items() if spans}


@settings(max_examples=200, deadline=None)
@given(st.lists(st.lists(st.sampled_from(SAID), max_size=7).map("".join), max_size=8), st.sampled_from(KINDS))
def test_many_texts_say_together_what_each_says_by_itself(texts, kind) -> None:
    fields, context = [TextField("text", text) for text in texts], Context(kind, AT)
    folded = [fold(text).text for text in texts]

    together = said_together(fields, [context] * len(texts), folded)

    assert together == [
        said_in([field], Scan((), capped=False, folded=(text,)), context)
        for field, text in zip(fields, folded, strict=True)
    ]


def test_every_sample_of_a_claim_claims_the_same_beside_the_others() -> None:
    lines = FILE.read_text(encoding="utf-8").splitlines()
    texts = [line.split("\t")[-1] for line in lines if line and not line.startswith("#")]
    fields, context = [TextField("text", text) for text in texts], Context("product_title", AT)

    together = said_together(fields, [context] * len(texts), texts)

    assert [each.claims for each in together] == [find_claims([field]) for field in fields]
    assert sum(bool(each.claims) for each in together) > len(texts) // 3


def _sent(text):
    return text.encode("utf-8", "replace")


def _stands(pattern, text):
    return re2.search(pattern, _sent(text)) is not None
