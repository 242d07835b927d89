"""The service as the console's pages see it: no judge, because cases are put there by the tests."""

from __future__ import annotations

import pytest

from tests.console import officer_of
from tests.service import make_service


@pytest.fixture
def service(sqlite_database, tmp_path):
    return make_service(sqlite_database, tmp_path)


@pytest.fixture
def both(database, tmp_path):
    """The service over each kind of database, for what the database does."""
    return make_service(database, tmp_path)


@pytest.fixture
def officer(service):
    return officer_of(service)
