"""Every shipped wordlist keeps its promises: it loads, names its law, finds its own words, and lets honest texts alone.

Lists are found by their files; a new one is held to all of this without an edit here.
"""

from __future__ import annotations

import os
import re
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
from opencc import OpenCC

from app.flows.open_matcher import open_matcher
from app.settings import read_settings
from app.snapshots import content_id
from app.text.match import Context, Matcher, TextField
from app.text.wordlist import Word, Wordlist, WordlistSet, load_wordlists
from app.values.deciding import Hit, Verdict

ROOT = Path(__file__).resolve().parents[2]
FILES = {path.name: path.read_text(encoding="utf-8") for path in sorted((ROOT / "wordlists").iterdir())}
NAMES = [name.removesuffix(".txt") for name in FILES if name.endswith(".txt")]
TEXTS = ROOT / "tests" / "parts" / "text"
NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
FILLER = "那么一些别样东西"
TITLES_FLAGGED_MOST = 0.01
VIDEOS_FLAGGED_MOST = 0.005


@cache
def lists() -> WordlistSet:
    return load_wordlists(FILES)


@cache
def matcher() -> Matcher:
    """Opened, because building it takes seconds; test_packed holds that both find the same."""
    return open_matcher(read_settings(os.environ), content_id("wordlists", FILES), FILES).matcher


def hits_in(text: str, kind: str = "video_caption") -> tuple[Hit, ...]:
    scan = matcher().scan([TextField("title", text)], Context(kind, NOW))
    return scan.hits


def kind_for(word: Word) -> str:
    """A kind of content in which the word is looked for: some are only of what a shop writes of its goods."""
    kinds = ("video_caption", "product_title")
    return next(kind for kind in kinds if word.where is None or word.where.kinds.cover(kind))


def named(name: str) -> Wordlist:
    return next(each for each in lists().lists if each.name == name)


def lines_of(file: str) -> list[str]:
    lines = (TEXTS / file).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not (line.startswith("#") and line != "## video")]


def honest(*, video: bool) -> list[str]:
    lines = lines_of("honest_titles.txt")
    border = lines.index("## video")
    return lines[border + 1 :] if video else lines[:border]


def tagged(file: str) -> list[tuple[str, str]]:
    return [(category, text) for category, text in (line.split("\t") for line in lines_of(file))]


def written(word: Word) -> str:
    """The word as somebody would write it: gaps filled with as few characters as they need."""
    return re.sub(r"\{(\d+)[^}]*\}", lambda gap: FILLER[: int(gap[1])], word.text)


def filled(phrase: str, word: Word) -> str:
    """An allowed context as somebody would write it, with the word in place of `~` and its gaps as wide as they go."""
    return re.sub(r"\{(?:\d+,)?(\d+)\}", lambda gap: FILLER[: int(gap[1])], phrase).replace("~", written(word))


def test_the_reference_page_names_exactly_the_shipped_lists() -> None:
    page = (ROOT / "docs" / "reference" / "wordlists.md").read_text(encoding="utf-8")
    table = page.split("## The shipped lists")[1].split("## A file")[0]

    assert sorted(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)) == sorted(NAMES)


def test_there_are_lists_and_they_load_together() -> None:
    assert len(lists().lists) == len(NAMES) >= 30


@pytest.mark.parametrize("name", NAMES)
def test_a_list_says_its_law_and_who_keeps_it(name: str) -> None:
    wordlist = named(name)

    assert re.search("法|条例|规定|办法|规则|规范|专项|公告", wordlist.source)
    assert wordlist.owner
    assert lists().categories[wordlist.category].law


@pytest.mark.parametrize("name", NAMES)
def test_every_word_finds_itself(name: str) -> None:
    lost = [
        word.text
        for word in named(name).words
        if name not in {hit.wordlist for hit in hits_in(f"「{written(word)}」", kind_for(word))}
    ]

    assert lost == []


@pytest.mark.parametrize("name", NAMES)
def test_an_allowed_context_lets_the_word_pass_in_its_own_list(name: str) -> None:
    stopped = [
        (word.text, phrase)
        for word in named(name).words
        for phrase in (*word.allow, *(context for context in named(name).allow if "~" in context))
        if any(hit.wordlist == name and hit.word == word.text for hit in hits_in(filled(phrase, word), kind_for(word)))
    ]

    assert stopped == []


