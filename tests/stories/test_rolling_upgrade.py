"""Two versions side by side over one database, while one takes the other's place, and while it is given back.

The next version is this one with one migration and one column more, run from a copy of the program as a process of its
own; the version before is the service in this process. What each may do is held by the migrations' contract test.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from app import migrate
from app.cli import main
from app.db import Database
from app.errors import NotReady
from app.flows.check_deployment import check_deployment
from app.flows.follow_snapshots import follow_once
from app.values.finding import Grade
from tests.processes import BANNED, PROJECT, publish_small
from tests.service import make_service

NEXT = "9999"
MIGRATION = f'''"""A version later: a column, a table."""
import sqlalchemy as sa
from alembic import op
revision, down_revision, branch_labels, depends_on = "{NEXT}", "{migrate.head()}", None, None
def upgrade():
    op.add_column("content", sa.Column("next_note", sa.Text(), nullable=True))
    op.add_column("cases", sa.Column("next_rank", sa.Integer(), nullable=False, server_default="0"))
    op.create_table("next_thing", sa.Column("id", sa.String(36), primary_key=True))
def downgrade():
    raise NotImplementedError
'''
ASKED = """
import json, sys
from app import migrate
from app.db import Database
migrate.upgrade(Database(sys.argv[1]))
print(json.dumps(migrate.current(Database(sys.argv[1]))), flush=True)
from pathlib import Path
from app.flows.follow_snapshots import follow_once
from app.logs import configure_logs
from tests.service import make_service
configure_logs("ERROR")
service = make_service(Database(sys.argv[1]), Path(sys.argv[2]))
follow_once(service.parts)
client = service.client()
for line in sys.stdin:
    answer = client.post("/v1/screenings", json=json.loads(line))
    print(json.dumps([answer.status_code, answer.get_data(as_text=True)]), flush=True)
"""


@pytest.fixture(params=["sqlite", "postgresql"])
def own_database(request, tmp_path, sqlite_template):
    """A database whose shape the test may change."""
    if request.param == "sqlite":
        path = tmp_path / "weiheng.db"
        shutil.copyfile(sqlite_template, path)
        url = f"sqlite:///{path}"
    else:
        url = request.getfixturevalue("bare_postgres_url")
    with closing(Database(url)) as opened:
        migrate.upgrade(opened)
        yield opened


@pytest.fixture
def service(own_database, tmp_path):
    made = make_service(own_database, tmp_path)
    publish_small(made)
    follow_once(made.parts)
    return made


@contextmanager
def next_version(url, folder):
    """The next version as (ask, revision): it has brought the database on when it says its first line."""
    tree = folder / "next"
    for name in ("app", "migrations", "tests", "bench"):
        shutil.copytree(PROJECT / name, tree / name, ignore=shutil.ignore_patterns("__pycache__", "samples", "vectors"))
    (tree / "migrations" / "versions" / "9999_next.py").write_text(MIGRATION, "utf-8")
    content = tree / "app" / "models" / "content.py"
    lines = content.read_text("utf-8").replace(
        "    version: Mapped[int] =", "    next_note: Mapped[str | None]\n    version: Mapped[int] =", 1
    )
    assert "next_note" in lines
    content.write_text(lines, "utf-8")
    process = subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-P", "-c", ASKED, url, str(folder)],
        cwd=tree,
        env=os.environ | {"PYTHONPATH": str(tree)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )

    def ask(body):
        process.stdin.write(json.dumps(body) + "\n")
        process.stdin.flush()
        return json.loads(process.stdout.readline())

    try:
        yield ask, json.loads(process.stdout.readline())
    finally:
        process.kill()
        process.communicate()


def uploaded(content_id, words):
    return {"content_id": content_id, "kind": "video_caption", "shop_id": "shop-1", "text": words}


@pytest.mark.parametrize("own_database", ["postgresql"], indirect=True)  # SQLite serves one process at a time
def test_both_versions_serve_one_database_and_answer_each_others_contents_alike(service, tmp_path):
    client = service.client()

    def ask_old(body):
        answer = client.post("/v1/screenings", json=body)
        return [answer.status_code, answer.get_data(as_text=True)]

    before = ask_old(uploaded("first", "很好用"))
    with next_version(service.parts.db.url, Path(tmp_path)) as (ask_new, revision):
        assert revision == NEXT
        assert ask_new(uploaded("first", "很好用")) == before
        for name, words in (("passes", "很好用"), ("blocked", f"{BANNED}一")):
            assert ask_new(uploaded(f"new-{name}", words)) == ask_old(uploaded(f"new-{name}", words))
            assert ask_old(uploaded(f"old-{name}", words)) == ask_new(uploaded(f"old-{name}", words))
        second = json.loads(ask_old(uploaded("first", "很好用，真的"))[1])
        third = json.loads(ask_new(uploaded("first", "很好用，真的很好"))[1])

    assert (second["version"], third["version"]) == (2, 3)
    assert third["predecessor_id"] == second["screening_id"]
    assert client.get("/readyz").get_json()["checks"]["database"] == "ok"
    case_id = json.loads(ask_old(uploaded("new-blocked", f"{BANNED}一"))[1])["case_id"]
    decided = client.post(f"/v1/cases/{case_id}/decide", json={"decision": "block", "reason": "违规"})
    assert decided.status_code == 200


def ahead(database):
    """What a later version leaves: a revision nobody here knows, a required column with a default, a table."""
    with database.migrating() as connection:
        for statement in (
            "ALTER TABLE content ADD COLUMN next_note TEXT",
            "ALTER TABLE screening ADD COLUMN next_rank INTEGER NOT NULL DEFAULT 0",
            "CREATE TABLE next_thing (id VARCHAR(36) PRIMARY KEY)",
            f"UPDATE alembic_version SET version_num = '{NEXT}'",
        ):
            connection.execute(text(statement))


def test_the_version_before_may_be_started_again_beside_a_newer_database(own_database, tmp_path):
    ahead(own_database)

    migrate.upgrade(own_database)  # what ``serve`` does at every start
    migrate.check(own_database)
    service = make_service(own_database, tmp_path)
    publish_small(service)
    follow_once(service.parts)

    assert migrate.current(own_database) == NEXT
    client = service.client()
    answers = [service.screen(client, words, content_id=words).get_json() for words in ("很好用", BANNED)]
    assert [answer["decision"] for answer in answers] == ["pass", "block"]
    assert client.get("/readyz").status_code == 200
    said = {each.check: each for each in check_deployment(service.parts, now=service.clock())}
    assert said["migrations"].grade is Grade.WARN
    assert NEXT in said["migrations"].what
    assert "snapshots" in said, "the look goes on"


def test_a_database_that_is_behind_is_refused_in_words_that_say_what_to_do(own_database, tmp_path, monkeypatch):
    migrate.downgrade(own_database, "-1")
    behind = migrate.current(own_database)

    with pytest.raises(NotReady, match=f"at revision {behind}, this program needs {migrate.head()}.*db upgrade"):
        migrate.check(own_database)
    monkeypatch.setenv("WEIHENG_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("WEIHENG_DATABASE_URL", own_database.url)
    refused = CliRunner().invoke(main, ["worker"])
    assert refused.exit_code == 1
    assert f"at revision {behind}" in refused.output

    brought_on = CliRunner().invoke(main, ["db", "upgrade"])
    assert brought_on.output == f"at revision {migrate.head()}\n"
    migrate.check(own_database)
