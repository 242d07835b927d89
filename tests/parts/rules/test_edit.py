"""Edits in place: one value changes, and not one other character."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from app.errors import InvalidInput
from app.rules.edit import (
    NOTHING,
    examples_text,
    find_rule,
    set_examples,
    set_parameter,
    set_parameter_keys,
    set_rule_keys,
    set_status,
)
from app.rules.yaml_text import change

SHIPPED = {
    f"{path.parent.name}/{path.name}": path.read_text("utf-8")
    for path in sorted((Path(__file__).parents[3] / "rules").glob("*/*.yaml"))
}
STYLES = """\
# 头
parameters:
  plain: {default: 500, unit: bp}  # 为什么是 500
  quoted: {default: "a: b", unit: text}
  single: {default: 'it''s', unit: text}
  flow:
    default: [a, 乙,  # 留下
      c]
    unit: text
  block:
    default:
      - a  # 第一
      - b
    # 这句留下
    unit: text
  folded:
    default: >-
      一行
      二行

    unit: text
  literal:
    default: |
      x
    unit: text
  flag: {default: true, unit: flag}
"""
NAMES = ["plain", "quoted", "single", "flow", "block", "folded", "literal", "flag"]
values = st.one_of(
    st.integers(-(10**12), 10**12),
    st.booleans(),
    st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufeff\x85\u2028\u2029"), max_size=20),
    st.lists(st.text("ab,]:#'\" 乙-", max_size=6), min_size=1, max_size=4),
)


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=25, deadline=None)
@given(value=values)
def test_any_value_in_any_style_is_replaced_and_nothing_else(name, value):
    new = change("p", STYLES, ("parameters", name, "default"), value)

    before, after = yaml.safe_load(STYLES), yaml.safe_load(new)
    before["parameters"][name]["default"] = value
    assert after == before
    assert new.startswith("# 头\n")
    if name != "block":
        assert "- a  # 第一\n      - b\n    # 这句留下\n" in new
    if name != "plain":
        assert "unit: bp}  # 为什么是 500\n" in new
    assert "# 这句留下" in new


def test_a_rules_status_changes_and_every_other_line_stays():
    edited = set_status(SHIPPED, rule="S2-06", status="shadow")

    lines = [(old, new) for old, new in zip(_lines(SHIPPED), _lines(edited), strict=True) if old != new]
    assert lines == [("    status: live", "    status: shadow")]
    assert edited.keys() == SHIPPED.keys()


def test_a_parameter_changes_and_every_other_line_stays():
    edited = set_parameter(SHIPPED, pack="content", name="health_food_categories", value=["health_food", "营养品"])

    lines = [(old, new) for old, new in zip(_lines(SHIPPED), _lines(edited), strict=True) if old != new]
    assert lines == [("    default: [health_food, 保健食品, 保健品]", "    default: [health_food, 营养品]")]


@pytest.mark.parametrize(
    ("edit", "told"),
    [
        (lambda: set_parameter(SHIPPED, pack="nothing", name="x", value=1), "there is no pack 'nothing'"),
        (lambda: set_parameter(SHIPPED, pack="../etc", name="x", value=1), "there is no pack"),
        (lambda: set_parameter(SHIPPED, pack="content", name="x", value=1), "has no parameter 'x'"),
        (lambda: set_status(SHIPPED, rule="S0-00", status="live"), "there is no rule 'S0-00'"),
        (lambda: set_status(SHIPPED, rule="S2-06", status="alive"), "unknown: 'alive'"),
        (lambda: change("p", STYLES, ("parameters", "none", "default"), 1), "is not in p"),
    ],
)
def test_what_cannot_be_edited_is_said(edit, told):
    with pytest.raises(InvalidInput) as refused:
        edit()

    assert told in str(refused.value)


def _lines(files):
    return [line for name in sorted(files) for line in files[name].splitlines()]


def test_a_rules_keys_change_are_added_and_taken_out_and_comments_stay():
    keys = {"share": {"bp": 500}, "effective": {"from": "2015-09-01", "review_by": "2028-03-01"}, "reason": "新: 理由"}
    edited = set_rule_keys(SHIPPED, rule="S2-06", keys=keys)

    assert find_rule(edited, "S2-06")[2] == find_rule(SHIPPED, "S2-06")[2] | keys
    assert _others(edited, "S2-06") == _others(SHIPPED, "S2-06")
    assert _comments(edited) == _comments(SHIPPED)
    assert set_rule_keys(edited, rule="S2-06", keys={"share": NOTHING})["content/pack.yaml"].count("share:") == 0


def test_a_long_condition_is_folded_and_a_short_one_stands_bare():
    long = " or ".join(f'matches(text, "词{number}号|功效{number}")' for number in range(12))
    edited = set_rule_keys(SHIPPED, rule="S2-06", keys={"when": long})
    short = set_rule_keys(edited, rule="S2-06", keys={"when": 'any(h.category == "medical_claims" for h in hits)'})

    assert find_rule(edited, "S2-06")[2]["when"] == long
    assert max(len(line) for line in _lines(edited) if "功效" in line) < 200
    assert '    when: any(h.category == "medical_claims" for h in hits)' in _lines(short)


OVERRIDDEN = """\
parameters:
  cap:  # 上限
    default: 100  # 一元
    unit: fen
    overrides:
      # 旗舰店
      - where: {shop: shop-1}
        value: 200  # 两元
      - {where: {category: [tea, 茶]}, value: 300, note: 试行}
