"""Edits in place: one value changes, and not one other character."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from app.errors import InvalidInput
from app.rules.edit import replace_value, set_parameter, set_status

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
    new = replace_value("p", STYLES, ("parameters", name, "default"), value)

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
        (lambda: replace_value("p", STYLES, ("parameters", "none", "default"), 1), "is not in p"),
    ],
)
def test_what_cannot_be_edited_is_said(edit, told):
    with pytest.raises(InvalidInput) as refused:
        edit()

    assert told in str(refused.value)


def _lines(files):
    return [line for name in sorted(files) for line in files[name].splitlines()]
