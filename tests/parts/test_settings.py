"""Settings: every wrong value named at once, secrets never shown, dangerous combinations refused."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest
from pydantic import SecretStr, ValidationError

from app.errors import SettingsError
from app.settings import Settings, masked, read_settings

SECRET = "correct-horse-battery-staple-0123456789"
VAULT_KEYS = "1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
PRODUCTION = {"WEIHENG_ENV": "production", "WEIHENG_SECRET_KEY": SECRET, "WEIHENG_VAULT_KEYS": VAULT_KEYS}


def problems(environ):
    with pytest.raises(SettingsError) as refused:
        read_settings(environ)
    return {problem.field: problem for problem in refused.value.problems}


def test_an_empty_environment_gives_the_embedded_defaults():
    settings = read_settings({})

    assert settings.url == f"sqlite:///{Path('var').absolute()}/weiheng.db"
    assert (settings.is_sqlite, settings.watches, settings.base_url) == (True, True, "http://127.0.0.1:8000")


def test_names_without_our_prefix_and_names_of_the_test_set_up_are_not_ours():
    environ = {"PATH": "/bin", "PORT": "no number", "WEIHENG_TEST_DATABASE_URL": "x", "WEIHENG_REQUIRE_BROWSER": "1"}

    assert read_settings(environ) == read_settings({})


@pytest.mark.parametrize(
    ("name", "value", "field", "expected"),
    [
        ("WEIHENG_PORT", "9000", "port", 9000),
        ("WEIHENG_EMBEDDED", "false", "embedded", False),
        ("WEIHENG_WATCH", "0", "watch", False),
        ("WEIHENG_POLL_S", "1.5", "poll_s", 1.5),
        ("WEIHENG_SAMPLE_BP", "10000", "sample_bp", 10_000),
        ("WEIHENG_DATA_DIR", "/srv/weiheng", "data_dir", Path("/srv/weiheng")),
        ("WEIHENG_RULES_DIR", "packs", "rules_dir", Path("packs").absolute()),
    ],
)
def test_a_value_arrives_in_its_type(name, value, field, expected):
    assert getattr(read_settings({name: value}), field) == expected


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("WEIHENG_ENV", "staging"),
        ("WEIHENG_PORT", "0"),
        ("WEIHENG_PORT", "65536"),
        ("WEIHENG_PORT", "eighty"),
        ("WEIHENG_THREADS", "65"),
        ("WEIHENG_POLL_S", "0"),
        ("WEIHENG_POLL_S", "2.1"),
        ("WEIHENG_SAMPLE_BP", "-1"),
        ("WEIHENG_SAMPLE_BP", "10001"),
        ("WEIHENG_MAX_BODY_BYTES", "1"),
        ("WEIHENG_EMBEDDED", "perhaps"),
        ("WEIHENG_EVALUATOR", "prolog"),
        ("WEIHENG_MATCHER", "grep"),
        ("WEIHENG_LOG_LEVEL", "LOUD"),
        ("WEIHENG_SECRET_KEY", "x" * 31),
    ],
)
def test_a_value_out_of_its_bounds_is_refused_by_name(name, value):
    assert list(problems({name: value})) == [name]


def test_every_wrong_value_and_unknown_name_is_named_in_one_error(tmp_path):
    found = problems(
        {
            "WEIHENG_PORT": "eighty",
            "WEIHENG_EVALUATOR": "prolog",
            "WEIHENG_SECRET_KEY": "short",
            "WEIHENG_PROT": "8000",
            "WEIHENG_VAULT_KEYS_FILE": str(tmp_path / "missing"),
        }
    )

    assert set(found) == {
        "WEIHENG_PORT",
        "WEIHENG_EVALUATOR",
        "WEIHENG_SECRET_KEY",
        "WEIHENG_PROT",
        "WEIHENG_VAULT_KEYS_FILE",
    }


def test_contradictions_are_named_together_with_wrong_values():
    found = problems({"WEIHENG_ENV": "production", "WEIHENG_PORT": "eighty"})

    assert set(found) == {"WEIHENG_PORT", "WEIHENG_SECRET_KEY", "WEIHENG_VAULT_KEYS"}


@pytest.mark.parametrize(
    ("wrong", "meant"),
    [
        ("WEIHENG_PROT", "WEIHENG_PORT?"),
        ("WEIHENG_DATABASEURL", "WEIHENG_DATABASE_URL?"),
        ("WEIHENG_VAULT_KEY", "WEIHENG_VAULT_KEYS?"),
        ("WEIHENG_XYLOPHONE", "a known name"),
    ],
)
def test_an_unknown_name_comes_with_the_nearest_known_one(wrong, meant):
    assert problems({wrong: "1"})[wrong].expected == meant


def test_file_variant_reads_the_secret_without_its_line_end(tmp_path):
    (tmp_path / "secret").write_text(SECRET + "\n", encoding="utf-8")

    settings = read_settings({"WEIHENG_SECRET_KEY_FILE": str(tmp_path / "secret")})

    assert settings.secret_key.get_secret_value() == SECRET


def test_a_secret_file_that_is_missing_or_no_text_is_named_once(tmp_path):
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")

    for path in (tmp_path / "missing", tmp_path / "binary", tmp_path):
        assert list(problems({"WEIHENG_SECRET_KEY_FILE": str(path)})) == ["WEIHENG_SECRET_KEY_FILE"]


def test_a_value_given_directly_and_as_a_file_is_a_contradiction(tmp_path):
    (tmp_path / "secret").write_text("y" * 40, encoding="utf-8")

    found = problems({"WEIHENG_SECRET_KEY": SECRET, "WEIHENG_SECRET_KEY_FILE": str(tmp_path / "secret")})

    assert "WEIHENG_SECRET_KEY_FILE" in found


def test_masked_output_shows_every_setting_and_no_secret():
    secrets = {
        name: f"postgresql://{name}:hunter2-{name}@db/weiheng-0123456789"
        for name, field in Settings.model_fields.items()
        if SecretStr in get_args(field.annotation)
    }

    shown = masked(read_settings({f"WEIHENG_{name.upper()}": value for name, value in secrets.items()}))

    assert {"secret_key", "vault_keys", "database_url"} <= set(secrets)
    assert set(shown) == {f"WEIHENG_{name.upper()}" for name in Settings.model_fields}
    assert {shown[f"WEIHENG_{name.upper()}"] for name in secrets} == {"••••••"}
    assert not [text for text in shown.values() if "hunter2" in text]


def test_neither_repr_nor_an_error_message_shows_a_secret():
    settings = read_settings(PRODUCTION)
    with pytest.raises(SettingsError) as refused:
        read_settings({"WEIHENG_SECRET_KEY": "tiny-secret", "WEIHENG_PORT": "x"})

    for text in (repr(settings), str(settings), str(refused.value), repr(refused.value)):
        assert SECRET not in text
        assert VAULT_KEYS not in text
        assert "tiny-secret" not in text


@pytest.mark.parametrize("missing", ["WEIHENG_SECRET_KEY", "WEIHENG_VAULT_KEYS"])
def test_production_refuses_generated_secrets(missing):
    environ = {name: value for name, value in PRODUCTION.items() if name != missing}

    assert list(problems(environ)) == [missing]
    assert read_settings(PRODUCTION).env == "production"


def test_sqlite_with_two_processes_is_refused_and_postgresql_is_not():
    assert list(problems({"WEIHENG_PROCESSES": "2"})) == ["WEIHENG_PROCESSES"]

    settings = read_settings({"WEIHENG_PROCESSES": "2", "WEIHENG_DATABASE_URL": "postgresql://db/weiheng"})
    assert (settings.is_sqlite, settings.watches) == (False, False)


@pytest.mark.parametrize("url", ["", "mysql://db/weiheng", "weiheng.db", "sqlite://"])
def test_a_database_that_is_neither_sqlite_file_nor_postgresql_is_refused(url):
    assert list(problems({"WEIHENG_DATABASE_URL": url})) == ["WEIHENG_DATABASE_URL"]


def test_watching_can_be_forced_either_way():
    postgres = {"WEIHENG_DATABASE_URL": "postgresql://db/weiheng"}

    assert read_settings(postgres | {"WEIHENG_WATCH": "true"}).watches is True
    assert read_settings({"WEIHENG_WATCH": "false"}).watches is False


def test_settings_do_not_change_after_they_were_read():
    with pytest.raises(ValidationError, match="frozen"):
        read_settings({}).port = 1


def test_public_url_loses_its_trailing_slash():
    assert read_settings({"WEIHENG_PUBLIC_URL": "https://w.example/"}).base_url == "https://w.example"


@pytest.mark.parametrize(
    ("environ", "needed"),
    [
        ({}, False),
        (PRODUCTION, True),
        ({"WEIHENG_RULE_APPROVAL": "required"}, True),
        (PRODUCTION | {"WEIHENG_RULE_APPROVAL": "off"}, False),
    ],
)
def test_production_asks_a_second_person_for_rules_unless_told_otherwise(environ, needed):
    assert read_settings(environ).needs_rule_approval is needed
