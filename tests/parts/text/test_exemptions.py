"""Exemptions: what the file may say, which mistakes it names, and which finds they take out."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from app.errors import BadDefinition
from app.text.exempting import ending
from app.text.match import Context, TextField, build_matcher
from app.text.wordlist import load_wordlists
from tests.parts.text.wordlist_files import AT, CATEGORIES, HEAD

DANGER = "danger: {title: 危险, law: 刑法, severity: 5}\n"
LISTS = {
    "categories.yaml": CATEGORIES + DANGER,
    "absolute.txt": HEAD + "最佳\n国家级品质\n加{0,4}第一\n全网最佳\n顶级名酒 | match: sound\n",
    "other.txt": HEAD + "销量冠军\n最佳\n",
    "weapons.txt": HEAD.replace("absolute_terms", "danger") + "手工弩 | verdict: block\n弹弓比赛\n",
}
ENTRY = {
    "shop": "shop-7",
    "word": "最佳",
    "reason": "注册商标第1号",
    "basis": "商标注册证第1号",
    "approved_by": "ads-compliance",
    "valid_from": "2026-01-01",
    "valid_to": "2026-12-31",
}


def entry(**changed):
    values = {key: value for key, value in (ENTRY | changed).items() if value is not None}
    return "- {" + ", ".join(f"{key}: {value}" for key, value in values.items()) + "}\n"


def loaded(*entries):
    return load_wordlists(LISTS | {"exemptions.yaml": "".join(entries)})


def told(source):
    with pytest.raises(BadDefinition) as refused:
        load_wordlists(LISTS | {"exemptions.yaml": source})
    return [f"{problem.field} {problem.problem}, {problem.expected}" for problem in refused.value.problems]


def scanned(text, *entries, shop="shop-7", kind="video_caption", at=AT, **field):
    context = Context(kind, at, shop=shop)
    return build_matcher(loaded(*entries)).scan([TextField("text", text, **field)], context)


def words(scan):
    return [hit.word for hit in scan.hits], [each.word for each in scan.exempted]


def test_an_exempted_word_is_told_with_its_ground_and_is_no_hit():
    scan = scanned("我家最佳", entry())

    one, other = scan.exempted
    assert scan.hits == ()
    assert (one.start, one.end, one.text, one.reason) == (2, 4, "最佳", "注册商标第1号")
    assert one.valid_to == date(2026, 12, 31)
    assert [one.wordlist, other.wordlist] == ["absolute", "other"]


@pytest.mark.parametrize("more", [{"shop": "shop-8"}, {"shop": None}, {"kind": "comment"}])
def test_only_the_named_shop_and_kinds_are_exempted(more):
    rule = entry(kinds="[video_caption, live_title]")

    assert words(scanned("我家最佳", rule)) == ([], ["最佳", "最佳"])
    assert words(scanned("我家最佳", rule, **more)) == (["最佳", "最佳"], [])


@pytest.mark.parametrize(
    ("at", "holds"),
    [
        (datetime(2025, 12, 31, 15, 59, tzinfo=UTC), False),
        (datetime(2025, 12, 31, 16, tzinfo=UTC), True),
        (datetime(2026, 12, 31, 15, 59, tzinfo=UTC), True),
        (datetime(2026, 12, 31, 16, tzinfo=UTC), False),
    ],
)
def test_both_days_are_chinese_days_and_included(at, holds):
    assert bool(scanned("我家最佳", entry(), at=at).exempted) is holds


@pytest.mark.parametrize(
    ("chosen", "left"),
    [
        ({"word": "最佳", "wordlist": "other"}, ["最佳", "销量冠军"]),
        ({"word": "最*佳"}, ["销量冠军"]),
        ({"word": None, "wordlist": "other"}, ["最佳"]),
        ({"word": None, "category": "absolute_terms"}, []),
        ({"word": None, "category": "absolute_terms", "wordlist": "absolute"}, ["最佳", "销量冠军"]),
    ],
)
def test_word_wordlist_and_category_choose_together(chosen, left):
    scan = scanned("最佳，销量冠军", entry(**chosen))

    assert [hit.word for hit in scan.hits] == left
    assert len(scan.hits) + len(scan.exempted) == 3


def test_a_listed_word_around_the_exempted_one_still_counts():
    scan = scanned("全网最佳", entry(wordlist="absolute"))

    assert [hit.word for hit in scan.hits if hit.wordlist == "absolute"] == ["全网最佳"]


def test_a_word_with_gaps_is_named_as_it_is_listed():
    assert words(scanned("加油第一", entry(word="'加{0,4}第一'"))) == ([], ["加{0,4}第一"])


@pytest.mark.parametrize(
    ("text", "holds"),
    [("紫云最佳蜂蜜", True), ("紫 云最佳蜂蜜", True), ("全国最佳蜂蜜，紫云的", False), ("紫云。最佳蜂蜜", False)],
)
@pytest.mark.parametrize("within", ["紫云最佳", "紫云~", "[紫云最佳, 紫雲~]"])
def test_within_exempts_the_word_only_in_that_phrase(text, holds, within):
    found, exempted = words(scanned(text, entry(within=within)))

    assert (found, exempted) == (([], ["最佳"] * 2) if holds else (["最佳"] * 2, []))


def test_what_is_only_guessed_to_be_the_word_is_not_exempted():
    rule = entry(word="顶级名酒")

    assert words(scanned("这款顶级名久", rule)) == (["顶级名酒"], [])
    assert words(scanned("这款顶级名酒", rule)) == ([], ["顶级名酒"])
    assert words(scanned("这款顶*级名酒", rule)) == ([], ["顶级名酒"])


def test_exempted_words_do_not_crowd_out_what_counts():
    scan = scanned("最佳。" * 300 + "国家级品质", entry())

    assert words(scan)[0] == ["国家级品质"]
    assert not scan.capped


def test_an_exempted_word_of_a_segment_says_which():
    (one, _) = scanned("我家最佳", entry(), segment=3, at_ms=5200).exempted

    assert (one.segment, one.at_ms) == (3, 5200)


@pytest.mark.parametrize("source", ["", "# none at present\n", "[]\n"])
def test_the_file_may_hold_nothing(source):
    assert load_wordlists(LISTS | {"exemptions.yaml": source}).exemptions == ()


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"valid_to": None}, "lacks valid_to"),
        ({"valid_from": None}, "lacks valid_from"),
        ({"reason": None}, "lacks reason"),
        ({"reason": "''"}, "reason cannot be read"),
        ({"reason": "~"}, "reason cannot be read"),
        ({"reason": "长" * 501}, "reason cannot be read"),
        ({"valid_to": "2028-01-02"}, "more than 2 years after valid_from, at the latest 2028-01-01"),
        ({"valid_to": "2025-12-31"}, "valid_to lies before valid_from"),
        ({"valid_to": "soon"}, "'soon' is not a day"),
        ({"word": "国家级品值"}, "unknown word '国家级品值'; did you mean 国家级品质?, a word of the lists"),
        ({"word": "'最佳 | allow: x'"}, "unknown word"),
        ({"word": None, "wordlist": "absolut"}, "unknown wordlist 'absolut'; did you mean absolute?"),
        ({"word": None, "category": "absolute_term"}, "unknown category 'absolute_term'; did you mean absolute_terms?"),
        ({"word": "销量冠军", "wordlist": "absolute"}, "wordlist 'absolute' does not hold the word, one of other"),
        ({"word": None}, "says for no word"),
        ({"within": "紫云佳品"}, "the allowed context '紫云佳品' does not hold '最佳'"),
        ({"word": None, "wordlist": "other", "within": "紫云最佳"}, "does not hold '销量冠军'"),
        ({"within": "'紫云{0,40}~'"}, "has a gap over 12 characters"),
        ({"reson": "x"}, "unknown key 'reson'; did you mean reason?"),
        ({"shop": "'shop-7, shop-8'"}, "cannot read the shop"),
        ({"shop": "'!shop-7'"}, "cannot read the shop"),
        ({"word": "手工弩"}, "'手工弩' of weapons blocks, and its category is of severity 5"),
        ({"word": None, "wordlist": "weapons"}, "'手工弩' of weapons blocks"),
        ({"word": None, "category": "danger"}, "'手工弩' of weapons blocks"),
    ],
)
def test_every_mistake_is_named_with_its_line(changed, problem):
    said = told("# approved on Mondays\n" + entry() + entry(**changed))

    assert any(problem in each and each.startswith("wordlists/exemptions.yaml:3 ") for each in said), said


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("shop: shop-7\n", "exemptions.yaml:1 not a list of exemptions"),
        ("- shop-7\n", "exemptions.yaml:1 an exemption without its keys"),
        ("- {shop: [\n", "exemptions.yaml:2 not YAML"),
        ("-\n  shop: a\n  shop: b\n", "exemptions.yaml:3 shop is given twice"),
    ],
)
def test_what_is_no_list_of_exemptions_is_refused(source, problem):
    assert any(problem in each for each in told(source)), told(source)


def test_words_are_not_looked_up_while_the_lists_are_wrong():
    broken = LISTS | {"other.txt": HEAD, "exemptions.yaml": entry(word="销量冠军")}

    with pytest.raises(BadDefinition) as refused:
        load_wordlists(broken)

    assert ["other.txt" in problem.field for problem in refused.value.problems] == [True]


def test_a_review_word_of_the_gravest_categories_may_be_exempted():
    assert words(scanned("弹弓比赛", entry(word="弹弓比赛"))) == ([], ["弹弓比赛"])


def test_two_years_from_a_29th_of_february_end_on_the_28th():
    assert loaded(entry(valid_from="2028-02-29", valid_to="2030-02-28")).exemptions
    assert "at the latest 2030-02-28" in told(entry(valid_from="2028-02-29", valid_to="2030-03-01"))[0]


def test_those_that_end_within_thirty_days_are_named_first_to_end_first():
    days = ["2026-12-25", "2026-12-26", "2026-11-01"]
    exemptions = loaded(*(entry(valid_to=day) for day in days)).exemptions

    assert [each.last_day.isoformat() for each in ending(exemptions, day=date(2026, 11, 25))] == [days[2], days[0]]
