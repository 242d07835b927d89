"""A back-up put back: everything opens with the keys, who was erased since is erased again, the audit log is honest."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner
from psycopg import sql
from sqlalchemy import make_url

from app.cli import main
from app.db import Database
from app.flows.check_deployment import check_deployment
from app.flows.erase_person import erase_person
from app.flows.keep_person import keep_person
from app.migrate import current, head
from app.values.access import Caller
from app.values.finding import Grade
from app.vault import store
from tests.service import SECRET, make_service

BY = Caller("cli", "cli", frozenset({"reveal"}), None)
PHONE = "138" + "0013" + "8000"


def run(url, program, *words):
    """PostgreSQL's own program, of the very server where it stands on this machine, else of the machine."""
    with psycopg.connect(url) as connection:
        [folder] = connection.execute("SELECT setting FROM pg_config() WHERE name = 'BINDIR'").fetchone()
    path = Path(folder) / program
    words = [path if path.exists() else program, *words]
    told = subprocess.run(words, check=False, capture_output=True, text=True, timeout=120)  # noqa: S603
    assert told.returncode == 0, told.stderr


@pytest.fixture
def restored_postgres(postgres_database, tmp_path):
    """Dumps now; returns what restores the dump into a database of its own and opens that."""
    plain = postgres_database.url.replace("postgresql+psycopg://", "postgresql://")
    name, dump, opened = make_url(plain).database + "_restored", tmp_path / "weiheng.dump", []

    def back_up():
        run(plain, "pg_dump", "--format=custom", f"--file={dump}", f"--dbname={plain}")

    def restore():
        with psycopg.connect(plain, autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
        url = make_url(plain).set(database=name).render_as_string(hide_password=False)
        run(plain, "pg_restore", "--no-owner", "--exit-on-error", f"--dbname={url}", str(dump))
        opened.append(Database(url))
        return opened[0]

    yield back_up, restore
    for each in opened:
        each.close()
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
def restored_sqlite(sqlite_database, tmp_path):
    """The same for the embedded database, by a copy made while the service runs."""
    file, copy, opened = Path(sqlite_database.url.removeprefix("sqlite:///")), tmp_path / "copy.db", []

    def back_up():
        with closing(sqlite3.connect(file)) as running:
            running.execute("VACUUM INTO ?", [str(copy)])

    def restore():
        (tmp_path / "restored").mkdir()
        shutil.copy(copy, tmp_path / "restored" / "weiheng.db")
        opened.append(Database(f"sqlite:///{tmp_path / 'restored' / 'weiheng.db'}"))
        return opened[0]

    yield back_up, restore
    for each in opened:
        each.close()


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_after_a_restore_who_was_erased_since_is_erased_again(kind, request, judge, tmp_path, monkeypatch):
    service = make_service(request.getfixturevalue(f"{kind}_database"), tmp_path, judge)
    back_up, restore = request.getfixturevalue(f"restored_{kind}")
    parts, now = service.parts, service.clock()
    for ref in ("buyer:gone", "buyer:stays"):
        keep_person(parts, ref, {"phone": PHONE}, shop_id=None, caller=BY, now=now)
    screened = service.screen(service.client(), f"联系 {PHONE}").get_json()["screening_id"]
    back_up()
    erase_person(parts, "buyer:gone", reason="本人要求", caller=BY, now=service.clock.advance(hours=1))
    put_back = replace(parts, db=restore())
    assert phone_of(put_back, "buyer:gone") == PHONE  # the copy knows nothing of the erasure
    monkeypatch.setenv("WEIHENG_DATABASE_URL", put_back.db.url)
    monkeypatch.setenv("WEIHENG_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("WEIHENG_SECRET_KEY", SECRET)

    assert replay(parts.settings.erasure_file) == "1 erased again, 0 known already\n"
    assert phone_of(put_back, "buyer:gone") is None
    assert phone_of(put_back, "buyer:stays") == PHONE
    assert replay(parts.settings.erasure_file) == "0 erased again, 1 known already\n"
    assert current(put_back.db) == head()
    again = make_service(put_back.db, tmp_path, judge)
    assert again.client().get(f"/v1/screenings/{screened}").status_code == 200
    grades = {each.check: each for each in check_deployment(put_back, now=service.clock())}
    assert grades["keys"].grade is Grade.OK
    assert grades["triggers"].grade is Grade.OK


def replay(file):
    """By the command, as the page on back-ups says."""
    told = CliRunner().invoke(main, ["vault", "replay-erasures", str(file)])
    assert told.exit_code == 0, told.output
    return told.output


def phone_of(parts, person):
    with parts.db.read() as session:
        fields = store.fields_of(session, [person])
        opened = store.open_fields(session, parts.people, fields)
    return dict(zip([each.name for each in fields], opened, strict=True)).get("phone")
