"""The service as the console's pages see it: no judge, because cases are put there by the tests."""

from __future__ import annotations

import pytest

from tests.console import officer_of
from tests.english import watch
from tests.service import make_service


@pytest.fixture
def service(one_database, tmp_path):
    yield from _watched(make_service(one_database, tmp_path))


@pytest.fixture
def both(database, tmp_path):
    """The service over each kind of database, for what the database does."""
    yield from _watched(make_service(database, tmp_path))


def _watched(made):
    """The service; whatever page a test looks at must also exist in English."""
    found = []
    watch(made.app, found)
    yield made
    assert found == [], "on the English page"


@pytest.fixture
def officer(service):
    return officer_of(service)
