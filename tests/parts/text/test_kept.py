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
from app.text.build_in_child import build_in_child
from app.text.constructions import couples
from app.text.constructions.openings import opened
from app.text.constructions.suspects import suspects
from app.text.constructions.unhidden import changes_in
from app.text.match import build_matcher
from app.text.normalise import fold
from app.text.packed import KEPT, pack
from app.text.views import both_views
from app.text.wordlist import load_wordlists

ROOT = Path(__file__).resolve().parents[3]
FILES = {
    "categories.yaml": "absolute: {title: 绝对化, law: 广告法, severity: 3}\n",
    "a.txt": "# category: absolute\n# verdict: block\n# source: 广告法\n# owner: legal\n全国最佳\n",
}
OTHERS = FILES | {"b.txt": FILES["a.txt"].replace("全国最佳", "包治百病")}
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
    lists = load_wordlists(FILES)
    packed = pack(build_matcher(lists, engine="daachorse"), lists)

    work = """
from app.text.packed import unpack
unpack(sys.stdin.buffer.read(), t.FILES)
waiting = sorted(t.kept._given)
found = t.answers()
print(json.dumps([waiting, sorted(t.kept._given), found, t.digests()]))
"""
    waiting, left, found, digest = told_by_another(work, given=packed)  # type: ignore[misc]

    assert waiting == sorted(KEPT)
    assert left == []
    assert found == json.loads(json.dumps(answers()))
    assert digest == digests()


@pytest.mark.parametrize("seed", ["1", "2"])
def test_which_word_is_meant_does_not_depend_on_the_order_a_process_keeps_its_sets_in(seed: str) -> None:
    told = told_by_another("print(json.dumps(t.sha256(t.couples.kept()).hexdigest()))", seed=seed)

    assert told == sha256(couples.kept()).hexdigest()


def test_another_pack_is_made_with_what_the_first_one_kept(tmp_path: Path) -> None:
    lists = load_wordlists(FILES)
    first = tmp_path / "first"
    first.write_bytes(pack(build_matcher(lists, engine="daachorse"), lists))
    build_in_child(OTHERS, engine="daachorse", into=tmp_path / "second", timeout_s=60, known=first)
    build_in_child(OTHERS, engine="daachorse", into=tmp_path / "third", timeout_s=60)

    assert (tmp_path / "second").read_bytes() == (tmp_path / "third").read_bytes()
    work = """
from pathlib import Path
from app.text.packed import give_kept
give_kept(Path({path!r}).read_bytes())
print(json.dumps(sorted(t.kept._given)))
"""
    assert told_by_another(work.format(path=str(tmp_path / "second"))) == sorted(KEPT)


def test_what_was_asked_for_already_is_not_taken_over() -> None:
    assert kept.given("a test's") is None

    kept.give({"a test's": b"late"})

    assert kept.given("a test's") is None
