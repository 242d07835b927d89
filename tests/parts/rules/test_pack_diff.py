"""The difference between two sets of packs, told in words, and which rules a second person has to look at."""

from __future__ import annotations

import pytest
from sample_pack import KINDS, pack_files

from app.rules.diff import diff_packs
from app.rules.pack import load_packs
from app.values.change import Change, Detail, hard_rules, sentence, summary

PAYS = "[{compensate: {cause: late, amount_fen: guess_fen}}]"


def packs(*args, **options):
    return load_packs(pack_files(*args, **options), kinds=KINDS)


def diff(change, **options):
    return diff_packs(packs(**options), packs(change=change, **options))


def test_the_same_packs_have_no_difference():
    assert diff_packs(packs(), packs()) == []
    assert (summary([], "zh"), summary([], "en")) == ("没有差别。", "No difference.")


def test_where_a_rule_stands_in_its_file_is_no_difference():
    assert diff({"title: 订单": "# 说明\n\ntitle: 订单"}) == []


def test_a_changed_parameter_names_its_rules_and_says_old_and_new_with_the_unit():
    change, _ = diff({"5001": "9901", "{default: 5000,": "{default: 9900,"})

    assert change.details == (Detail("default", 5000, 9900, "fen"),)
    assert change.rules == change.hard_rules == ("T1-01",)
    assert sentence(change, "zh") == (
        "修改参数 cap_fen（orders）：取值由 5000 分（50.00 元） 改为 9900 分（99.00 元）；影响规则 T1-01"
    )
    assert "from 5000 fen (50.00 yuan) to 9900 fen (99.00 yuan)" in sentence(change, "en")


def test_a_parameter_of_no_rule_concerns_nobody():
    [change] = diff({"rate_bp: {default: 500": "rate_bp: {default: 700"})

    assert (change.rules, change.hard_rules) == ((), ())
    assert "由 万分之 500（5%） 改为 万分之 700（7%）" in sentence(change, "zh")


def test_a_new_rule_is_told_whole_and_so_is_a_removed_one():
    one = packs()
    both = (
        *one,
        *load_packs(pack_files(folder="other", change={"pack: orders": "pack: other", "T1-01": "T2-02"}), kinds=KINDS),
    )

    added = [each for each in diff_packs(one, both) if each.what == "rule"]
    removed = [each for each in diff_packs(both, one) if each.what == "rule"]

    assert [(each.change, each.id, each.within) for each in (*added, *removed)] == [
        ("added", "T2-02", "other"),
        ("removed", "T2-02", "other"),
    ]
    assert "状态：生效" in sentence(added[0], "zh")
    assert "后果：拦截" in sentence(added[0], "zh")
    assert "状态（原）：生效" in sentence(removed[0], "zh")


@pytest.mark.parametrize(
    ("then", "change", "hard"),
    [
        ("[block]", {"status: live": "status: shadow"}, True),
        ("[hold]", {"status: live": "status: retired"}, True),
        ("[block]", {"reason: 迟延发货": "reason: 迟了"}, True),
        ("[block]", {"review_by: 2027-01-01": "review_by: 2028-01-01"}, True),
        ("[block]", {"    reason: 迟延发货": "    share: {bp: 10}\n    reason: 迟延发货"}, True),
        ("[block]", {"references: [law]": "references: [hearsay]"}, True),
        (
            "[block]",
            {"{text: 电子商务法第二十条, confidence: 法条}": "{text: 电子商务法第二十条, confidence: 记忆}"},
            True,
        ),
        (PAYS, {"guess_fen: {default: 100": "guess_fen: {default: 900"}, True),
        (PAYS, {"status: live": "status: draft"}, True),
        ("[freeze]", {"title: 迟延\n": "title: 迟\n"}, True),
        ("[review]", {"status: live": "status: shadow"}, False),
        ("[warn]", {"reason: 迟延发货": "reason: 迟了"}, False),
        ("[block]", {"{name: 有": "{name: 有的"}, False),
        ("[block]", {"title: 订单": "title: 订单类"}, False),
    ],
)
def test_a_second_person_looks_at_what_blocks_holds_or_pays(then, change, hard):
    there = diff(change, then=then)
    back = diff_packs(packs(then=then, change=change), packs(then=then))

    assert there != []
    assert hard_rules(there) == hard_rules(back) == (("T1-01",) if hard else ())


def test_a_rule_that_is_not_in_force_on_either_side_needs_nobody():
    draft = packs(change={"status: live": "status: draft"})
    shadow = packs(change={"status: live": "status: shadow", "reason: 迟延发货": "reason: 迟了"})

    assert hard_rules(diff_packs(draft, shadow)) == ()
    assert hard_rules(diff_packs(shadow, packs())) == ("T1-01",)


def test_examples_are_told_by_name():
    [change] = diff({"{name: 无, facts: {paid_fen: 5000}}": "{name: 无的, facts: {paid_fen: 4000}}", "5001": "6001"})

    assert {each.field: each.after for each in change.details} == {
        "added": ["quiet 无的"],
        "removed": ["quiet 无"],
        "changed": ["fires 有"],
    }


def test_a_summary_counts_everything_and_names_the_hard_rules():
    said = diff({"status: live": "status: shadow", "rate_bp: {default: 500": "rate_bp: {default: 700"})

    assert summary(said, "zh") == "修改规则 1 项、修改参数 1 项。涉及 1 条会拦截、暂缓或动用资金的规则：T1-01。"
    assert summary(said, "en").startswith("1 rule changed, 1 parameter changed.")


def test_long_lists_are_cut_and_say_how_many_are_left():
    change = Change("word", "changed", "x", details=(Detail("allow", ["a", "b"], [str(n) for n in range(40)]),))

    assert "等另外 28 项" in sentence(change, "zh")
    assert "and 28 more" in sentence(change, "en")
