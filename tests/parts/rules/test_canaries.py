"""What kills, hangs or fools the C module is real, and cannot be reached by a rule pack, however hard it tries."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
import time
from itertools import product
from pathlib import Path

import pytest

from app.rules import durable

pytestmark = pytest.mark.skipif(not durable.AVAILABLE, reason="durable-rules cannot be installed here")

ROOT = Path(__file__).parents[3]
SETTLED_S = 3
FILLINGS = [165, 90, 1, 85, 255, 127]
"""Fresh and freed memory is filled with these in turn: what C does after reading what was never set depends on it."""
ALLOCATORS = ["default", "malloc_debug"]
"""Where memory lies depends on them, and so does what a stray read hits: under one of the two it is not mapped."""
KILLED = ["division_by_zero", "correlation_that_fails_last", "join_on_sid", "state_deleted_before_any_action"]
HUNG = ["choice_of_512", "patterns_512", "patterns_513", "nested_quantifiers"]
FINE = ["choice_of_511", "patterns_511"]
CALLED = {"create_ruleset", "assert_fact", "start_action_for_state", "complete_and_start_action", "retract_fact"}
CALLED |= {"delete_state", "delete_ruleset", "error"}


def child(
    name: str, module: str = "crashes", filled: int = FILLINGS[0], allocator: str = "default"
) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", f"tests.parts.rules.{module}", name]
    return subprocess.Popen(  # noqa: S603 - our own module
        command,
        cwd=ROOT,
        env=os.environ | {"MALLOC_PERTURB_": str(filled), "PYTHONMALLOC": allocator},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )


@pytest.mark.parametrize("name", KILLED)
def test_the_c_module_still_dies_of(name):
    """Dying once is enough: a service must not run the risk even where the stray read happens to hit mapped memory."""
    codes = []
    for filled, allocator in product(FILLINGS, ALLOCATORS):
        process = child(name, filled=filled, allocator=allocator)
        process.communicate(timeout=60)
        codes.append(process.returncode)
        if codes[-1] < 0:
            break

    assert codes[-1] < 0, codes


def test_the_c_module_still_hangs_on_512_conditions_and_on_nested_quantifiers():
    processes = {name: child(name) for name in HUNG}
    time.sleep(SETTLED_S)

    alive = {name for name, process in processes.items() if process.poll() is None}

    for process in processes.values():
        process.kill()
        process.communicate()
    assert alive == set(HUNG)


@pytest.mark.parametrize("name", FINE)
def test_511_conditions_are_still_fine(name):
    process = child(name)

    assert process.communicate(timeout=60)[0] == b"alive\n"


def test_the_c_module_still_answers_wrongly():
    said, _ = child("", module="fooled").communicate(timeout=60)

    assert json.loads(said) == {
        "an_event_fires_only_its_first_rule": ["r0"],
        "a_choice_fires_once_a_branch": ["r0", "r0"],
        "two_facts_of_one_state_share_their_actions": ["r0", "r1"],
        "a_batch_answers_for_its_last_fact": 1,
        "a_join_on_id_fires_nothing": [0, []],
        "a_text_of_65537_is_a_text_of_1": ["r0"],
        "a_small_float_drops_the_fact": "error: Could not assert fact, error code: 204",
        "an_integer_is_no_double": [],
        "numbers_beyond_2_53_are_equal": ["r0"],
        "sixty_four_rules_fire_at_once": 64,
        "sixty_five_rules_drop_the_fact": "error: Could not assert fact, error code: 303",
        "the_1025th_state_is_refused": [["r0"], "MemoryError: "],
        "a_large_class_is_refused": "refused",
    }


def test_a_pack_that_asks_for_every_danger_is_answered_by_both_evaluators_alike():
    process = child("extremes")
    said, _ = process.communicate(timeout=60)

    by_durable, by_python, alive = said.splitlines()

    assert process.returncode == 0
    assert alive == b"alive"
    answers = [json.loads(by_durable), json.loads(by_python)]
    assert [firings for _, firings, _ in answers[0]] == [firings for _, firings, _ in answers[1]]
    assert all(doubts == [] for each in answers for _, _, doubts in each)
    assert {evaluator for evaluator, _, _ in answers[0]} == {"durable"}
    assert ["F0-03", []] in answers[0][0][1]
    assert len(answers[0][0][1]) > 70


def test_one_file_imports_the_c_module_and_calls_only_what_is_safe_in_its_order():
    importing = [path for path in (ROOT / "app").rglob("*.py") if "durable_rules_engine" in path.read_text("utf-8")]
    tree = ast.parse(Path(durable.__file__).read_text("utf-8"))
    called = {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) in ("rete", "_rete", "self._rete")
    }

    assert importing == [Path(durable.__file__)]
    assert called == CALLED


def test_every_state_has_fired_once_before_it_can_be_deleted():
    calls: list[str] = []

    class Listening:
        """The C module, writing down what is called."""

        def __getattr__(self, name):
            calls.append(name)
            return getattr(durable._rete, name)

    shard = durable.Shard({"r0": [{"n0": 1}]})
    shard._discard()
    shard._rete = Listening()
    shard.fire(durable.MESSAGE_HEAD + ',"n0":1.0}')
    shard.close()

    assert calls[:4] == ["create_ruleset", "assert_fact", "start_action_for_state", "complete_and_start_action"]
    assert calls[-2:] == ["delete_state", "delete_ruleset"]


def test_no_two_columns_share_the_32_bit_hash_by_which_c_knows_them():
    def hashed(name: str) -> int:
        """FNV, as in ``fnv1Hash32`` of the C module's state.c."""
        value = 2_166_136_261
        for byte in name.encode():
            value = (value ^ byte) * 16_777_619 % 2**32
        return value

    names = ["id", "sid", "z", *(f"{family}{number}" for family in "nsb" for number in range(10_000))]

    assert len({hashed(name) for name in names}) == len(names)
