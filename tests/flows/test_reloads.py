"""Swapping snapshots for days must not grow a process. The full size, 500 reloads of 1,000 rules, is ``make soak``."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="resident memory is read from /proc")
def test_forty_reloads_of_rules_and_words_leave_memory_flat():
    sizes = ["--reloads", "40", "--rules", "60", "--words", "2000"]
    child = subprocess.run(  # noqa: S603 - our own module
        [sys.executable, "-m", "tests.flows.reloads", *sizes], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert child.returncode == 0, child.stderr
    told = json.loads(child.stdout)
    assert told["last_kib"] - told["first_kib"] < 4096
