"""Frozen settings, read from the environment only and checked as a whole.

Every wrong value is named in one error, because fixing a deployment one message at a time is what people hate most.
``WEIHENG_X_FILE`` names a file holding the value of ``WEIHENG_X`` (for secrets mounted as files).
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal

from pydantic import ConfigDict, Field, SecretStr, ValidationError, field_validator

from app.errors import Problem, SettingsError
from app.fund_settings import FundSettings
from app.limit_settings import LimitSettings
from app.officer_settings import OfficerSettings
from app.quality_settings import QualitySettings
from app.sign_in_settings import SignInSettings, sign_in_problems
from app.wordlist_settings import WordlistSettings

PREFIX = "WEIHENG_"
PROJECT = Path(__file__).resolve().parent.parent
# Names under our prefix that belong to the tests and the set-up, not to the service.
_FOREIGN = frozenset({"WEIHENG_TEST_DATABASE_URL", "WEIHENG_REQUIRE_BROWSER", "WEIHENG_API_KEY", "WEIHENG_URL"})
_DATABASES = ("sqlite:///", "postgresql://", "postgres://", "postgresql+psycopg://")
_SECRET_NAMES = frozenset(
    {
        "secret_key",
        "vault_keys",
        "database_url",
        "reviewer_token",
        "reviewers",
        "audit_key",
        "platform_accounts",
        "payout_wechat_private_key",
        "payout_wechat_platform_key",
        "oidc_client_secret",
        "wecom_secret",
    }
)


class Env(StrEnum):
    """How strict the start is: production refuses generated secrets and demo accounts."""

    DEVELOPMENT = "development"
    PRODUCTION = "production"


class Settings(LimitSettings, SignInSettings, QualitySettings, OfficerSettings, FundSettings, WordlistSettings):
    """Everything an operator may set; field ``x_y`` is the environment's ``WEIHENG_X_Y``."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)

    env: Env = Field(Env.DEVELOPMENT, description="development or production")
    host: str = Field("127.0.0.1", description="address to listen on")
    port: int = Field(8000, ge=1, le=65535, description="port to listen on")
    public_url: str | None = Field(None, description="address under which people reach the console")
    threads: int = Field(4, ge=1, le=64, description="request threads of one web process")
    processes: int = Field(1, ge=1, le=64, description="web processes (more than one needs PostgreSQL)")
    data_dir: Path = Field(Path("var"), description="folder for the embedded database, keys, metrics")
    cache_dir: Path | None = Field(None, description="built matchers and rules (default: `cache` in the data folder)")
    database_url: SecretStr | None = Field(None, description="SQLAlchemy URL; default: SQLite in the data folder")
    rules_dir: Path = Field(PROJECT / "rules", description="folder that proposes rule packs")
    wordlists_dir: Path = Field(PROJECT / "wordlists", description="folder that proposes wordlists")
    watch: bool | None = Field(None, description="publish changed folders by itself (default: only on SQLite)")
    embedded: bool = Field(True, description="run worker and scheduler as threads of the web process")
    secret_key: SecretStr | None = Field(None, description="signs sessions; hashes API keys; ≥ 32 characters")
    vault_keys: SecretStr | None = Field(None, description="key-encryption keys, `1:base64,2:base64`; newest last")
    vault_algorithm: Literal["aes-256-gcm", "aes-256-gcm-siv", "sm4-gcm"] = Field(
        "aes-256-gcm", description="what new values are sealed with; older ones open whatever it says"
    )
    erasure_list: Path | None = Field(
        None,
        description="file that lists erasures for replay after a restore (default: erasures.jsonl in the data folder)",
    )
    evaluator: Literal["auto", "durable", "python"] = Field("auto", description="rule evaluator")
    matcher: Literal["auto", "daachorse", "pyahocorasick"] = Field("auto", description="word matching engine")
    sample_bp: int = Field(100, ge=0, le=10_000, description="share of evaluations checked by the other evaluator, bp")
    rule_approval: Literal["off", "required"] | None = Field(
        None, description="second person for rules that block, hold or move money (default: required in production)"
    )
    second_factor: Literal["optional", "required"] | None = Field(
        None, description="six digits from a device at sign-in (default: required in production)"
    )
    rule_trip_bp: int = Field(
        5_000, ge=1, le=10_000, description="a hard rule without a band is tripped above this firing rate, bp"
    )
    rule_trip_min_evaluations: int = Field(500, ge=1, description="… once it was evaluated so often within an hour")
    poll_s: float = Field(0.25, gt=0, le=2, description="how often a process looks for an activated snapshot, seconds")
    max_body_bytes: int = Field(8 * 2**20, ge=65_536, le=2**28, description="largest request body, bytes")
    trusted_hosts: str = Field("", description="comma-separated host names to answer to; empty: any")
    session_hours: int = Field(12, ge=1, le=168, description="how long an officer stays signed in")
    secure_cookies: bool = Field(False, description="mark cookies Secure (needs https); always on in production")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="least severe log level")
    reviewer_url: str | None = Field(None, description="remote reviewer that media and texts are sent to")
    reviewer_token: SecretStr | None = Field(None, description="bearer token for the remote reviewer")
    reviewer_sees: Literal["media", "all"] = Field("media", description="which contents the remote reviewer gets")
    reviewers: SecretStr | None = Field(None, description="settings of the reviewers as YAML, a section each")
    unreviewed_media: Literal["review", "ignore"] = Field(
        "review", description="media that no reviewer looks at: to a person, or judged by its texts alone"
    )
    review_sla_minutes: int = Field(120, ge=1, description="a case of a reviewed content is due after this, minutes")
    block_sla_minutes: int = Field(1440, ge=1, description="a case of a blocked content is due after this, minutes")
    audit_origin: str = Field(
        "weiheng/audit",
        pattern=r"^[A-Za-z0-9._/:-]{1,128}$",
        description="name of this deployment's audit log, in its checkpoints; like a URL without its scheme",
    )
    audit_key: SecretStr | None = Field(
        None, description="signs the audit log's checkpoints: 32 bytes in base64 (default: derived from SECRET_KEY)"
    )
    audit_old_keys: str = Field("", description="public keys that signed earlier checkpoints, comma-separated")
    audit_copies_dir: Path | None = Field(
        None,
        description="folder for copies of checkpoints, best on another machine (default: audit in the data folder)",
    )
    outbox_allow_private: bool = Field(
        False, description="allow webhooks and calls to platforms to go to loopback and private addresses"
    )
    platform_accounts: SecretStr | None = Field(
        None, description="accounts at WeChat Pay and 微信小店 with their keys, as YAML"
    )
    inbound_keep_days: int = Field(
        30, ge=1, le=3650, description="how long bodies of worked inbound messages are kept, days"
    )

    @field_validator("data_dir", "cache_dir", "rules_dir", "wordlists_dir", "audit_copies_dir", "wordlist_sources")
    @classmethod
    def _absolute(cls, path: Path | None) -> Path | None:
        return path and path.expanduser().absolute()

    @field_validator("secret_key")
    @classmethod
    def _long_enough(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and len(value.get_secret_value()) < 32:  # noqa: PLR2004 - said in the message
            raise ValueError("at least 32 characters")
        return value

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not value.get_secret_value().startswith(_DATABASES):
            raise ValueError("expected sqlite:///path or postgresql://…")
        return value

    @property
    def cache(self) -> Path:
        """The folder for what can be made again."""
        return self.cache_dir or self.data_dir / "cache"

    @property
    def url(self) -> str:
        """The database's URL, embedded default included."""
        if self.database_url is not None:
            return self.database_url.get_secret_value()
        return f"sqlite:///{self.data_dir / 'weiheng.db'}"

    @property
    def erasure_file(self) -> Path:
        """Where erasures are listed."""
        return (self.erasure_list or self.data_dir / "erasures.jsonl").expanduser().absolute()

    @property
    def is_sqlite(self) -> bool:
        """Whether the embedded database is used: one process only."""
        return self.url.startswith("sqlite")

    @property
    def watches(self) -> bool:
        """Whether this deployment publishes changed folders by itself."""
        return self.is_sqlite if self.watch is None else self.watch

    @property
    def needs_rule_approval(self) -> bool:
        """Whether a rule that blocks, holds or moves money waits for a second person before it changes."""
        wanted = self.rule_approval or ("required" if self.env is Env.PRODUCTION else "off")
        return wanted == "required"

    @property
    def needs_second_factor(self) -> bool:
        """Whether an officer without a second factor has to set one up before anything else."""
        return (self.second_factor or ("required" if self.env is Env.PRODUCTION else "optional")) == "required"

    @property
    def base_url(self) -> str:
        """Where people reach this service, without a trailing slash."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Settings from an environment.

    Raises:
        SettingsError: naming every wrong, unknown or unreadable setting at once.
    """
    values: dict[str, Any] = {}
    unread: set[str] = set()
    problems: list[Problem] = []
    for name, value in sorted(environ.items()):
        if not name.startswith(PREFIX) or name in _FOREIGN:
            continue
        field = name.removeprefix(PREFIX).lower()
        if field.endswith("_file") and field.removesuffix("_file") in Settings.model_fields:
            field = field.removesuffix("_file")
            if f"{PREFIX}{field.upper()}" in environ:
                problems.append(Problem(name, f"{PREFIX}{field.upper()} is set too", "one of the two"))
            content = _read(name, value, problems)
            if content is None:
                unread.add(field)
                continue
            value = content  # noqa: PLW2901 - the file stands for the value
        if field not in Settings.model_fields:
            near = difflib.get_close_matches(field, Settings.model_fields, 1)
            problems.append(Problem(name, "no such setting", f"{PREFIX}{near[0].upper()}?" if near else "a known name"))
        else:
            values[field] = value
    settings = _build(values, problems)
    problems += _contradictions(values if settings is None else settings.model_dump(), unread)
    if problems or settings is None:
        raise SettingsError("the settings are wrong", problems=problems)
    return settings


def masked(settings: Settings) -> dict[str, str]:
    """Settings as text for people, secrets masked."""
    return {
        f"{PREFIX}{name.upper()}": "••••••" if name in _SECRET_NAMES and value is not None else str(value)
        for name, value in ((name, getattr(settings, name)) for name in Settings.model_fields)
    }


def _read(name: str, path: str, problems: list[Problem]) -> str | None:
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        problems.append(Problem(name, f"cannot be read: {error}", "a readable UTF-8 file"))
        return None


def _build(values: dict[str, Any], problems: list[Problem]) -> Settings | None:
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        problems += [
            Problem(
                f"{PREFIX}{str(entry['loc'][0]).upper()}", entry["msg"], str(entry.get("ctx", {}).get("expected", ""))
            )
            for entry in error.errors(include_input=False, include_url=False)
        ]
        return None


def _contradictions(values: Mapping[str, Any], unread: set[str]) -> list[Problem]:
    """What does not go together, also while single values are wrong, so that everything is named at once."""
    problems = sign_in_problems(values, PREFIX)
    database_url = values.get("database_url")
    url = database_url.get_secret_value() if isinstance(database_url, SecretStr) else database_url
    if (url is None or str(url).startswith("sqlite")) and str(values.get("processes", 1)) not in {"", "1"}:
        problems.append(Problem("WEIHENG_PROCESSES", "SQLite serves one process", "1, or a PostgreSQL DATABASE_URL"))
    if values.get("env") == Env.PRODUCTION:
        problems += [
            Problem(f"{PREFIX}{name.upper()}", "must be set in production", "a secret of your own")
            for name in ("secret_key", "vault_keys")
            if values.get(name) is None and name not in unread
        ]
    return problems
