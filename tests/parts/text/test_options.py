"""What a head and a word's line may both say about how, where and when to look, and what is refused of it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.errors import BadDefinition
from app.text.match import Context, TextField
from app.text.wordlist import load_wordlists
from tests.parts.text.wordlist_files import AT, HEAD, files_of, matcher_of

WHERE = [
    ("kinds: live_title", {"kind": "live_title"}, {"kind": "video_caption"}),
    ("kinds: !live_title", {"kind": "video_caption"}, {"kind": "live_title"}),
    ("shop_categories: food, toys", {"shop_category": "toys"}, {"shop_category": "drug"}),
    ("shop_categories: !drug", {"shop_category": None}, {"shop_category": "drug"}),
    ("shops: shop-1, shop-2", {"shop": "shop-2"}, {"shop": "shop-3"}),
    ("shops: shop-1", {"shop": None}, {"shop": "shop-3"}),
    ("shops: !shop-1", {"shop": "shop-2"}, {"shop": "shop-1"}),
    ("valid_from: 2026-11-23", {"at": AT}, {"at": datetime(2026, 11, 22, 15, 59, tzinfo=UTC)}),
    ("valid_to: 2026-11-23", {"at": AT}, {"at": datetime(2026, 11, 23, 16, 0, tzinfo=UTC)}),
]


@pytest.mark.parametrize("at_word", [False, True])
@pytest.mark.parametrize(("said", "inside", "outside"), WHERE)
@pytest.mark.parametrize("text", ["保本理财", "保本哩财", "保夲理财", "保a本理财", "亻呆本理财"])
def test_a_list_or_a_word_applies_where_and_when_it_says(said, inside, outside, at_word, text) -> None:
    head = f"{HEAD}# match: shape\n"
    matcher = matcher_of(head + (f"保本理财 | {said}\n" if at_word else f"# {said}\n保本理财\n"))

    def hits(context):
        whole = {"kind": "video_caption", "at": AT} | context
        return [hit.text for hit in matcher.scan([TextField("title", text)], Context(**whole)).hits]

    assert hits(inside) == [text]
    assert hits(outside) == []


def test_a_word_narrows_its_list_and_never_widens_it() -> None:
    matcher = matcher_of(f"{HEAD}# shops: shop-1, shop-2\n最佳 | shops: shop-2, shop-3\n")

    shops = ("shop-1", "shop-2", "shop-3")
    hits = [matcher.scan([TextField("t", "最佳")], Context("x", AT, shop=shop)).hits for shop in shops]

    assert [len(found) for found in hits] == [0, 1, 0]


@pytest.mark.parametrize("at_word", [False, True])
@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ("match: shap", "unknown match 'shap'; did you mean shape?"),
        ("edges: words", "unknown edges 'words'; did you mean word?"),
        ("spell: pinyn", "unknown spell 'pinyn'; did you mean pinyin?"),
        ("spell: pinyin, initial", "unknown spell 'initial'; did you mean initials?"),
        ("spell: none, pinyin", "spell is none and something else"),
        ("kinds: a b", "cannot read the name 'a b'"),
        ("shop_categories: !!drug", "cannot read the name '!!drug'"),
        ("shops: shop-1,,shop-2", "cannot read the name ''"),
        ("valid_from: 2026-13-01", "'2026-13-01' is not a day"),
        ("valid_to: soon", "'soon' is not a day"),
        ("edge: word", "'edge'; did you mean edges?"),
        ("shop: shop-1", "'shop'; did you mean shops?"),
    ],
)
def test_a_wrong_value_is_refused_by_its_line(said, problem, at_word) -> None:
    text = HEAD + (f"最好\n最佳 | {said}\n" if at_word else f"# {said}\n最佳\n")

    with pytest.raises(BadDefinition) as refused:
        load_wordlists(files_of(text))

    told = [f"{each.field}: {each.problem}" for each in refused.value.problems]
    assert any(each.startswith(f"wordlists/a.txt:{6 if at_word else 5}: ") and problem in each for each in told), told


def test_a_period_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(BadDefinition, match="valid_to lies before valid_from"):
        load_wordlists(files_of(f"{HEAD}最佳 | valid_from: 2026-05-01 | valid_to: 2026-04-30\n"))
