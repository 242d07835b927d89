"""The two reference pages say what is true: their examples load, and no name of the language is left out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from sample_pack import KINDS, pack_files

from app.rules.effects import EFFECTS, VERDICTS
from app.rules.expression import parse_condition
from app.rules.functions import FUNCTIONS
from app.rules.overrides import Overrides
from app.rules.pack import load_packs
from app.rules.shape import ExampleShape, OverrideShape, ParameterShape, ReferenceShape, RuleShape, WhereShape
from app.rules.tree import ParameterRef, Type
from app.rules.units import KNOWN_UNITS, unit_of
from app.values.facts import Fact, FactType, Presence
from app.values.rule_scope import RuleScope

DOCS = Path(__file__).parents[3] / "docs" / "reference"
LANGUAGE = (DOCS / "expression-language.md").read_text("utf-8")
PACKS = (DOCS / "rule-packs.md").read_text("utf-8")
CAP = {"paid_fen > cap_fen": "paid_fen > late_min_fen"}
KEYED = (RuleShape, ReferenceShape, ParameterShape, OverrideShape, WhereShape, ExampleShape)
HIT = {"category": FactType.TEXT, "verdict": FactType.TEXT, "field": FactType.TEXT}
FACTS = {
    fact.name: fact
    for fact in (
        Fact("hits", FactType.RECORD_LIST, Presence.REQUIRED, items=HIT),
        Fact("absolute_term_basis", FactType.TEXT),
        Fact("efficacy_basis_url", FactType.TEXT, Presence.EXPECTED),
        Fact("content_kind", FactType.TEXT, Presence.REQUIRED),
        Fact("text", FactType.TEXT, Presence.REQUIRED),
        Fact("order.cancelled_at", FactType.INSTANT),
        Fact("order.effective_deadline_at", FactType.INSTANT, Presence.EXPECTED),
        Fact("order.paid_fen", FactType.INT, Presence.EXPECTED, unit="fen"),
    )
}
PARAMETERS = {
    name: ParameterRef(Type.INT, unit_of(unit), value, name)
    for name, unit, value in (
        ("late_rate_bp", "bp", 500),
        ("late_min_fen", "fen", 100),
        ("max_doubtful_words", "count", 3),
    )
}
EXAMPLES = [line for block in re.findall(r"```python\n(.*?)```", LANGUAGE, re.DOTALL) for line in block.splitlines()]


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_of_the_language_is_read(example):
    assert parse_condition(example, facts=FACTS, parameters=PARAMETERS, where="the page").text == example


def test_every_block_of_the_page_on_packs_is_yaml():
    blocks = re.findall(r"```yaml\n(.*?)```", PACKS, re.DOTALL)

    assert [type(yaml.safe_load(block)) for block in blocks] == [dict] * 5


def test_the_overrides_of_the_page_load_and_the_page_says_which_holds():
    [block] = [text for text in re.findall(r"```yaml\n(.*?)```", PACKS, re.DOTALL) if "overrides:" in text]
    parameter = "  " + block.replace("\n", "\n  ")
    [pack] = load_packs(
        pack_files(change={"  cap_fen: {default: 5000, unit: fen, origin: seed}\n": f"{parameter.rstrip()}\n"} | CAP),
        kinds=KINDS,
    )
    found = pack.parameters["late_min_fen"]
    overrides = Overrides({found.key: found.overrides})

    values = [
        overrides.applied(RuleScope(shop="shop-7", category="food"))[found.key].value,
        overrides.applied(RuleScope(category="fresh_food"))[found.key].value,
        overrides.applied(RuleScope(shop="shop-7", category="food", supplier_tier="a"))[found.key].value,
    ]

    assert values == [600, 300, 500]


def test_no_function_verdict_effect_unit_or_key_is_left_out():
    functions = [name for name in FUNCTIONS if f"`{name}" not in LANGUAGE]
    others = [
        *VERDICTS,
        *EFFECTS,
        *KNOWN_UNITS,
        *(field.alias or name for shape in KEYED for name, field in shape.model_fields.items()),
    ]

    assert functions == []
    assert [name for name in others if name not in PACKS] == []
