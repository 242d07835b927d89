"""Hostile texts cost what their length costs, and no text breaks screening."""

from __future__ import annotations

import time
from functools import cache
from pathlib import Path

import pytest

from app.text.beside import AnyMatcher
from app.text.match import MAX_HITS, Matcher, build_matcher
from app.text.normalise import fold
from app.text.personal_data import find_personal_data
from app.text.wordlist import load_wordlists
from app.text.words import WordlistSet
from tests.parts.text.wordlist_files import ENGINES, HEAD, matcher_of, scan
from tests.service import shipped_judge


def as_deep(text: str) -> str:
    """A list looked for by shape."""
    return "# match: shape\n" + "".join(line for line in text.splitlines(True) if not line.startswith("# match:"))


SHIPPED = {path.name: path.read_text(encoding="utf-8") for path in (Path(__file__).parents[3] / "wordlists").iterdir()}


DEEP = {name: text if name == "categories.yaml" else as_deep(text) for name, text in SHIPPED.items()}


@cache
def shipped_matcher(engine: str) -> AnyMatcher:
    """The one that the service opens; of the other engine, which is never kept, one built here."""
    if engine == "daachorse":
        return shipped_judge(None).matcher
    return build_matcher(load_wordlists(SHIPPED), engine=engine)


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
    matcher, text = shipped_matcher(engine), unit * (350_000 // len(unit))

    assert seconds_of(lambda: scan(matcher, text)) < 30  # what is not linear takes minutes


@cache
def deep_lists() -> WordlistSet:
    """The shipped lists by shape, and words whose parts, doubles and sounds the hostile texts are full of."""
    own = "加微信号\n加{0,4}微信\n好女子\n保本理财\n专治癌症\n"
    return load_wordlists(DEEP | {"own.txt": HEAD + "# match: shape\n" + own})


@cache
def deep_matcher(engine: str) -> Matcher:
    return build_matcher(deep_lists(), engine=engine)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    "unit",
    [
        "女子",  # parts of 好, over and over
        "亻言",
        "口",
        "木木木",
        "疒喦",
        "加加微微信信",
        "加a微b信c",
        "加1",
        "加薇信号",
        "嘉薇芯号",
        "砖治癌症",
        "加徽信号",
        "夲",
        "保夲理财",
        "信微加",
        "症癌治专",
        "jiaweixin",
        "加wei信",
        "加你你",
        "好\u0336\u0489",
        "加\ud800微",
    ],
)
def test_a_megabyte_costs_linear_time_at_the_deepest_look(unit, engine) -> None:
    matcher, text = deep_matcher(engine), unit * (350_000 // len(unit))
    scans = []

    spent_s = seconds_of(lambda: scans.append(scan(matcher, text)))

    assert spent_s < 3
    assert len(scans[0].hits) <= MAX_HITS
    assert all(text[hit.start : hit.end] == hit.text for hit in scans[0].hits)


@pytest.mark.parametrize("engine", ENGINES)
def test_nested_words_on_equal_letters_are_capped_at_the_deepest_look(engine) -> None:
    matcher = matcher_of(
        f"{HEAD}# match: shape\n" + "\n".join("好" * length for length in range(2, 102)), engine=engine
    )
    scans = []

    spent_s = seconds_of(lambda: scans.append(scan(matcher, "好" * 20_000)))

    assert scans[0].capped
    assert scans[0].hits
    assert spent_s < 1


@pytest.mark.parametrize("unit", ["女子", "亻言", "嘉薇芯号", "砖治癌症", "jiaweixin"])
def test_more_guesses_and_parts_than_are_looked_at_are_said_to_be_capped(unit) -> None:
    assert scan(deep_matcher(ENGINES[0]), unit * 30_000).capped


def test_an_honest_long_text_is_not_capped_at_the_deepest_look() -> None:
    titles = (Path(__file__).parents[3] / "app" / "text" / "data" / "honest_shop_titles.tsv").read_text(
        encoding="utf-8"
    )

    assert not scan(deep_matcher(ENGINES[0]), titles[:20_000]).capped


@pytest.mark.parametrize("engine", ENGINES)
def test_a_word_is_found_across_the_blocks_of_a_long_text(engine) -> None:
    matcher = matcher_of("国家级最佳\n", engine=engine)

    for cut in range(1, 6):
        (hit,) = scan(matcher, "好" * ((1 << 16) - cut) + "国家级最佳" + "好" * 9).hits
        assert hit.start == (1 << 16) - cut


@pytest.mark.parametrize("engine", ENGINES)
def test_every_code_point_once_is_screened(engine) -> None:
    everything = "".join(map(chr, range(0x110000)))

    result = scan(deep_matcher(engine), everything)

    assert all(everything[hit.start : hit.end] == hit.text for hit in result.hits)
    assert isinstance(find_personal_data(everything), list)


@pytest.mark.parametrize("depth", ["fold", "shape"])
def test_a_tower_of_combining_marks_hides_nothing(depth) -> None:
    tower = "\u0336\u0489\u20dd" * 5_000

    (hit,) = scan(matcher_of(f"{HEAD}# match: {depth}\n最佳\n"), f"最{tower}佳{tower}").hits

    assert (hit.start, hit.end) == (0, 15_002)
    assert hit.hidden_by == ("combining_mark",)
    assert fold(tower).text == ""
