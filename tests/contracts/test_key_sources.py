"""What every source of key-encryption keys promises, and that a foreign one needs nothing but the interface."""

from __future__ import annotations

import base64
import importlib
import pkgutil
from datetime import UTC, datetime

import pytest

from app.settings import Env, read_settings
from app.vault import sources
from app.vault.crypto import SealBroken
from app.vault.key_source import LocalKeys, open_key_source
from app.vault.keyring import Keyring
from app.vault.people import People

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
KEY = bytes(range(32))
SOURCES = sorted(module.name for module in pkgutil.iter_modules(sources.__path__))


class Service:
    """A key-management service as the vault would see one: keys stay inside, wrappings are its own business."""

    newest, versions = 7, frozenset({7})

    def __init__(self):
        self._inside, self.asked = LocalKeys({7: b"k" * 32}), []

    def wrap(self, key, *, version, bound):
        self.asked.append(("wrap", version))
        return b"kms:" + self._inside.wrap(key, version=version, bound=bound)

    def unwrap(self, wrapped, *, version, bound):
        self.asked.append(("unwrap", version))
        return self._inside.unwrap(wrapped.removeprefix(b"kms:"), version=version, bound=bound)


@pytest.fixture
def settings(tmp_path):
    encoded = ",".join(f"{version}:{base64.b64encode(bytes([version]) * 32).decode()}" for version in (1, 2))
    return read_settings({"WEIHENG_DATA_DIR": str(tmp_path), "WEIHENG_VAULT_KEYS": encoded})


@pytest.mark.parametrize("name", SOURCES)
def test_a_source_wraps_for_one_owner_and_refuses_every_other(settings, name):
    source = importlib.import_module(f"{sources.__name__}.{name}").open_source(settings)

    wrapped = source.wrap(KEY, version=source.newest, bound=b"mine")

    assert KEY not in wrapped
    assert source.newest in source.versions
    assert source.unwrap(wrapped, version=source.newest, bound=b"mine") == KEY
    for version, bound in ((source.newest, b"yours"), (source.newest + 1, b"mine")):
        with pytest.raises(SealBroken):
            source.unwrap(wrapped, version=version, bound=bound)


@pytest.mark.parametrize("name", SOURCES)
def test_a_source_makes_nothing_up_in_production(tmp_path, name):
    settings = read_settings({"WEIHENG_DATA_DIR": str(tmp_path)})
    production = settings.model_copy(update={"env": Env.PRODUCTION})

    assert importlib.import_module(f"{sources.__name__}.{name}").open_source(production) is None
    assert list(tmp_path.iterdir()) == []


def test_keys_of_the_environment_come_before_the_key_file(settings, tmp_path):
    assert open_key_source(settings).versions == {1, 2}
    assert list(tmp_path.iterdir()) == []


def test_the_vault_seals_and_opens_through_a_service_that_never_shows_its_keys(one_database):
    service = Service()
    people = People(Keyring(service, b"a" * 32, b"s" * 32, b"c" * 32))
    place = {"person": "p1", "table": "t", "column": "c", "row": "r"}

    sealed = one_database.write(lambda session: people.seal(session, b"x", now=NOW, **place))

    fresh = People(Keyring(service, b"a" * 32, b"s" * 32, b"c" * 32))
    with one_database.read() as session:
        assert fresh.unseal(session, sealed, **place) == b"x"
    assert set(service.asked) == {("wrap", 7), ("unwrap", 7)}
