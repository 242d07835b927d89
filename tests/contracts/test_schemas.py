"""The JSON Schemas say what the loader says: they take every shipped pack and refuse what the shapes refuse."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from app.rules.positions import read_document
from app.rules.schema import SCHEMAS

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted((ROOT / "rules").glob("*/*.yaml"))
SHIPPED = {
    name: json.loads((ROOT / f"docs/reference/schemas/{name}.schema.json").read_text("utf-8")) for name in SCHEMAS
}
VALIDATORS = {name: jsonschema_rs.validator_for(schema, validate_formats=True) for name, schema in SHIPPED.items()}
RULE = {
    "id": "T1-01",
    "title": "迟延",
    "on": "order.overdue",
    "status": "live",
    "effective": {"from": "2026-01-01", "review_by": "2027-01-01"},
    "references": ["law"],
    "when": "paid_fen > cap_fen",
    "then": ["block", {"label": "x"}, {"compensate": {"cause": "late", "amount_fen": "cap_fen"}}],
    "reason": "迟延发货",
}
PACK = {
    "pack": "orders",
    "title": "订单",
    "owner": "someone",
    "references": {"law": {"text": "某法", "confidence": "法条", "valid_from": "2026-01-01"}},
    "parameters": {
        "cap_fen": {
            "default": 5000,
            "unit": "fen",
            "origin": "law:某条",
            "min": 1,
            "overrides": [{"where": {"shop": ["a", "b"], "category": "food"}, "value": 600}],
        }
    },
    "rules": [RULE],
}
WORDS = ["", "x", "2026-01-01", "2026-02-30", "block", "X1-01"]
JUNK = st.sampled_from([None, True, 0, -1, 10**15, 10**15 + 1, *WORDS, [], [1], ["x"], {}, {"x": 1}])


def shape_takes(name, data):
    try:
        SCHEMAS[name].model_validate(data)
    except ValidationError:
        return False
    return True


def places(data, path=()):
    yield path
    for key, value in data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ():
        yield from places(value, (*path, key))


def changed(data, path, new):
    """A copy with another value at the path."""
    if not path:
        return new
    copy = dict(data) if isinstance(data, dict) else list(data)
    copy[path[0]] = changed(data[path[0]], path[1:], new)
    return copy


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_every_shipped_file_fits_the_schema_it_names(file):
    first = file.read_text("utf-8").splitlines()[0]

    name = file.stem
    data = read_document(file.name, file.read_text("utf-8")).data

    assert first == f"# yaml-language-server: $schema=../../docs/reference/schemas/{name}.schema.json"
    assert [str(error) for error in VALIDATORS[name].iter_errors(data)] == []


@given(st.sampled_from(list(places(PACK))), JUNK)
def test_a_pack_with_any_value_replaced_is_judged_alike_by_schema_and_loader(path, new):
    data = changed(PACK, path, new)

    if path[:3] == ("rules", 0, "then"):  # what an effect holds is looked at later, by the reader of rules
        assert shape_takes("pack", data) or not VALIDATORS["pack"].is_valid(data)
    else:
        assert VALIDATORS["pack"].is_valid(data) == shape_takes("pack", data)


@given(st.sampled_from([path for path in places(PACK) if path and isinstance(path[-1], str)]))
def test_a_key_that_is_left_out_or_misspelt_is_judged_alike(path):
    parent = PACK
    for part in path[:-1]:
        parent = parent[part]
    without = {key: value for key, value in parent.items() if key != path[-1]}

    for mapping in (without, without | {f"{path[-1]}x": parent[path[-1]]}):
        data = changed(PACK, path[:-1], mapping)
        if path[:3] != ("rules", 0, "then"):
            assert VALIDATORS["pack"].is_valid(data) == shape_takes("pack", data)


@pytest.mark.parametrize(
    ("data", "fits"),
    [
        ({"examples": {"T1-01": {"fires": [{"name": "x", "facts": {}, "scope": {"shop": "s"}}]}}}, True),
        ({"examples": {"T1-01": {"fires": [{"name": "x", "facts": {}, "decision": "blok"}]}}}, False),
        ({"examples": {"T1-01": {"fire": []}}}, False),
        ({"examples": {"t1": {}}}, False),
        ({"examples": []}, False),
    ],
)
def test_examples_are_judged_alike(data, fits):
    assert (VALIDATORS["examples"].is_valid(data), shape_takes("examples", data)) == (fits, fits)
