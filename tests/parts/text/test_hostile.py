"""Hostile texts cost what their length costs, and no text breaks screening."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from app.text.match import MAX_HITS, build_matcher
from app.text.normalise import fold
from app.text.personal_data import find_personal_data
from app.text.wordlist import load_wordlists
from tests.parts.text.wordlist_files import ENGINES, matcher_of, scan

SHIPPED = {path.name: path.read_text(encoding="utf-8") for path in (Path(__file__).parents[3] / "wordlists").iterdir()}


def seconds_of(work) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


@pytest.mark.parametrize("engine", ENGINES)
def test_nested_words_on_equal_letters_are_capped(engine) -> None:
    nested = "\n".join("好" * length for length in range(2, 202))
    other = "\n".join("好" * length for length in range(2, 102))
    matcher = matcher_of(nested, other, engine=engine)
    scans = []

    spent_s = seconds_of(lambda: scans.append(scan(matcher, "好" * 20_000)))

    assert scans[0].capped
    assert 0 < len(scans[0].hits) <= MAX_HITS
    assert spent_s < 1


@pytest.mark.parametrize("engine", ENGINES)
def test_more_hits_than_the_cap_are_said_to_be_capped(engine) -> None:
    matcher = matcher_of("最佳\n", engine=engine)

    many, enough = scan(matcher, "最佳好" * (MAX_HITS + 1)), scan(matcher, "最佳好" * MAX_HITS)

    assert (len(many.hits), many.capped) == (MAX_HITS, True)
    assert (len(enough.hits), enough.capped) == (MAX_HITS, False)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    "unit",
    [
        "好",
        "最",
        "加微",
        "微信",
        "加",
        ".",
        "\n",
        "，",
        "最。",
        "a",
        "<",
        "&#",
        "<b",
        "㎏",
        "\u0336",
        "好\u200b",
        "\ud800",
        "\0",
    ],
)
def test_a_megabyte_costs_linear_time(unit, engine) -> None:
    matcher = build_matcher(load_wordlists(SHIPPED), engine=engine)
    text = unit * (350_000 // len(unit))

    assert seconds_of(lambda: scan(matcher, text)) < 3


@pytest.mark.parametrize("engine", ENGINES)
def test_a_word_is_found_across_the_blocks_of_a_long_text(engine) -> None:
    matcher = matcher_of("国家级最佳\n", engine=engine)

    for cut in range(1, 6):
        (hit,) = scan(matcher, "好" * ((1 << 16) - cut) + "国家级最佳" + "好" * 9).hits
        assert hit.start == (1 << 16) - cut


def test_every_code_point_once_is_screened() -> None:
    everything = "".join(map(chr, range(0x110000)))

    result = scan(build_matcher(load_wordlists(SHIPPED)), everything)

    assert all(everything[hit.start : hit.end] == hit.text for hit in result.hits)
    assert isinstance(find_personal_data(everything), list)


def test_a_tower_of_combining_marks_hides_nothing() -> None:
    tower = "\u0336\u0489\u20dd" * 5_000

    (hit,) = scan(matcher_of("最佳\n"), f"最{tower}佳{tower}").hits

    assert (hit.start, hit.end) == (0, 15_002)
    assert hit.hidden_by == ("combining_mark",)
    assert fold(tower).text == ""
