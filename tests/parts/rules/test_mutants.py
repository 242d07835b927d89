"""Faults put into the compiler on purpose: comparing the evaluators must see every one of them."""

from __future__ import annotations

import json
import subprocess
import sys

from tests.parts.rules.mutants import ROOT, mutants

AT_LEAST = 20


def test_every_fault_put_into_the_compiler_is_caught_and_no_fault_is_not():
    child = subprocess.run(
        [sys.executable, "-m", "tests.parts.rules.mutants"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    said = json.loads(child.stdout)

    assert said.pop("no fault") == "survived"
    assert list(said) == [mutant.name for mutant in mutants()]
    assert len(said) >= AT_LEAST
    assert [f"{name}: {what}" for name, what in said.items() if not what.startswith("caught")] == []
