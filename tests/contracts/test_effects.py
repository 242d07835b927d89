"""Every verb's file keeps the promises of its folder; a new one is held to them by itself."""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest

from app.flows.carry_effects import load_verbs
from app.rules.effects import EFFECTS
from app.subjects import TABLES, columns_of

VERBS = load_verbs()
FILES = [p.stem for p in (Path(__file__).parents[2] / "app/flows/effects").glob("*.py") if p.stem != "__init__"]


def test_every_file_of_the_folder_carries_out_one_word_of_the_language():
    assert len(VERBS) == len(FILES)
    assert set(VERBS) <= set(EFFECTS)


@pytest.mark.parametrize("verb", VERBS.values(), ids=list(VERBS))
def test_a_verb_is_carried_out_and_taken_back_with_the_same_arguments_as_every_other(verb):
    assert list(inspect.signature(verb.carry_out).parameters) == ["session", "ask"]
    assert list(inspect.signature(verb.withdraw).parameters) == ["session", "effect", "parts", "now"]
    assert verb.__doc__


def test_every_typed_table_has_columns_of_its_own():
    assert all(columns_of(table) for table in TABLES)
