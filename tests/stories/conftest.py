"""The service as story tests start it."""

from __future__ import annotations

import pytest

from tests.service import make_service, shipped_judge


@pytest.fixture(scope="session")
def judge(tmp_path_factory):
    """The judge of the shipped rules and lists, built once a worker."""
    return shipped_judge(tmp_path_factory.mktemp("judge"))


@pytest.fixture
def service(database, judge, tmp_path):
    """A service over each kind of database."""
    return make_service(database, tmp_path, judge)


@pytest.fixture
def sqlite_service(one_database, judge, tmp_path):
    """A service over SQLite alone, where the database does not matter; WEIHENG_TEST_DATABASE puts it to the test."""
    return make_service(one_database, tmp_path, judge)
