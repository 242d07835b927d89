"""Many texts looked through together give what each gives alone, whatever stands beside it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.text.constructions import read_closely, read_many_closely
from app.text.constructions.finds import places_of
from app.text.constructions.openings import NOTHING, opened, opened_together
from app.text.constructions.pieces import by_each, by_longest
from app.text.constructions.stand import standing
from app.text.engine_daachorse import build_daachorse
from app.text.engine_pyahocorasick import PyahocorasickEngine
from app.text.normalise import fold
from app.text.passage import TextField
from app.text.spoken_emoji import read_aloud, those_read_aloud
from app.text.words import Context
from tests.parts.text.wordlist_files import HEAD, matcher_of

AT = datetime(2026, 11, 25, tzinfo=UTC)
LINES = (Path(__file__).parent / "construction_samples.tsv").read_text(encoding="utf-8").splitlines()
SAID = [text for line in LINES if not line.startswith("# ") for text in line.split("\t")[3:]]
PIECES = [
    "最佳",
    "加我",
    "一单5r",
    "做得来",
    "日结",
    "吗",
    "吗？",
    "100%",
    "&#37;",
    "<b>",
    "小🍠",
    "[捂脸]",
    "/微笑",
    "[em]e163[/em]",
    "[捂",
    "脸]",
    "/微",
    "🌸",
    "➕",
    "✈️",
    "✈",
    "\ufe0f",
    "👨\u200d👩\u200d👧",
    "1️⃣",
    "国家级🐔",
    "\ud800",
    "\n",
    "。",
]
MATCHER = matcher_of(HEAD + "# match: shape\n最佳\n加{0,4}微信\n国家级 | allow: 国家级非遗")
CONTEXT = Context("video_caption", AT, "food", "s-1")
TEXTS = st.lists(st.lists(st.sampled_from([*PIECES, *SAID]), max_size=4).map("".join), min_size=1, max_size=9)


@settings(max_examples=60, deadline=None)
@given(TEXTS)
def test_what_may_stand_in_each_of_many_texts_is_what_may_stand_in_it_alone(texts):
    folded = [fold(text).text for text in texts]

    together = opened_together(folded, texts)

    assert [together.get(at, NOTHING) for at in range(len(texts))] == [
        opened(one, (text,)) for one, text in zip(folded, texts, strict=True)
    ]


@settings(max_examples=60, deadline=None)
@given(TEXTS)
def test_many_texts_are_read_as_each_is_read_alone(texts):
    many = [([TextField("text", text)], CONTEXT) for text in texts]

    together = read_many_closely(MATCHER, many)

    assert [scan.hits for scan in together] == [read_closely(MATCHER, *each).hits for each in many]
    assert those_read_aloud(texts) == {at: said for at, text in enumerate(texts) if (said := read_aloud(text))}


def test_every_sample_is_seen_among_all_the_others_and_a_long_text_keeps_its_place():
    texts = [*SAID, "长" * 900 + "最佳"] * 3
    fields = [TextField("segments", text, segment=at, at_ms=at) for at, text in enumerate(("国家", "级", "好"))]
    many = [([TextField("text", text)], CONTEXT) for text in texts]
    many.insert(7, (fields, CONTEXT))

    together = read_many_closely(MATCHER, many)

    assert together[7].hits[0].text == "国家"
    assert [scan.hits for scan in together] == [read_closely(MATCHER, *each).hits for each in many]
    assert sum(bool(scan.hits) for scan in together) > len(SAID)


def test_of_texts_in_which_patterns_may_stand_those_are_left_in_which_they_do_and_where():
    folded = [fold(text).text for text in SAID]
    might = {at: opened(text, (SAID[at],)).patterns for at, text in enumerate(folded)}
    texts = folded * 4
    left = total = 0
    for number in {number for numbers in might.values() for number in numbers}:
        some = [at for at in range(len(texts)) if number in might[at % len(SAID)]]
        stand = {at: list(places_of(number, texts[at])) for at in some}

        seen = {at: list(spots) for at, spots in standing(number, some, texts)}

        assert {at: spots for at, spots in seen.items() if spots} == {at: spots for at, spots in stand.items() if spots}
        left += sum(not spots for spots in seen.values())
        total += sum(not spots for spots in stand.values())
    assert left < total / 20


@pytest.mark.parametrize("text", ["甲乙丙", "乙丙甲乙", "丁", ""])
def test_either_engine_tells_the_same_bits_of_nested_pieces(text):
    pieces = {"甲": 1, "甲乙": 2, "乙": 4, "乙丙": 8, "丙": 16}

    one = by_longest(build_daachorse(list(pieces)), list(pieces.values()))
    other = by_each(PyahocorasickEngine(list(pieces)), list(pieces.values()))

    def told(finder):
        bits = {}
        for _, end, number in finder.find(text):
            bits[end] = bits.get(end, 0) | finder.bits[number]
        return bits

    assert told(one) == told(other)
