"""The trial in a child process: good packs pass, bad ones and the child's own end are problems of the candidate."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from sample_pack import pack_files

from app.errors import BadDefinition
from app.rules.trial import try_in_child

HERE = "sample_pack:kinds"


@pytest.fixture(autouse=True)
def _sample_is_found(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent))


def refused(files, **options):
    with pytest.raises(BadDefinition) as caught:
        try_in_child(files, **{"timeout_s": 30, "kinds_from": HERE} | options)
    return [str(problem) for problem in caught.value.problems]


def test_a_good_pack_stands_its_trial():
    before = os.times().children_user

    try_in_child(pack_files(), timeout_s=30, kinds_from=HERE)

    assert os.times().children_user > before, "it was another process that tried it"


def test_a_pack_that_does_not_load_is_refused_with_its_lines():
    [found] = refused(pack_files(change={"[block]": "[blok]"}))

    assert found.startswith("rules/orders/pack.yaml:20: unknown decision 'blok'")


def test_a_pack_whose_examples_do_not_hold_is_refused():
    assert all("it fires" in found for found in refused(pack_files(quiet="{paid_fen: 5001}")))


def test_a_child_that_dies_is_a_problem_of_the_candidate():
    [found] = refused(pack_files(), kinds_from="os:abort")

    assert "the trial process ended with -6" in found


def test_a_child_that_hangs_is_ended_in_time():
    began = time.monotonic()

    [found] = refused(pack_files(), kinds_from="sample_pack:hang", timeout_s=1)

    assert "did not end within 1 s" in found
    assert time.monotonic() - began < 60
