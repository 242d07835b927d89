"""Every cause that a shipped rule names is known to the fund, and every one has its Chinese words."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.events.kind import load_kinds
from app.money.causes import CAUSES, EVIDENCE
from app.rules.pack import load_packs
from app.snapshots import read_folder
from app.values.claiming import Doubt, State
from app.web.console.words import NAMES

RULES = Path(__file__).resolve().parents[2] / "rules"


def named():
    packs = load_packs(read_folder("rules", RULES), kinds=load_kinds())
    rules = [rule for pack in packs for rule in pack.rules]
    return {effect.data["cause"] for rule in rules for effect in rule.then.effects if effect.verb == "compensate"}


def test_every_cause_of_a_rule_is_known():
    assert named()
    assert named() <= set(CAUSES)


@pytest.mark.parametrize("cause", CAUSES.values(), ids=list(CAUSES))
def test_a_cause_says_its_law_and_what_clears_it(cause):
    assert any("\u4e00" <= char <= "\u9fff" for char in cause.title)
    assert cause.law.endswith("条")
    assert cause.cleared_by <= set(EVIDENCE)


def test_of_two_causes_of_one_harm_one_always_stands_before_the_other():
    ranks = [(cause.harm, cause.rank, cause.name) for cause in CAUSES.values()]

    assert len(set(ranks)) == len(CAUSES)


def test_every_state_and_doubt_has_a_chinese_name():
    assert set(NAMES["claim_state"]) == set(State)
    assert set(Doubt) <= set(NAMES["doubt"])
