"""The command line of the vault, on a database of its own."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from app.cli import main
from app.cli.opened import opened_parts
from app.flows.keep_person import keep_person
from app.values.access import Caller
from tests.service import START

BY = Caller("k", "key:k", frozenset(), None)


@pytest.fixture
def run(tmp_path, database, monkeypatch):
    monkeypatch.setenv("WEIHENG_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("WEIHENG_DATABASE_URL", database.url)

    def invoke(*words, code=0):
        result = CliRunner().invoke(main, ["vault", *words])
        assert result.exit_code == code, result.output
        return result.output

    return invoke


def put(ref="buyer:o-88"):
    with opened_parts() as parts:
        keep_person(parts, ref, {"phone": "138" + "0013" + "8000"}, shop_id=None, caller=BY, now=START)


def test_a_new_key_is_added_and_rotation_counts_down_to_zero(run):
    put()
    assert "keys_by_version: {1: 2}" in run("status")

    assert "key-encryption key 2 added" in run("new-key")
    assert "keys_to_wrap_again: 2" in run("status")
    said = run("rotate", "--persons", "--batch", "1")

    assert "left: 2 to wrap again, 2 to replace" in said
    assert "left: 0 to wrap again, 0 to replace" in said
    status = run("status")
    assert "keys_by_version: {2: 2}" in status
    assert "keys_shredded: 2" in status
    assert "left: 0 to wrap again, 0 to replace" in run("rotate")


def test_keys_of_the_environment_are_not_added_to_by_the_command(run, monkeypatch):
    monkeypatch.setenv("WEIHENG_VAULT_KEYS", "1:" + "A" * 43 + "=")

    assert "WEIHENG_VAULT_KEYS" in run("new-key", code=1)


def test_an_erasure_prints_its_certificate_and_the_list_verifies(run, tmp_path):
    put()

    assert "1 values erased, 1 keys shredded" in run("erase", "buyer:o-88", "--reason", "本人要求")
    assert "no person" in run("erase", "buyer:nobody", "--reason", "x", code=1)

    listed = run("erasures")
    assert json.loads(listed)["certificate"]["person"] == "buyer:o-88"
    assert listed.encode() == (tmp_path / "erasures.jsonl").read_bytes()
    file = tmp_path / "list.jsonl"
    file.write_text(listed, "utf-8")
    assert run("verify-certificate", str(file)) == "line 1: genuine\n"
    assert "0 erased again, 1 known already" in run("replay-erasures", str(file))
    file.write_text(listed.replace('"values_erased":1', '"values_erased":2'), "utf-8")
    assert "NOT genuine" in run("verify-certificate", str(file), code=1)
    assert "line 1" in run("replay-erasures", str(file), code=1)


def test_a_hold_is_placed_listed_and_released(run):
    put()
    words = ("hold", "person", "buyer:o-88", "--owner", "法务", "--until", "2999-01-01", "--reason", "诉讼")

    hold_id = run(*words).strip()

    assert f"{hold_id}  person buyer:o-88  法务  until 2999-01-01  诉讼" in run("holds")
    assert "legal hold" in run("erase", "buyer:o-88", "--reason", "x", code=1)
    run("release", hold_id, "--reason", "终结")
    assert run("holds") == ""
    assert "released by cli" in run("holds", "--all")


def test_the_schedule_is_shown_and_changed(run):
    assert "screening  1096 days" in run("retention")
    assert "1096 to" in run("retention", "screening", "--days", "10", "--reason", "x", code=1)

    said = run("retention", "screening", "--days", "1461", "--reason", "集团制度")

    assert "screening  1461 days" in said
    assert "集团制度" in said
    assert "screening: 0" in run("prune")
