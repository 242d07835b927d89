"""Every rule pack under ``rules/`` keeps the promises of a pack; a new folder is held to them by itself."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from app.events.kind import load_kinds
from app.rules import durable
from app.rules.engine import build_engine
from app.rules.examples import run_examples
from app.rules.pack import load_packs
from app.rules.trial import try_in_child

ROOT = Path(__file__).parents[2] / "rules"
FOLDERS = sorted(path.name for path in ROOT.iterdir() if path.is_dir())
FILES = {
    f"{folder}/{path.name}": path.read_text("utf-8") for folder in FOLDERS for path in (ROOT / folder).glob("*.yaml")
}
KINDS = load_kinds()
EVALUATORS = ["python", *(["durable"] if durable.AVAILABLE else [])]


@pytest.fixture(scope="module")
def packs():
    return load_packs(FILES, kinds=KINDS)


def test_every_folder_is_a_pack_of_its_own_name(packs):
    assert sorted(pack.name for pack in packs) == FOLDERS


@pytest.mark.parametrize("evaluator", EVALUATORS)
def test_every_rule_does_what_its_examples_say(packs, evaluator):
    engine = build_engine(packs, KINDS, evaluator=evaluator)

    problems = run_examples(packs, engine)

    engine.close()
    assert [str(problem) for problem in problems] == []


def test_every_rule_has_an_example_of_each_side(packs):
    sides = {(example.rule, example.side) for pack in packs for example in pack.examples}

    assert [
        rule.id for pack in packs for rule in pack.rules if not {(rule.id, "fires"), (rule.id, "quiet")} <= sides
    ] == []


def test_every_reason_is_told_in_chinese(packs):
    def is_chinese(text: str) -> bool:
        return any("一" <= letter <= "鿿" for letter in text)

    assert [rule.id for pack in packs for rule in pack.rules if not is_chinese(rule.reason)] == []


def test_every_parameter_has_a_name_that_people_read_in_both_languages(packs):
    """Unlike any other in its pack, and in Chinese without a word that reads like the name of a fact."""
    for pack in packs:
        parameters = pack.parameters.values()
        assert [each.name for each in parameters if not (each.title and each.title_en)] == []
        assert (
            len({each.title for each in parameters}) == len({each.title_en for each in parameters}) == len(parameters)
        )
        assert [each.title for each in parameters if re.search("[a-z]", each.title) or each.title.isascii()] == []
        assert [each.title_en for each in parameters if not each.title_en.isascii()] == []


def test_the_packs_stand_their_trial_in_a_child_process():
    before = os.times().children_user

    try_in_child(FILES, timeout_s=60)

    assert os.times().children_user > before, "it was another process that tried them"


@pytest.mark.skipif(not durable.AVAILABLE, reason="durable-rules cannot be installed here")
def test_c_evaluates_a_part_of_the_rules_itself(packs):
    engine = build_engine(packs, KINDS, evaluator="durable")
    share = engine.share_in_c()
    engine.close()

    assert 0.1 < share <= 1
