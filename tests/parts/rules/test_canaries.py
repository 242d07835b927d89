"""What kills or hangs the C module is real, and cannot be reached by a rule pack, however hard it tries."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from app.rules import durable

pytestmark = pytest.mark.skipif(not durable.AVAILABLE, reason="durable-rules cannot be installed here")

ROOT = Path(__file__).parents[3]
SETTLED_S = 3
KILLED = ["division_by_zero", "correlation_that_fails_last"]
HUNG = ["wide_choice", "many_patterns", "nested_quantifiers"]


def child(name: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "tests.parts.rules.crashes", name]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)  # noqa: S603 - our own module


@pytest.mark.parametrize("name", KILLED)
def test_the_c_module_still_dies_of(name):
    process = child(name)
    said, _ = process.communicate(timeout=60)

    assert process.returncode < 0
    assert said == b""


def test_the_c_module_still_hangs_on_wide_nodes_and_nested_quantifiers():
    processes = {name: child(name) for name in HUNG}
    time.sleep(SETTLED_S)

    alive = {name for name, process in processes.items() if process.poll() is None}

    for process in processes.values():
        process.kill()
        process.communicate()
    assert alive == set(HUNG)


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
