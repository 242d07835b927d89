"""``weiheng doctor`` names what is wrong with a deployment and what to do, and passes one that is well."""

from __future__ import annotations

import importlib.util
import json
import sqlite3
import sys
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from importlib.machinery import ModuleSpec
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner
from sqlalchemy import make_url, text
from sqlalchemy.exc import DBAPIError

from app import queue
from app.cli import main
from app.clock import utc_now
from app.db import Database
from app.engines import sqlite_engine
from app.flows.check_deployment import check_deployment
from app.flows.checkup.database import unanswered
from app.flows.checkup.machine import check_settings, disk
from app.flows.checkup.service import check_service
from app.flows.seal_audit import seal_audit
from app.review.backend import open_backends
from app.settings import Settings, read_settings
from app.values.finding import Grade
from tests.peers import answering


def found(service, **more):
    return {each.check: each for each in check_deployment(service.parts, now=service.clock(), **more)}


def bad(findings):
    return {name: each for name, each in findings.items() if each.grade is Grade.FAIL}


def test_a_service_that_is_well_has_nothing_to_mend(service):
    service.clock.at = utc_now()
    service.screen(service.client(), "很好用")
    seal_audit(service.parts, now=service.clock())

    findings = found(service)

    assert bad(findings) == {}
    assert findings["snapshots"].grade is Grade.OK
    assert findings["triggers"].what.endswith("tables only grow")
    assert all(each.todo for each in findings.values() if each.grade is not Grade.OK)
    assert ("journal" in findings) is service.parts.db.is_sqlite
    assert ("clock" in findings) is not service.parts.db.is_sqlite


def test_a_lifted_trigger_is_named_on_sqlite(sqlite_service):
    engine = sqlite_engine(sqlite_service.parts.db.url, reading=False)
    with engine.begin() as connection:
        connection.execute(text("DROP TRIGGER audit_row_update"))
    engine.dispose()

    assert "audit_row (UPDATE)" in bad(found(sqlite_service))["triggers"].what


def test_a_disabled_trigger_is_named_on_postgresql(postgres_database, judge, tmp_path):
    from tests.service import make_service

    service = make_service(postgres_database, tmp_path, judge)
    with psycopg.connect(postgres_database.url, autocommit=True) as connection:
        connection.execute("ALTER TABLE posting DISABLE TRIGGER USER")
        try:
            told = bad(found(service))["triggers"].what
        finally:
            connection.execute("ALTER TABLE posting ENABLE TRIGGER USER")

    assert "posting (DELETE), posting (UPDATE)" in told
    assert "audit_row" not in told


def test_a_clock_that_is_off_is_named(postgres_database, judge, tmp_path):
    from tests.service import make_service

    service = make_service(postgres_database, tmp_path, judge)
    grades = []
    for off_s in (0, 5, 60):
        service.clock.at = utc_now() + timedelta(seconds=off_s)
        grades.append(found(service)["clock"].grade)

    assert grades == [Grade.OK, Grade.WARN, Grade.FAIL]


def test_a_database_of_another_revision_stops_the_look(sqlite_service):
    with sqlite_service.parts.db.migrating() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))

    findings = found(sqlite_service)

    assert "weiheng db upgrade" in findings["migrations"].todo
    assert "snapshots" not in findings


def test_late_jobs_and_an_unsealed_log_are_named(sqlite_service):
    service = sqlite_service
    service.screen(service.client(), "很好用")
    now = service.clock()
    service.parts.db.write(lambda session: queue.add(session, kind="deliver_webhook", payload={}, due_at=now, now=now))
    grades = []
    for minutes in (0, 3, 20):
        service.clock.at = now + timedelta(minutes=minutes)
        findings = found(service)
        grades.append((findings["jobs"].grade, findings["audit"].grade))

    assert grades == [(Grade.OK, Grade.OK), (Grade.WARN, Grade.FAIL), (Grade.FAIL, Grade.FAIL)]


def test_a_copy_outside_that_knows_more_than_the_log_is_grave(sqlite_service):
    service = sqlite_service
    service.screen(service.client(), "很好用")
    seal_audit(service.parts, now=service.clock())
    engine = sqlite_engine(service.parts.db.url, reading=False)
    with engine.begin() as connection:
        connection.execute(text("DROP TRIGGER audit_checkpoint_delete"))
        connection.execute(text("DELETE FROM audit_checkpoint"))
    engine.dispose()

    assert bad(found(service))["copies outside"].todo.startswith("run `weiheng audit verify`")


def test_little_room_on_the_disk_is_named(tmp_path):
    assert [disk(tmp_path, free=gib * 2**30).grade for gib in (6, 3, 0)] == [Grade.OK, Grade.WARN, Grade.FAIL]
    assert disk(tmp_path / "not" / "there", free=None).what.endswith("GiB left")


def test_production_is_asked_for_what_it_lacks():
    secrets = {"secret_key": "x" * 40, "vault_keys": "1:" + "A" * 43 + "="}
    settings = Settings.model_validate({"env": "production", "public_url": "http://a.example"} | secrets)

    findings = {each.check: each for each in check_settings(settings)}

    assert "WEIHENG_TRUSTED_HOSTS" in findings["settings"].what
    assert "WEIHENG_PUBLIC_URL" not in findings["settings"].what
    assert findings["https"].grade is Grade.WARN


