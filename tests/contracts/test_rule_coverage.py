"""Every row of the catalogue is covered by a rule or a guard, and every guard exists and is held by a test."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from app.events.kind import load_kinds
from app.rules.coverage import GUARDED, MISSING, beyond, catalogue, coverage, totals
from app.rules.pack import load_packs

ROOT = Path(__file__).parents[2]
FILES = {f"{path.parent.name}/{path.name}": path.read_text("utf-8") for path in (ROOT / "rules").glob("*/*.yaml")}
KINDS = load_kinds()
STRICT = True
"""Whether no row may be missing at all; while packs are still being written, only those of `WRITTEN` may not."""
WRITTEN = ("S0-", "S2-", "S8-01", "S8-02", "S8-03", "S8-04", "S8-05", "S8-06", "S9-01", "S9-10", "S8-1", "S8-3")


@pytest.fixture(scope="module")
def rows():
    return coverage(load_packs(FILES, kinds=KINDS), KINDS)


def test_the_catalogue_has_every_row_once_and_says_of_each_what_when_and_whence():
    found = catalogue()

    assert len({row.id for row in found}) == len(found) == 202
    assert Counter(row.id[:2] for row in found) == {
        "S0": 2, "S1": 19, "S2": 19, "S3": 25, "S4": 23, "S5": 28, "S6": 15, "S7": 19, "S8": 42, "S9": 10,
    }  # fmt: skip
    assert all(row.section and row.what and row.event and row.then and row.origin for row in found)


def test_no_row_is_missing(rows):
    missing = [each.row.id for each in rows if each.is_missing]

    assert [name for name in missing if STRICT or name.startswith(WRITTEN)] == []


def test_every_covered_row_has_examples_of_both_sides(rows):
    assert [
        each.row.id for each in rows if each.rules and not (each.examples["fires"] and each.examples["quiet"])
    ] == []


def test_guards_and_the_tests_that_hold_them_exist(rows):
    guards = [each.row.guard for each in rows if each.row.guard]

    assert {each.row.id for each in rows if each.row.guard} == {"S8-18", "S8-19", "S8-35"}
    assert [path for guard in guards for path in (guard.code, guard.test) if not (ROOT / path).is_file()] == []


def test_whose_word_a_row_rests_on_is_read_from_its_conditions(rows):
    by_id = {each.row.id: each for each in rows}

    assert by_id["S2-05"].input == by_id["S2-10"].input == by_id["S8-06"].input == "computed"
    assert by_id["S2-14"].input == "evidence"  # nothing but declared facts, and proof of use in the registry
    assert by_id["S4-37"].input == by_id["S3-35"].input == "read"  # terms and descriptions are read by the rule
    assert by_id["S8-32"].input == "computed"  # the register of consents says otherwise than the caller
    assert by_id["S8-18"].input == by_id["S8-18"].state == GUARDED
    assert all((each.state == MISSING) is (not each.rules and each.row.guard is None) for each in rows)


def test_the_totals_add_up(rows):
    counts = totals(rows)

    by_input = {name: count for name, count in counts.items() if name not in {"rows", "missing"}}
    assert counts["rows"] == 202 == sum(by_input.values()) + counts["missing"]


def test_every_rule_stands_for_a_row_of_the_catalogue():
    assert beyond(load_packs(FILES, kinds=KINDS)) == []
