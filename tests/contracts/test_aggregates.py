"""Every aggregate keeps the promises of its folder; a new one is held to them by itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.aggregates.aggregate import load_aggregates
from app.events.kind import load_kinds
from app.rules.pack import load_packs

ROOT = Path(__file__).parents[2]
AGGREGATES = load_aggregates()
DECLARED = {fact.name for kind in load_kinds().values() for fact in kind.facts if fact.name.startswith("past.")}


def test_every_figure_a_kind_declares_is_worked_out_and_every_one_is_asked_for():
    assert set(AGGREGATES) == DECLARED


@pytest.mark.parametrize(
    "aggregate", {id(each): each for each in AGGREGATES.values()}.values(), ids=lambda m: m.__name__
)
def test_windows_and_least_numbers_are_parameters_of_a_pack(aggregate):
    files = {f"{path.parent.name}/{path.name}": path.read_text("utf-8") for path in (ROOT / "rules").glob("*/*.yaml")}
    packs = {pack.name: pack for pack in load_packs(files, kinds=load_kinds())}

    for name in aggregate.PARAMETERS:
        pack, _, parameter = name.partition(".")
        assert parameter in packs[pack].parameters
    assert aggregate.__doc__