@pytest.fixture
def run(tmp_path, sqlite_database, monkeypatch):
    monkeypatch.setenv("WEIHENG_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("WEIHENG_DATABASE_URL", sqlite_database.url)
    return lambda *words: CliRunner().invoke(main, ["doctor", *words])


def test_the_command_says_what_to_do_and_its_exit_code_counts(run):
    told, machine = run(), run("--json")

    assert told.exit_code == machine.exit_code == 1  # nothing was published yet
    assert "FAIL" in told.output
    assert "→ run `weiheng rules publish`" in told.output
    said = json.loads(machine.output)
    assert said["grade"] == "fail"
    assert {"check", "grade", "what", "todo"} == set(said["findings"][0])


def test_a_key_file_others_can_read_and_foreign_keys_are_named(run, tmp_path):
    run()
    file = Path(tmp_path / "keys.json")
    file.chmod(0o644)

    assert f"chmod 600 {file}" in run().output


def test_wrong_settings_and_a_database_that_is_away_are_findings_too(run, monkeypatch):
    monkeypatch.setenv("WEIHENG_PORT", "http")
    assert "WEIHENG_PORT" in run().output
    monkeypatch.delenv("WEIHENG_PORT")
    monkeypatch.setenv("WEIHENG_DATABASE_URL", "postgresql://nobody@127.0.0.1:9/none")

    away = run("--json")

    assert away.exit_code == 1
    [database] = [each for each in json.loads(away.output)["findings"] if each["check"] == "database"]
    assert "does not answer" in database["what"]


@pytest.mark.parametrize("is_there", [True, False])
def test_a_reviewer_that_lacks_its_extra_is_named_with_what_to_install(sqlite_service, monkeypatch, is_there):
    module = importlib.util.module_from_spec(ModuleSpec("rapidocr_onnxruntime", None)) if is_there else None
    monkeypatch.setitem(sys.modules, "rapidocr_onnxruntime", module)  # as on a machine with the extra, or without
    ours = replace(sqlite_service.parts, reviewers=open_backends(read_settings({"WEIHENG_REVIEWERS": "ocr: {}"})))

    findings = {each.check: each for each in check_deployment(ours, now=sqlite_service.clock())}

    assert ("ocr" in findings["reviewers"].what) if is_there else "reviewers" not in findings
    assert ("reviewer ocr" in findings) is not is_there
    assert is_there or "requirements/ocr.txt" in findings["reviewer ocr"].todo


def test_a_file_that_another_program_holds_is_named(sqlite_service):
    path = sqlite_service.parts.db.url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        held = found(sqlite_service)["writes"]
        other.execute("ROLLBACK")

    assert (held.grade, "another program" in held.what) == (Grade.FAIL, True)
    assert path in held.todo
    assert found(sqlite_service)["writes"].grade is Grade.OK


def test_a_damaged_file_is_named(sqlite_service):
    service = sqlite_service
    path = Path(service.parts.db.url.removeprefix("sqlite:///"))
    whole = found(service)["file"]
    with closing(sqlite3.connect(path)) as other:
        other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        [at] = other.execute("SELECT rootpage FROM sqlite_master WHERE name = 'audit_row'").fetchone()
        [size] = other.execute("PRAGMA page_size").fetchone()
    with path.open("r+b") as file:
        file.seek((at - 1) * size)
        file.write(b"\xff" * size)

    damaged = bad(found(service))["file"]

    assert whole.grade is Grade.OK
    assert "back-up.md" in damaged.todo


@pytest.mark.parametrize(
    ("status", "body", "grade", "told"),
    [
        (200, {"checks": {"database": "ok", "rules": "ok"}}, Grade.OK, "ready at"),
        (200, {"checks": {"database": "ok", "clock": "leapt"}}, Grade.WARN, "clock: leapt"),
        (503, {"checks": {"database": "the database has no room on its disk"}}, Grade.FAIL, "no room on its disk"),
        (200, ["somebody", "else"], Grade.FAIL, "no answer that is ours"),
    ],
)
def test_what_the_running_service_says_of_itself_is_told(status, body, grade, told):
    with answering(lambda *_: (status, {}, json.dumps(body).encode())) as url:
        settings = Settings.model_validate({"host": "127.0.0.1", "port": int(url.rpartition(":")[2])})

        said = check_service(settings)

    assert (said.grade, told in said.what) == (grade, True), said


def test_a_service_that_does_not_run_is_told():
    assert check_service(Settings.model_validate({"port": 9})).grade is Grade.WARN


def test_a_lock_that_is_held_and_a_database_that_is_not_there_are_told_in_words(postgres_database):
    url = postgres_database.url.replace("postgresql+psycopg://", "postgresql://")
    with psycopg.connect(url) as holder:
        holder.execute("LOCK TABLE shop IN ACCESS EXCLUSIVE MODE")
        with postgres_database.engine.connect() as connection:
            connection.execute(text("SET LOCAL lock_timeout = '50ms'"))
            with pytest.raises(DBAPIError) as locked:
                connection.execute(text("SELECT 1 FROM shop"))
    elsewhere = make_url(postgres_database.url).set(database="no_such_database")
    with (
        closing(Database(elsewhere.render_as_string(hide_password=False))) as missing,
        pytest.raises(DBAPIError) as none,
    ):
        missing.ping()

    held = unanswered(postgres_database, locked.value)

    assert (held.grade, "lock timeout" in held.what, "who holds the lock" in held.todo) == (Grade.FAIL, True, True)
    assert "no_such_database" in unanswered(postgres_database, none.value).what
