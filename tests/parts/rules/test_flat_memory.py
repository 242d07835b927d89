"""Evaluating and rebuilding for days must not grow the process: measured in a child, after it has warmed up."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from app.rules import durable

ROOT = Path(__file__).parents[3]
SCRIPT = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from app.events.kind import load_kinds
from app.rules.engine import build_engine
from app.rules.pack import load_packs

NOW = datetime(2026, 11, 22, tzinfo=UTC)
KINDS = load_kinds()
FILES = {f"content/{n}.yaml": Path(f"rules/content/{n}.yaml").read_text("utf-8") for n in ("pack", "examples")}
PACKS = load_packs(FILES, kinds=KINDS)
ROW = {"category": "absolute_terms", "verdict": "block", "word": "w", "wordlist": "l", "field": "f"}
CLEAN = {"content_kind": "comment", "hit_categories": [], "personal_data_kinds": [], "text": "t", "text_length": 1}

def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4

def evaluate(engine, times):
    for number in range(times):
        changing = {"category": f"c{number}", "hits": [ROW] * (number % 2), "msg_sec_check.errcode": number % 3}
        engine.evaluate("content.submit", {**CLEAN, **changing}, now=NOW)

def rebuild(times):
    for number in range(times):
        engine = build_engine(PACKS, KINDS, evaluator=sys.argv[1])
        evaluate(engine, 4)
        if number % 2:
            engine.close()

engine = build_engine(PACKS, KINDS, evaluator=sys.argv[1])
evaluate(engine, 3000)
rebuild(10)
before = resident()
evaluate(engine, 20_000)
marks = [resident()]
for _ in range(4):
    rebuild(15)
    marks.append(resident())
print(marks[0] - before, *(later - earlier for earlier, later in zip(marks, marks[1:])))
"""


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="resident memory is read from /proc")
@pytest.mark.parametrize("evaluator", ["python", *(["durable"] if durable.AVAILABLE else [])])
def test_twenty_thousand_evaluations_and_seventy_rebuilds_leave_memory_flat(evaluator):
    child = subprocess.run(  # noqa: S603 - our own script
        [sys.executable, "-c", SCRIPT, evaluator], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )

    assert child.returncode == 0, child.stderr
    by_evaluating_kib, *by_rebuilding_kib = map(int, child.stdout.split())
    assert by_evaluating_kib < 256  # the least object, 16 bytes, kept at each of them would be 312
    # What is kept grows in every stretch of 15 rebuilds; the allocator takes a step of 1 or 2 MiB in one of them.
    assert min(by_rebuilding_kib) < 192
