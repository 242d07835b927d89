"""A wordlist says what it means or is refused with every wrong line named."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from app.errors import BadDefinition
from app.text.wordlist import load_wordlists
from app.text.words import Context, Gap
from app.values.deciding import Verdict
from tests.parts.text.wordlist_files import AT, CATEGORIES, HEAD, files_of


def problems_of(*lists: str, **files: str) -> list[str]:
    with pytest.raises(BadDefinition) as refused:
        load_wordlists(files_of(*lists) | files)
    return [f"{problem.field}: {problem.problem}" for problem in refused.value.problems]


def test_a_list_keeps_everything_its_lines_say() -> None:
    text = (
        "\ufeff# category: absolute_terms\r\n# verdict: review\n# source: 广告法\n# owner: ads\n# match: exact\n"
        "# kinds: video_caption, live_title\n# shop_categories: food, !drug\n# valid_from: 2026-01-01\n"
        "# valid_to: 2026-12-31\n# allow: 最佳男主角\n## prose: with a colon\n# prose without one\n\n"
        "最佳 | allow: 最佳配角、最佳编剧 | note: 见指南 | suggest: 优质 | source: 指南 | verdict: block\n"
        "# later prose: is a comment\n加{0,4}微信\n"
    )

    loaded = load_wordlists(files_of(text))

    (wordlist,) = loaded.lists
    first, second = wordlist.words
    assert loaded.words == 2
    assert loaded.categories["diversion"].is_suggestion_allowed is False
    assert loaded.categories["absolute_terms"].severity == 3
    assert (wordlist.name, wordlist.match, wordlist.allow) == ("a", "exact", ("最佳男主角",))
    assert (wordlist.where.first_day, wordlist.where.last_day) == (date(2026, 1, 1), date(2026, 12, 31))
    assert first.allow == ("最佳配角", "最佳编剧")
    assert (first.suggest, first.source, first.verdict, first.line) == ("优质", "指南", Verdict.BLOCK, 14)
    assert (second.parts, second.gaps) == (("加", "微信"), (Gap(0, 4),))


def test_a_word_without_a_suggestion_takes_its_categorys() -> None:
    categories = "absolute_terms: {title: 绝对化用语, law: 广告法, severity: 3, suggest: 改为可证实的表述}\n"
    (wordlist,) = load_wordlists({"categories.yaml": categories, "a.txt": f"{HEAD}最佳 | suggest: 优质\n第一\n"}).lists

    assert [word.suggest for word in wordlist.words] == ["优质", "改为可证实的表述"]


def test_a_category_that_allows_no_suggestion_may_not_give_one() -> None:
    categories = "absolute_terms: {title: x, law: y, severity: 3, suggestion: false, suggest: z}\n"

    (problem,) = problems_of(**{"categories.yaml": categories})

    assert problem.startswith("wordlists/categories.yaml:1: suggest is given where no suggestion may be made")


@pytest.mark.parametrize(
    ("kind", "shop", "covered"),
    [
        ("video_caption", "food", True),
        ("video_caption", None, True),
        ("video_caption", "drug", False),
        ("video_caption", "toys", False),
        ("comment", "food", False),
    ],
)
def test_a_scope_covers_what_it_names_and_what_is_unknown(kind, shop, covered) -> None:
    text = HEAD + "# kinds: video_caption\n# shop_categories: food, !drug\n最佳\n"
    (wordlist,) = load_wordlists(files_of(text)).lists

    assert wordlist.where.covers(Context(kind, AT, shop)) is covered


@pytest.mark.parametrize(
    ("at", "is_valid"),
    [
        (datetime(2026, 10, 31, 15, 59, tzinfo=UTC), False),
        (datetime(2026, 10, 31, 16, 0, tzinfo=UTC), True),
        (datetime(2026, 11, 30, 15, 59, tzinfo=UTC), True),
        (datetime(2026, 11, 30, 16, 0, tzinfo=UTC), False),
    ],
)
def test_validity_counts_chinese_days(at, is_valid) -> None:
    text = HEAD + "# valid_from: 2026-11-01\n# valid_to: 2026-11-30\n最佳\n"
    (wordlist,) = load_wordlists(files_of(text)).lists

    assert wordlist.where.covers(Context("x", at)) is is_valid


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("***", "'***' folds to nothing in places"),
        ("| note: x", "the word is empty"),
        ("佳", "'佳' folds to single characters"),
        ("好{0,2}坏", "'好{0,2}坏' folds to single characters"),
        ("好吗？是的", "'好吗？是的' reaches over a sentence end"),
        ("加{0,13}微信", "a gap of 0 to 13 characters"),
        ("加{5,2}微信", "a gap of 5 to 2 characters"),
        ("加{x}微信", "cannot read the gap in '加{x}微信'"),
        ("{0,2}微信", "'{0,2}微信' folds to nothing in places"),
        ("甲{1}乙乙{1}丙{1}丁{1}戊", "4 gaps in one word"),
        ("最佳 | alow: 最佳配角", "unknown key 'alow'; did you mean allow?"),
        ("最佳 | allow", "cannot read 'allow'"),
        ("最佳 | note: a | note: b", "note is given twice"),
        ("最佳 | verdict: blok", "unknown verdict 'blok'; did you mean block?"),
        ("最佳 | allow: 最好", "the allowed context '最好' does not hold '最佳'"),
        ("最佳 | allow: **", "an allowed context folds to nothing"),
        ("最佳 | allow: ~{0,3}", "an allowed context folds to nothing"),
        ("最佳 | allow: ~和~奖", "the allowed context '~和~奖' has more than one ~"),
        ("最佳 | allow: ~{0,30}奖", "the allowed context '~{0,30}奖' has a gap over 12 characters"),
        ("最佳 | allow: ~{a}奖", "the allowed context '~{a}奖' has a gap that cannot be read"),
        ("最\0佳", "the line holds a NUL character"),
        ("最" * 257, f"{'最' * 257!r} folds to 257 characters"),
        ("长" * 2001, "the line has 2001 characters"),
        ("# verdict: block\n最好\n# verdict: block", "verdict is given twice"),
    ],
)
def test_a_wrong_line_is_refused_by_its_number(line, problem) -> None:
    problems = problems_of(HEAD + line)

    assert any(text.startswith("wordlists/a.txt:5") and problem in text for text in problems), problems


@pytest.mark.parametrize(
    "lines",
    [
        "最佳\n国家级\n最*佳 | verdict: x",
        "最佳 | verdict: x\n国家级\n最*佳",
        "加{0,4}微信\n国家级\n加{0,4}微信 | verdict: x",
    ],
)
def test_a_word_that_stands_twice_is_told_beside_what_else_is_wrong_with_its_lines(lines) -> None:
    problems = problems_of(HEAD + lines)

    assert [each for each in problems if each.startswith("wordlists/a.txt:7") and "line 5" in each], problems
    assert any("unknown verdict" in each for each in problems), problems


def test_the_same_word_twice_names_both_lines() -> None:
    assert problems_of(HEAD + "最佳\n国家级\n最*佳\n") == [
        "wordlists/a.txt:7: '最*佳' is the same word as '最佳' in line 5"
    ]


def test_a_head_key_after_the_first_word_is_refused() -> None:
    assert problems_of(HEAD + "最佳\n# verdict: block\n") == ["wordlists/a.txt:6: verdict stands after the first word"]


@pytest.mark.parametrize(
    ("head", "problem"),
    [
        ("# verdict: review\n# source: x\n# owner: y\n", "a.txt:1: the head lacks category"),
        (HEAD.replace("absolute_terms", "absolute_term"), "a.txt:1: unknown category 'absolute_term'; did you mean"),
        (HEAD.replace("review", "pass"), "a.txt:2: unknown verdict 'pass'"),
        (HEAD + "# mach: fold\n", "a.txt:5: unknown head key 'mach'; did you mean match?"),
        (HEAD + "# match: folded\n", "a.txt:5: unknown match 'folded'; did you mean fold?"),
        (HEAD + "# valid_from: 1 May\n", "a.txt:5: '1 May' is not a day"),
        (HEAD + "# valid_from: 2026-05-01\n# valid_to: 2026-04-01\n", "valid_to lies before valid_from"),
        (HEAD + "# shop_categories: a b\n", "a.txt:5: cannot read the name 'a b'"),
        (HEAD + "# match:\n", "a.txt:5: match is empty"),
    ],
)
def test_a_wrong_head_is_refused_by_its_line(head, problem) -> None:
    problems = problems_of(head + "最佳\n")

    assert any(problem in text for text in problems), problems


@pytest.mark.parametrize(
    ("yaml", "problem"),
    [
        ("a: [", "not YAML"),
        ("", "no categories"),
        ("- a", "no categories"),
        ("a: b", "categories.yaml:1: a category without its keys"),
        ("a: {title: x, law: y}", "severity is missing"),
        ("a: {title: x, law: y, severity: 6}", "severity cannot be read"),
        ("a: {title: x, law: y, severity: 1, sugestion: true}", "unknown key 'sugestion'; did you mean suggestion?"),
        ("a: {title: x, law: y, severity: 1}\na: {title: x, law: y, severity: 1}", "categories.yaml:2: category 'a'"),
        ("? [a]\n: {title: x, law: y, severity: 1}", "not a category's id"),
    ],
)
def test_wrong_categories_are_refused_by_their_line(yaml, problem) -> None:
    problems = problems_of(**{"categories.yaml": yaml})

    assert any(problem in text for text in problems), problems


def test_all_files_tell_their_problems_at_once() -> None:
    problems = problems_of(HEAD + "佳\n", HEAD, **{"B.txt": "", "categories.yaml": CATEGORIES + "x: y\n"})

    assert [problem.partition(":")[0] for problem in problems] == [
        "wordlists/categories.yaml",
        "wordlists/B.txt",
        "wordlists/a.txt",
        "wordlists/b.txt",
    ]


def test_a_set_without_categories_is_refused() -> None:
    with pytest.raises(BadDefinition, match="the file is missing"):
        load_wordlists({"a.txt": HEAD + "最佳\n"})
