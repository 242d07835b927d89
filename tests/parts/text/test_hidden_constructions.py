"""Constructions are read through disguises, told where the text was sent, and harmless neighbours stay silent."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.text.constructions import read_closely, read_many_closely
from app.text.constructions.couples import couples, meant_by
from app.text.constructions.needed import pairs_in
from app.text.constructions.suspects import suspects
from app.text.constructions.unhidden import changes_in, changes_together, unhidden
from app.text.normalise import fold
from app.text.passage import TextField
from app.text.spellings import Trick
from app.text.words import Context
from tests.parts.text.wordlist_files import HEAD, matcher_of

HERE = Path(__file__).parent
AT = datetime(2026, 11, 25, tzinfo=UTC)
HIDDEN = [
    line.split("\t")
    for line in (HERE / "hidden_constructions.tsv").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
]
NEIGHBOURS = (HERE / "unhidden_neighbours.txt").read_text(encoding="utf-8").splitlines()[1:]
CONTEXTS = [
    Context("live_speech", AT, "food", "s-1"),
    Context("product_title", AT, "cosmetics", "s-1"),
    Context("video_caption", AT, "health_food", "s-1"),
    Context("comment", AT, None, "s-1"),
]
MATCHER = matcher_of(HEAD + "最佳拍档")
TEXTS = st.lists(
    st.lists(
        st.sampled_from([*(row[4] for row in HIDDEN), *NEIGHBOURS, "😀", "\n", "a", "口", "\ud800", "𠮷"]), max_size=3
    ),
    min_size=1,
    max_size=12,
)


def hits_in(text, context):
    return read_closely(MATCHER, [TextField("text", text)], context).hits


def test_a_hidden_construction_is_told_with_its_tricks_where_it_was_sent():
    for tricks, name, kind, shop, text in HIDDEN:
        hits = hits_in(text, Context(kind, AT, shop or None, "s-1"))

        told = [hit for hit in hits if set(tricks.split("+")) <= set(hit.hidden_by)]
        assert told, (name, text)
        assert all(text[hit.start : hit.end] == hit.text for hit in hits)
        assert {hit.verdict.value for hit in told} == {"review"}


def test_a_harmless_neighbour_hides_nothing():
    said = {text: [hit for context in CONTEXTS for hit in hits_in(text, context)] for text in NEIGHBOURS}

    assert not [(text, hit.text) for text, hits in said.items() for hit in hits if hit.hidden_by]


@pytest.mark.parametrize(
    ("text", "place", "tricks"),
    [
        ("我们是【全帼第一家】", (4, 9), ("homophone",)),
        ("我们是ｑｕａｎ國第一家", (3, 11), ("pinyin_syllable",)),
        ("全全国国第第一一家家，真的", (0, 10), ("doubled",)),
        ("说真的全口国口第口一口家", (3, 12), ("filler_between",)),
        ("全a国第嗯一家", (0, 7), ("letter_between", "filler_between")),
        ("全g第一家", (0, 5), ("initials",)),
    ],
)
def test_the_place_is_that_of_the_disguise_and_nothing_beside_it(text, place, tricks):
    [hit] = [hit for hit in hits_in(text, CONTEXTS[0]) if hit.category == "absolute_terms"]

    assert (hit.start, hit.end) == place
    assert hit.hidden_by == tricks


@pytest.mark.parametrize(
    "text",
    [
        "我妈喝了两个月，痛疯好了，到底是不是真的",  # asked
        "警惕全帼第一家这样的话",  # warned of
        "全国第一家",  # as written: nothing is hidden
        "全帼书店",  # no construction
    ],
)
def test_what_excuses_a_construction_excuses_the_hidden_one(text):
    assert not [hit for hit in hits_in(text, CONTEXTS[0]) if hit.hidden_by]


@settings(max_examples=80, deadline=None)
@given(TEXTS)
def test_many_texts_are_changed_as_each_is_alone(parts):
    texts = [fold("".join(each)).text for each in parts]

    together = changes_together(texts)

    assert together == {at: found for at, text in enumerate(texts) if (found := changes_in(text, suspects(text)))}


def test_all_are_read_together_as_each_alone_whatever_they_belong_to():
    many = [
        ([TextField("text", text)], context)
        for text in [*(row[4] for row in HIDDEN), *NEIGHBOURS]
        for context in CONTEXTS[:2]
    ]

    assert [scan.hits for scan in read_many_closely(MATCHER, many)] == [
        read_closely(MATCHER, *one).hits for one in many
    ]


def test_a_construction_hidden_over_two_utterances_is_told_of_the_first():
    fields = [TextField("segments", text, segment=at, at_ms=at) for at, text in enumerate(("我们是全帼", "第一家"))]

    [hit] = read_closely(MATCHER, fields, CONTEXTS[0]).hits

    assert (hit.segment, hit.text, hit.hidden_by) == (0, "全帼", ("homophone", "split_over_segments"))


def test_every_pair_that_may_mean_another_is_a_suspect():
    pairs = [char + other for char in "帼囯佷伏" for other in "第一全第家" if meant_by(char + other)]
    listed = sorted(couples().counts)[::97]
    respelt = [two for pair in listed for two in (pair[0] + "帼", "帼" + pair[1], pair[::-1]) if meant_by(two)]

    assert respelt
    assert all(suspects(f"。{two}。") == [1] for two in [*pairs, *respelt])


def test_pairs_of_a_pattern_are_those_that_stand_in_what_it_matches():
    assert pairs_in("甲(?:乙|丙丁)?戊{0,2}.己+") == {"甲乙", "甲丙", "丙丁", "甲戊", "乙戊", "丁戊", "戊戊", "己己"}
    assert pairs_in("[甲乙](?:丙)*丁|戊$") == {"甲丙", "乙丙", "丙丙", "丙丁", "甲丁", "乙丁"}


def test_a_hostile_text_is_changed_in_bounded_places():
    text = "全帼" * 5_000

    changes = changes_in(text, suspects(text))

    assert 0 < len(changes) <= 300
    assert unhidden(text, changes).text.startswith("全国全国")
    assert {each.trick for each in changes} <= {Trick.HOMOPHONE, Trick.REVERSED}
