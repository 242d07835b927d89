"""Every event kind keeps the promises of its folder; a new module is held to them by itself."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.events.kind import check_sent_facts, load_kinds
from app.rules.calls import is_usable_name
from app.values.facts import FactType, Origin, Presence

KINDS = load_kinds()
MODULES = [p.stem for p in (Path(__file__).parents[2] / "app/events/kinds").glob("*.py") if p.stem != "__init__"]
SCALARS = {FactType.BOOL, FactType.INT, FactType.TEXT, FactType.INSTANT}
VALUES = {
    FactType.BOOL: True,
    FactType.INT: 5,
    FactType.TEXT: "text",
    FactType.INSTANT: datetime(2026, 1, 1, tzinfo=UTC),
    FactType.TEXT_LIST: ["text"],
}
each_kind = pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))


def test_every_module_of_the_folder_is_a_kind_named_like_it():
    assert sorted(name.replace(".", "_") for name in KINDS) == sorted(MODULES)


@each_kind
def test_names_are_unique_and_can_stand_in_an_expression(kind):
    names = [fact.name for fact in kind.facts]

    assert len(set(names)) == len(names)
    assert [name for name in names if not all(is_usable_name(part) for part in name.split("."))] == []
    assert [one for one in names for other in names if other.startswith(f"{one}.")] == []


@each_kind
def test_facts_are_flat_and_typed(kind):
    for fact in kind.facts:
        assert bool(fact.items) is (fact.type is FactType.RECORD_LIST), fact.name
        assert set(fact.items.values()) <= SCALARS, fact.name
        assert not fact.choices or fact.type is FactType.TEXT, fact.name
        assert fact.unit is None or fact.type is FactType.INT, fact.name


@each_kind
def test_money_ratios_and_instants_say_so_in_their_names(kind):
    for fact in kind.facts:
        for suffix, unit in (("_fen", "fen"), ("_bp", "bp")):
            assert fact.name.endswith(suffix) is (fact.unit == unit), fact.name
        assert fact.name.endswith("_at") is (fact.type is FactType.INSTANT), fact.name


@each_kind
def test_every_fact_and_the_kind_itself_are_explained(kind):
    assert kind.doc
    assert kind.subject
    assert [fact.name for fact in kind.facts if not fact.doc] == []


@each_kind
def test_content_kinds_are_lower_case_names_and_feed_one_kind_only(kind):
    assert all(re.fullmatch(r"[a-z][a-z0-9_]*", name) for name in kind.content_kinds)
    others = {name for other in KINDS.values() if other is not kind for name in other.content_kinds}
    assert others.isdisjoint(kind.content_kinds)


@each_kind
def test_a_value_of_the_declared_type_is_taken_and_every_other_is_refused(kind):
    for fact in kind.facts:
        if fact.origin is Origin.COMPUTED or fact.type is FactType.RECORD_LIST:
            continue
        good = fact.choices[0] if fact.choices else VALUES[fact.type]
        bad = [value for fact_type, value in VALUES.items() if fact_type is not fact.type] + [1.5, {"a": 1}]

        assert check_sent_facts(kind, {fact.name: good}) == []
        assert all(check_sent_facts(kind, {fact.name: value}) for value in bad), fact.name


@each_kind
def test_what_the_service_works_out_cannot_be_sent(kind):
    for fact in kind.facts:
        if fact.origin is Origin.COMPUTED:
            assert (fact.presence is Presence.REQUIRED) is ("." not in fact.name), fact.name  # a row may be absent
            assert check_sent_facts(kind, {fact.name: VALUES.get(fact.type, [])}), fact.name


@each_kind
def test_a_misspelt_fact_is_refused_with_the_name_that_was_meant(kind):
    sendable = next(fact.name for fact in kind.facts if fact.origin is not Origin.COMPUTED)

    [problem] = check_sent_facts(kind, {f"{sendable}x": True})

    assert sendable in problem.expected
