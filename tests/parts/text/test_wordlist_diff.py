"""The difference between two sets of wordlists, told by list and word."""

from __future__ import annotations

import random

import pytest

from app.text.diff import diff_wordlists
from app.text.diff_files import count_words, diff_wordlist_files
from app.text.wordlist import load_wordlists
from app.text.words import WordlistSet
from app.values.change import Detail, sentence, summary
from tests.parts.text.wordlist_files import HEAD, files_of


def diff(before, after):
    return diff_wordlists(*(load_wordlists(files_of(*lists)) for lists in (before, after)))


def test_the_same_lists_have_no_difference_in_any_order():
    assert diff([HEAD + "极品\n最佳\n"], [HEAD + "## 说明\n最佳\n极品\n"]) == []


def test_words_are_told_one_by_one_with_the_verdict_they_act_by():
    changes = diff([HEAD + "极品\n最佳\n"], [HEAD + "最佳 | verdict: block\n国家级\n"])

    assert [(each.change, each.id, each.within, each.details) for each in changes] == [
        ("changed", "最佳", "a", (Detail("verdict", None, "block"),)),
        ("added", "国家级", "a", (Detail("verdict", None, "review"),)),
        ("removed", "极品", "a", (Detail("verdict", "review", None),)),
    ]
    assert sentence(changes[1], "zh") == "新增词 国家级（a）：判定：人工复核"
    assert summary(changes, "zh") == "新增词 1 项、移除词 1 项、修改词 1 项。"
    assert summary(changes, "en") == "1 word added, 1 word removed, 1 word changed."


def test_a_word_written_differently_is_the_same_word_changed():
    [change] = diff([HEAD + "极品\n"], [HEAD + "極品\n"])

    assert (change.change, change.details) == ("changed", (Detail("text", "极品", "極品"),))


def test_a_lists_new_verdict_says_how_many_words_follow_it():
    [change] = diff(
        [HEAD + "极品\n最佳\n国家级 | verdict: block\n"],
        [HEAD.replace("verdict: review", "verdict: label") + "极品\n最佳\n国家级 | verdict: block\n"],
    )

    assert change.details == (Detail("verdict", "review", "label"), Detail("following", None, 2))
    assert "判定由 人工复核 改为 加标识；随词库改变判定的词数：2" in sentence(change, "zh")


def test_a_whole_list_is_one_difference_with_its_number_of_words():
    many = HEAD + "".join(f"词语{number}号\n" for number in range(500))

    [added] = diff([HEAD + "极品\n"], [HEAD + "极品\n", many])
    [removed] = diff([HEAD + "极品\n", many], [HEAD + "极品\n"])

    assert (added.change, added.id, added.details[-1]) == ("added", "b", Detail("words", None, 500))
    assert (removed.change, removed.id, removed.details[-1]) == ("removed", "b", Detail("words", 500, None))


def test_a_category_is_told_by_its_properties():
    one, other = files_of(HEAD + "极品\n"), files_of(HEAD + "极品\n")
    other["categories.yaml"] = other["categories.yaml"].replace("severity: 3}", "severity: 4}", 1)

    [change] = diff_wordlists(load_wordlists(one), load_wordlists(other))

    assert (change.what, change.id, change.details) == ("category", "absolute_terms", (Detail("severity", 3, 4),))


def test_an_exemption_is_told_with_its_shop_its_ground_and_its_end():
    entry = "{shop: shop-7, word: 最佳, reason: 商标, basis: 证, approved_by: ads, valid_from: 2026-01-01, valid_to: "
    none = files_of(HEAD + "最佳\n")
    first = none | {"exemptions.yaml": f"- {entry}2026-12-31}}\n"}
    longer = none | {"exemptions.yaml": f"- {entry}2027-12-31}}\n"}
    one, two, three = (load_wordlists(files) for files in (none, first, longer))

    [added] = diff_wordlists(one, two)
    [changed] = diff_wordlists(two, three)
    [removed] = diff_wordlists(two, one)

    assert sentence(added, "zh") == (
        "新增豁免 最佳（shop-7）：理由：商标；证明文件：证；批准人：ads；起始日：2026-01-01；截止日：2026-12-31"
    )
    assert sentence(changed, "en") == "Changed exemption 最佳 (shop-7): valid to from 2026-12-31 to 2027-12-31"
    assert (removed.change, removed.id, removed.within) == ("removed", "最佳", "shop-7")
    assert summary([removed], "en") == "1 exemption removed."
    assert diff_wordlists(two, two) == []


@pytest.mark.parametrize("seed", range(12))
def test_files_are_compared_by_their_differing_lines_as_whole_sets_are(seed):
    """Every sort of change at once: words, verdicts, heads, advice of a category, lists that come and go."""
    chance = random.Random(seed)
    words = [f"词语{number}号" for number in range(40)] + ["极品", "極品", "最佳 | verdict: block", "最佳 | note: 某"]

    def lists():
        return [
            HEAD.replace("verdict: review", f"verdict: {chance.choice(['review', 'label'])}")
            + "".join(
                f"{word} \n"
                for word in [*chance.sample(words[:40], 30), chance.choice(words[40:42]), chance.choice(words[42:])]
            )
            for _ in range(chance.randint(1, 3))
        ]

    before, after = files_of(*lists()), files_of(*lists())
    if chance.random() < 0.5:
        after["categories.yaml"] = after["categories.yaml"].replace(
            "severity: 3}", "severity: 3, suggest: 换一种说法}", 1
        )
    one, other = load_wordlists(before), load_wordlists(after)

    assert diff_wordlist_files(before, after) == diff_wordlists(one, other)
    assert diff_wordlist_files({}, after) == diff_wordlists(WordlistSet({}, ()), other)
    assert count_words(after) == {each.name: len(each.words) for each in other.lists}
