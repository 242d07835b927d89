"""Rules are tried once by a program; a set that failed is tried again each time."""

from __future__ import annotations

import pytest

from app import snapshots
from app.errors import BadDefinition
from app.flows.try_rules import try_rules, variant
from app.settings import PROJECT
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
