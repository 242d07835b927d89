"""The service's own keys: made once, kept private, never shown."""

from __future__ import annotations

import base64
import json
import traceback
from concurrent.futures import ThreadPoolExecutor

import pytest

from app.errors import SettingsError
from app.settings import read_settings
from app.vault.keyring import open_keyring

SECRET = "correct-horse-battery-staple-0123456789"


def encoded(fill, length=32):
    return base64.b64encode(bytes([fill]) * length).decode()


def settings(tmp_path, **values):
    return read_settings({"WEIHENG_DATA_DIR": str(tmp_path)} | {f"WEIHENG_{k.upper()}": v for k, v in values.items()})


def material(keyring):
    return (keyring.keks._keys, keyring.api_keys, keyring.sessions, keyring.certificates)


def test_first_start_makes_a_key_file_only_its_owner_can_read(tmp_path):
    open_keyring(settings(tmp_path / "new"))

    (file,) = (tmp_path / "new").iterdir()
    assert file.stat().st_mode & 0o777 == 0o600


def test_keys_are_made_once_and_stay_the_same(tmp_path):
    first = open_keyring(settings(tmp_path))
    stored = (tmp_path / "keys.json").read_bytes()

    second = open_keyring(settings(tmp_path))

    assert material(first) == material(second)
    assert (tmp_path / "keys.json").read_bytes() == stored


def test_two_folders_have_different_keys(tmp_path):
    one, two = (open_keyring(settings(tmp_path / name)) for name in ("one", "two"))

    assert one.keks._keys != two.keks._keys
    assert one.api_keys != two.api_keys


def test_sessions_and_api_keys_never_share_a_key(tmp_path):
    keyring = open_keyring(settings(tmp_path))

    assert len({keyring.api_keys, keyring.sessions, keyring.certificates, *keyring.keks._keys.values()}) == 4


def test_starting_many_times_at_once_makes_one_set_of_keys(tmp_path):
    with ThreadPoolExecutor(8) as starters:
        for number in range(20):
            here = settings(tmp_path / str(number))
            opened = list(starters.map(lambda _, here=here: material(open_keyring(here)), range(8)))
            assert all(keys == opened[0] for keys in opened)


def test_given_keys_are_used_and_no_file_is_made(tmp_path):
    keyring = open_keyring(settings(tmp_path, vault_keys=f" 1:{encoded(1)}, 2:{encoded(2)},", secret_key=SECRET))

    assert keyring.keks._keys == {1: b"\1" * 32, 2: b"\2" * 32}
    assert keyring.newest == 2
    assert list(tmp_path.iterdir()) == []


def test_production_with_its_own_secrets_never_touches_the_key_file(tmp_path):
    open_keyring(settings(tmp_path, env="production", vault_keys=f"1:{encoded(1)}", secret_key=SECRET))

    assert list(tmp_path.iterdir()) == []


def test_the_newest_version_is_the_highest_number_not_the_last_named(tmp_path):
    keyring = open_keyring(settings(tmp_path, vault_keys=f"10:{encoded(1)},9:{encoded(2)}", secret_key=SECRET))

    assert keyring.newest == 10


@pytest.mark.parametrize(
    "vault_keys",
    [
        encoded(1),
        f"one:{encoded(1)}",
        f":{encoded(1)}",
        f"-1:{encoded(1)}",
        f"1:{encoded(1, 16)}",
        f"1:{encoded(1, 33)}",
        f"1:{encoded(1)[:-1]}",
        f"1:{encoded(1)}!",
        f"1:{encoded(1)},2:",
        "1:",
        ",",
        "1:密钥",
        f"²:{encoded(1)}",
        f"1:{encoded(1)},1:{encoded(2)}",
    ],
)
def test_a_malformed_key_is_a_settings_error_that_does_not_show_it(tmp_path, vault_keys):
    with pytest.raises(SettingsError) as refused:
        open_keyring(settings(tmp_path, vault_keys=vault_keys, secret_key=SECRET))

    assert [problem.field for problem in refused.value.problems] == ["WEIHENG_VAULT_KEYS"]
    assert encoded(1)[:12] not in str(refused.value)


@pytest.mark.parametrize("content", ["", '{"vault_keys": "1:', "[]", "{}", '{"vault_keys": 5, "secret_key": 6}', "密"])
def test_a_damaged_key_file_is_a_settings_error_and_is_never_replaced(tmp_path, content):
    (tmp_path / "keys.json").write_text(content, encoding="utf-8")

    with pytest.raises(SettingsError):
        open_keyring(settings(tmp_path))

    assert (tmp_path / "keys.json").read_text(encoding="utf-8") == content


def test_no_way_of_printing_a_keyring_shows_a_key(tmp_path):
    keyring = open_keyring(settings(tmp_path, vault_keys=f"1:{encoded(65)}", secret_key=SECRET))
    shown = "".join(traceback.format_exception(RuntimeError(keyring)))
    shown += f"{keyring} {keyring!r} {[keyring]} {keyring:}"

    assert "Keyring(versions=[1])" in shown
    for key in (b"A" * 32, keyring.api_keys, keyring.sessions):
        for form in (repr(key)[2:-1], key.hex(), base64.b64encode(key).decode(), str(list(key))):
            assert form not in shown
    assert SECRET not in shown


def test_the_stored_file_holds_one_key_of_full_length(tmp_path):
    open_keyring(settings(tmp_path))

    stored = json.loads((tmp_path / "keys.json").read_text(encoding="ascii"))
    version, _, key = stored["vault_keys"].partition(":")
    assert (version, len(base64.b64decode(key, validate=True))) == ("1", 32)
    assert len(stored["secret_key"]) >= 32