@pytest.mark.parametrize("name", NAMES)
def test_a_list_is_curated_and_not_a_dump(name: str) -> None:
    assert 30 <= len(named(name).words) <= 400


@pytest.mark.parametrize("name", NAMES)
def test_no_suggestion_where_nothing_better_can_be_said(name: str) -> None:
    wordlist = named(name)

    if not lists().categories[wordlist.category].is_suggestion_allowed:
        assert [word.text for word in wordlist.words if word.suggest] == []


def test_every_category_has_a_list() -> None:
    assert set(lists().categories) == {wordlist.category for wordlist in lists().lists}


@pytest.mark.parametrize(
    ("video", "most", "least_lines"),
    [(False, TITLES_FLAGGED_MOST, 250), (True, VIDEOS_FLAGGED_MOST, 60)],
    ids=["shop titles", "video titles"],
)
def test_honest_texts_are_let_alone(*, video: bool, most: float, least_lines: int) -> None:
    texts = honest(video=video)

    flagged = [
        (text, [(hit.wordlist, hit.word) for hit in hits])
        for text in texts
        if (hits := [hit for hit in hits_in(text) if hit.verdict is not Verdict.LABEL])
    ]

    assert len(texts) >= least_lines
    assert len(flagged) <= most * len(texts), flagged


def test_unlawful_captions_are_seen_in_their_category() -> None:
    captions = tagged("unlawful_captions.txt")

    missed = [(category, text) for category, text in captions if category not in {h.category for h in hits_in(text)}]

    assert len(captions) >= 300
    assert {category for category, _ in captions} == set(lists().categories)
    assert missed == []


def test_an_honest_near_twin_raises_no_hit_at_all() -> None:
    twins = tagged("honest_twins.txt")

    flagged = [(text, [(hit.wordlist, hit.word) for hit in hits]) for _, text in twins if (hits := hits_in(text))]

    assert {category for category, _ in twins} == set(lists().categories)
    assert flagged == []


def test_a_citation_still_to_be_checked_never_blocks() -> None:
    unchecked = [word for each in lists().lists for word in each.words if "出处待核" in word.note]

    assert unchecked
    assert [word.text for word in unchecked if word.verdict is Verdict.BLOCK] == []


def test_every_category_that_allows_it_tells_what_to_write_instead() -> None:
    silent = [each.id for each in lists().categories.values() if each.is_suggestion_allowed and not each.suggest]

    assert silent == []


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("全网最佳面膜", "最佳"),
        ("本品使用国家级工艺", "国家级"),
        ("面料是最高级的", "最高级"),
        ("包治百病", "包治百病"),
        ("能替代药物治疗", "替代药物治疗"),
        ("根治慢性病", "根治慢性病"),
        ("私下转账", "私下转账"),
        ("超A货", "超a货"),
        ("好评返现", "好评返现"),
    ],
)
def test_what_the_law_does_not_bend_on_is_blocked(text: str, word: str) -> None:
    verdicts = {hit.word: hit.verdict for hit in hits_in(text)}

    assert verdicts[word] is Verdict.BLOCK


@pytest.mark.parametrize("word", ["专家推荐", "祖传秘方", "无效退款", "无毒副作用"])
def test_what_honest_sellers_also_say_goes_to_a_person(word: str) -> None:
    hits = [hit for hit in hits_in(f"这是{word}的") if hit.category == "elderly_health_fraud"]

    assert {hit.verdict for hit in hits} == {Verdict.REVIEW}


@pytest.mark.parametrize(
    ("trick", "hide"),
    [
        ("a star between", "*".join),
        ("a space between", " ".join),
        ("a heart between", "❤".join),
        ("nothing wide between", "\u200b".join),
        ("a line end between", "\n".join),
        ("a strike through", "\u0336".join),
        ("traditional", OpenCC("s2t").convert),
        ("every character twice", lambda word: "".join(char * 2 for char in word)),
    ],
)
def test_a_hidden_word_is_still_seen(trick: str, hide) -> None:
    words = [(each.name, word) for each in lists().lists for word in each.words if len(word.parts) == 1]

    seen = [
        word.text
        for name, word in words
        if name in {hit.wordlist for hit in hits_in(f"宝贝{hide(word.text)}哦", kind_for(word))}
    ]

    assert len(seen) >= 0.99 * len(words), f"{trick}: {sorted({word.text for _, word in words} - set(seen))[:20]}"
