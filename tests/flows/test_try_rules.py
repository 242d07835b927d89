"""Rules are tried once by a program; a set that failed is tried again each time."""

from __future__ import annotations

import pytest

from app import snapshots
from app.errors import BadDefinition
from app.flows.diff_snapshots import diff_files
from app.flows.propose_snapshot import check
from app.flows.try_rules import try_rules, variant
from app.rules.pack import LATELY
from app.settings import PROJECT
from bench.made import made_packs
from tests.service import make_settings

PACK = snapshots.read_folder("rules", PROJECT / "rules")


@pytest.fixture
def settings(one_database, tmp_path):
    return make_settings(one_database, tmp_path, cache_dir=tmp_path / "cache")


BROKEN = {name: text.replace("category is None", "category is not None") for name, text in PACK.items()}


def test_a_set_that_stood_its_trial_is_noted_and_not_tried_again(settings):
    try_rules(settings, PACK)
    (mark,) = settings.cache.glob("*.tried")

    # Were it tried again, this set would be refused.
    wrong = snapshots.content_id("rules", BROKEN).removeprefix("sha256:")
    mark.rename(mark.with_name(f"{wrong}-{variant()}.tried"))
    try_rules(settings, BROKEN)

    assert mark.name == f"{snapshots.content_id('rules', PACK).removeprefix('sha256:')}-{variant()}.tried"


def test_a_set_that_fails_is_refused_each_time_and_not_noted(settings):
    for _ in range(2):
        with pytest.raises(BadDefinition, match="trial"):
            try_rules(settings, BROKEN)

    assert not list(settings.cache.glob("*.tried"))


def test_many_changed_rules_are_read_by_the_child_alone(settings, monkeypatch):
    many = made_packs(300, rules_a_pack=50)
    assert sum(map(len, many.values())) > 200_000
    LATELY.forget()
    monkeypatch.setattr("yaml.parse", lambda *_, **__: pytest.fail("the process that serves has read them"))

    assert check("rules", many, settings=settings) == {"packs": 6, "rules": 300}
    changes = diff_files("rules", {}, many).changes
    assert len([each for each in changes if each.what == "rule"]) == 300


def test_mistakes_in_many_rules_are_told_with_their_lines(settings):
    many = made_packs(300, rules_a_pack=300)
    wrong = {name: text.replace("text_length > length_0", "text_lenght > length_0", 1) for name, text in many.items()}
    LATELY.forget()

    with pytest.raises(BadDefinition) as refused:
        check("rules", wrong, settings=settings)

    [problem] = refused.value.problems
    assert problem.field.startswith("rules/made-0/pack.yaml:")
    assert "text_length" in problem.expected
