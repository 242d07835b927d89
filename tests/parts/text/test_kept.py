"""What one process worked out and kept is the same to the one that it is given to."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest

from app.text import kept
from app.text.constructions import couples
from app.text.constructions.openings import opened
from app.text.constructions.suspects import suspects
from app.text.constructions.unhidden import changes_in
from app.text.normalise import fold
from app.text.packed import KEPT, pack_tables
from app.text.views import both_views

ROOT = Path(__file__).resolve().parents[3]
TEXTS = [line.split("\t")[0] for line in (Path(__file__).parent / "hidden_constructions.tsv").read_text().splitlines()]
TEXTS += ["全帼第一家，包治百病", "ＱＵＡＮ国第一，㎏½", "亻言我，三天见笑", "100%有效", "喦症保健"]


def answers() -> list[object]:
    """What the tables tell of every text."""
    folded = [fold(text).text for text in TEXTS]
    return [
        [folded, [both_views(each) for each in folded]],
        [[opened(each, [text]) for each, text in zip(folded, TEXTS, strict=True)], list(map(suspects, folded))],
        [changes_in(each, suspects(each)) for each in folded],
    ]


def digests() -> dict[str, str]:
    """Of all that is kept."""
    return {name: sha256(written()).hexdigest() for name, written in KEPT.items()}


def told_by_another(work: str, *, given: bytes = b"", seed: str = "0") -> object:
    """What a fresh process prints."""
    code = f"import sys, json\nfrom tests.parts.text import test_kept as t\n{work}"
    ran = subprocess.run(  # noqa: S603
        [sys.executable, "-c", code],
        input=given,
        capture_output=True,
        check=True,
        cwd=ROOT,
        env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
    )
    return json.loads(ran.stdout)


def test_a_process_that_is_given_what_was_kept_tells_what_the_one_that_made_it_tells() -> None:
    work = """
from app.text.packed import give_tables
give_tables(sys.stdin.buffer.read())
waiting = sorted(t.kept._given)
found = t.answers()
print(json.dumps([waiting, sorted(t.kept._given), found, t.digests()]))
"""
    waiting, left, found, digest = told_by_another(work, given=pack_tables())  # type: ignore[misc]

    assert waiting == sorted(KEPT)
    assert left == []
    assert found == json.loads(json.dumps(answers()))
    assert digest == digests()


@pytest.mark.parametrize("seed", ["1"])
def test_which_word_is_meant_does_not_depend_on_the_order_a_process_keeps_its_sets_in(seed: str) -> None:
    told = told_by_another("print(json.dumps(t.sha256(t.couples.kept()).hexdigest()))", seed=seed)

    assert told == sha256(couples.kept()).hexdigest()


def test_what_was_asked_for_already_is_not_taken_over() -> None:
    assert kept.given("a test's") is None

    kept.give({"a test's": b"late"})

    assert kept.given("a test's") is None