rules: []
"""


@pytest.mark.parametrize(
    "overrides",
    [
        [{"where": {"shop": "shop-1"}, "value": 250}, {"where": {"category": ["tea", "茶"]}, "value": 300}],
        [{"where": {"shop": "shop-1"}, "value": 200}],
        [{"where": {"category": ["tea", "茶"]}, "value": 300, "note": "试行"}],
        [
            {"where": {"shop": "shop-1"}, "value": 200},
            {"where": {"category": ["tea", "茶"]}, "value": 300, "note": "试行"},
            {"where": {"shop": ["a", "b"], "supplier_tier": "A"}, "value": -1, "origin": "law:某法第一条"},
        ],
        [],
        NOTHING,
    ],
)
def test_overrides_are_changed_added_and_taken_out_one_by_one(overrides):
    edited = set_parameter_keys({"p/pack.yaml": OVERRIDDEN}, pack="p", name="cap", keys={"overrides": overrides})

    parameter = yaml.safe_load(edited["p/pack.yaml"])["parameters"]["cap"]
    assert parameter.pop("overrides", NOTHING) == overrides
    assert parameter == {"default": 100, "unit": "fen"}
    assert "cap:  # 上限\n    default: 100  # 一元\n" in edited["p/pack.yaml"]


def test_the_first_overrides_of_a_parameter_are_written():
    one = [{"where": {"shop": "shop-9"}, "value": ["health_food"]}]
    edited = set_parameter_keys(SHIPPED, pack="content", name="health_food_categories", keys={"overrides": one})

    assert yaml.safe_load(edited["content/pack.yaml"])["parameters"]["health_food_categories"]["overrides"] == one
    assert _comments(edited) == _comments(SHIPPED)


def test_examples_are_shown_as_written_and_written_back_as_they_are():
    text = examples_text(SHIPPED, pack="content", rule="S2-06b")
    assert text.startswith("fires:\n  - name: ")
    assert set_examples(SHIPPED, pack="content", rule="S2-06b", text=text) == SHIPPED

    more = text + "\n  # 新\n  - {name: 又一个, facts: {category: tea}}\n"
    edited = set_examples(SHIPPED, pack="content", rule="S2-06b", text=more)

    assert examples_text(edited, pack="content", rule="S2-06b") == more.rstrip()
    assert set(_lines(SHIPPED)) - set(_lines(edited)) == set()


@pytest.mark.parametrize(
    ("text", "told"), [("fires: [", "not YAML"), ("- a", "are no mapping"), ("x: &a 1", "anchors")]
)
def test_examples_that_cannot_be_read_are_refused(text, told):
    with pytest.raises(InvalidInput, match=told):
        set_examples(SHIPPED, pack="content", rule="S2-06b", text=text)


def _others(files, rule):
    return [each for each in yaml.safe_load(files["content/pack.yaml"])["rules"] if each["id"] != rule]


def _comments(files):
    return [line for line in _lines(files) if line.lstrip().startswith("#")]
