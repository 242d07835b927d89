"""The two reference pages say what is true: their examples load, and no name of the language is left out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from app.rules import calls
from app.rules.effects import EFFECTS, VERDICTS
from app.rules.expression import parse_condition
from app.rules.shape import RuleShape
from app.rules.tree import ParameterRef, Type
from app.rules.units import KNOWN_UNITS, unit_of
from app.values.facts import Fact, FactType, Presence

DOCS = Path(__file__).parents[3] / "docs" / "reference"
LANGUAGE = (DOCS / "expression-language.md").read_text("utf-8")
PACKS = (DOCS / "rule-packs.md").read_text("utf-8")
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

    assert {type(yaml.safe_load(block)) for block in blocks} == {dict}


def test_no_function_verdict_effect_unit_or_key_is_left_out():
    functions = [name for name in calls._FUNCTIONS if f"`{name}" not in LANGUAGE]
    others = [
        *VERDICTS,
        *EFFECTS,
        *KNOWN_UNITS,
        *(field.alias or name for name, field in RuleShape.model_fields.items()),
    ]

    assert functions == []
    assert [name for name in others if name not in PACKS] == []
