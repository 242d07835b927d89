"""``weiheng wordlists refresh`` with its exit codes, ``export`` byte for byte, signing, feedback."""

from __future__ import annotations

import json
import os

import pytest
from click.testing import CliRunner

from app import refreshes, snapshots
from app.cli import main
from app.cli.wordlist_refresh import EXIT
from app.clock import utc_now
from tests.lists import HEAD, OWN, WORDS, list_server, make_refreshed, signed_source


@pytest.fixture
def run(database, tmp_path, monkeypatch):
    """Runs commands over a service's database, with a list server as its source."""
    with list_server() as server:
        server.give(WORDS[:10])
        service = make_refreshed(database, tmp_path, signed_source(server))
        settings = service.parts.settings
        for name, value in {
            "DATABASE_URL": settings.url,
            "DATA_DIR": tmp_path,
            "WORDLISTS_DIR": settings.wordlists_dir,
            "WORDLIST_SOURCES": settings.wordlist_sources,
            "WORDLIST_ALLOW_PRIVATE": "true",
        }.items():
            monkeypatch.setenv(f"WEIHENG_{name}", str(value))
        monkeypatch.setattr(os, "nice", lambda _by: 0)  # a test process stays as it is
        run = lambda *arguments: CliRunner().invoke(main, ["wordlists", *map(str, arguments)])  # noqa: E731
        run.server, run.service, run.folder = server, service, tmp_path
        yield run


def test_the_exit_codes_say_what_came_of_it(run):
    taken = run("refresh", "--json")
    same = run("refresh", "--quiet")
    run.server.give([*WORDS[:10], "女装"])
    held = run("refresh")
    run.server.status = 500
    failed = run("refresh")
    run.service.parts.db.write(lambda session: refreshes.begin(session, by="other", now=utc_now()))
    busy = run("refresh")

    assert [each.exit_code for each in (taken, same, held, failed, busy)] == [0, 0, 3, 1, 4], held.output
    assert json.loads(taken.stdout)["sources"]["platform"]["state"] == "active"
    assert "日常用词：女装" in held.output
    assert "HTTP 500" in failed.output
    assert set(EXIT.values()) | {4} == {0, 1, 3, 4}
    assert "platform (https): failed" in run("sources").output


def test_every_snapshot_is_written_out_again_byte_for_byte(run):
    run("refresh")
    (run.folder / "wordlists" / "own.txt").write_bytes((OWN + "高仿皮带货  \n").replace("\n", "\r\n").encode())
    run("refresh")
    with run.service.parts.db.read() as session:
        stored = {each.id: snapshots.load(session, each.id) for each in snapshots.newest(session, "wordlists")}

    for number, (snapshot, files) in enumerate(stored.items()):
        said = run("export", snapshot, run.folder / f"out-{number}")

        assert said.exit_code == 0, said.output
        assert snapshot in said.output
        written = {path.name: path.read_bytes() for path in (run.folder / f"out-{number}").iterdir()}
        assert written == {name: text.encode() for name, text in files.items()}
    assert len(stored) == 3
    assert run("export", snapshot, run.folder / "out-0").exit_code == 1
    assert run("export", "sha256:" + "0" * 64, run.folder / "none").exit_code == 1


def test_what_the_commands_sign_is_taken(run):
    lists = run.folder / "publish"
    lists.mkdir()
    (lists / "platform.txt").write_text(HEAD + "\n".join(WORDS[:3]) + "\n", "utf-8")
    public = run("manifest", "key", run.folder / "lists.key").output.strip()
    signed = run("manifest", "sign", lists, "--key", run.folder / "lists.key", "--version", 1)
    source = signed_source(run.server, public_keys=[public])
    run.service.parts.settings.wordlist_sources.write_text(json.dumps({"sources": [source]}), "utf-8")
    run.server.files = {f"/{path.name}": path.read_bytes() for path in lists.iterdir()}

    assert signed.output == "1 lists, version 1\n"
    assert run("refresh").exit_code == 0
    assert "hits" in run("feedback").output
    assert json.loads(run("feedback", "--json").output) == []
