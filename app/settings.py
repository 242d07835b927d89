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
from app.limit_settings import LimitSettings
from app.quality_settings import QualitySettings
from app.sign_in_settings import SignInSettings, sign_in_problems

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


class Settings(LimitSettings, SignInSettings, QualitySettings):
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
    wordlist_sources: Path | None = Field(None, description="YAML file with further sources of wordlists")
    wordlist_refresh_minutes: int = Field(
        50, ge=0, le=59, description="how often wordlists are refreshed, minutes; 0: only from outside (cron)"
    )
    wordlist_stale_s: int = Field(3_600, ge=60, description="wordlists not checked for so long are stale, seconds")
    wordlist_expired_s: int = Field(7_200, ge=60, description="… and after this nothing passes by itself, seconds")
    stale_wordlists: Literal["pending", "alarm"] = Field(
        "pending", description="what would pass by stale wordlists: waits until they are fresh, or only an alarm"
    )
    wordlist_change_bp: int = Field(
        2_000, ge=0, le=10_000, description="a list that changes by more than this share waits for a person, bp"
    )
    wordlist_new_blocks_bp: int = Field(
        50, ge=0, le=10_000, description="more newly blocked contents in the canary than this wait for a person, bp"
    )
    wordlist_canary: int = Field(10_000, ge=0, le=100_000, description="stored screenings a refresh is tried on")
    wordlist_timeout_s: float = Field(30, gt=0, le=300, description="time for one file of a source, seconds")
    wordlist_max_bytes: int = Field(16 * 2**20, ge=1_024, le=2**25, description="largest file of a source, bytes")
    wordlist_allow_private: bool = Field(False, description="allow sources at loopback and private addresses")
    urgent_confirm_minutes: int = Field(
        60,
        ge=1,
        le=1_440,
        description="an urgent word is withdrawn unless a second person confirms it in time, minutes",
    )
    payout_channel: str = Field("dry_run", description="how claims are paid: a file of app/money/channels")
    payout_confirm: Literal["platform", "own"] | None = Field(
        None, description="ask the platform again before paying, or go by own records (default: own in a dry run)"
    )
    fund_floor_fen: int = Field(1_000_000, ge=0, description="what has to stay in the fund, fen")
    fund_single_cap_fen: int = Field(50_000, ge=0, description="largest claim paid without a person, fen")
    fund_daily_cap_fen: int = Field(5_000_000, ge=0, description="most that leaves on a day without a person, fen")
    fund_two_person_fen: int = Field(500_000, ge=0, description="a claim above this needs two persons, fen")
    fund_order_cap_bp: int = Field(
        10_000, ge=0, le=100_000, description="most an order is given, of what was paid for it, bp"
    )
    fund_settling_hours: int = Field(24, ge=0, le=720, description="a claim waits so long before money leaves")
    fund_retry_hours: int = Field(6, ge=1, le=168, description="a payout that may be tried again waits so long")
    fund_bill_other_kinds: str = Field("", description="业务类型 on the bill that are none of the fund's, with commas")
    fund_claims_in_30_days: int = Field(
        3, ge=1, description="a buyer with more claims than this in 30 days is looked at by a person"
    )
    payout_wechat_url: str = Field("https://api.mch.weixin.qq.com", description="WeChat Pay's address")
    payout_wechat_mchid: str | None = Field(None, description="merchant number that pays compensation")
    payout_wechat_serial: str | None = Field(None, description="serial number of the merchant's certificate")
    payout_wechat_private_key: SecretStr | None = Field(None, description="the merchant's private key, PEM")
    payout_wechat_platform_key: SecretStr | None = Field(
        None, description="the platform's certificate or public key, PEM"
    )
    payout_wechat_platform_serial: str | None = Field(None, description="its serial number or PUB_KEY_ID_…")
    payout_wechat_scene_id: str | None = Field(None, description="transfer scene granted by the platform")
    payout_wechat_bill_account: Literal["BASIC", "OPERATION", "FEES"] = Field(
        "BASIC", description="whose fund bill (资金账单) is matched: the account that pays compensation"
    )
    outbox_allow_private: bool = Field(
        False, description="allow webhooks and calls to platforms to go to loopback and private addresses"
    )
    platform_accounts: SecretStr | None = Field(
        None, description="accounts at WeChat Pay and 微信小店 with their keys, as YAML"
    )
    case_clocks: str = Field(
        "",
        description="minutes until cases are due by queue and severity, `senior=240,content:5=30`; else the two SLAs",
    )
    case_hours: str = Field("00:00-24:00", description="hours of a day in which these clocks run, China's time")
    case_weekdays: str = Field("1-7", description="days of the week on which they run, 1 is Monday")
    case_holidays: str = Field("", description="days on which they stand, `2026-10-01..2026-10-08,2027-01-01`")
    case_workdays: str = Field("", description="days that are worked although weekend or holiday (调休)")
    claim_minutes: int = Field(15, ge=1, le=480, description="a case an officer took goes back after this, minutes")
    four_eyes_categories: str = Field("", description="categories whose cases need two officers, comma-separated")
    grey_categories: str = Field("live_vulgarity,minors", description="their images are without colour, too, at first")
    four_eyes_fen: int = Field(50_000, ge=1, description="a case about this much money or more needs two officers, fen")
    bulk_undo_s: int = Field(60, ge=5, le=600, description="a bulk decision can be taken back for so long, seconds")
    near_duplicate_bp: int = Field(
        8_000, ge=5_000, le=10_000, description="texts alike to this share join one case; 10000: only equal ones, bp"
    )
    precedent_days: int = Field(
        30, ge=0, le=365, description="how long a decision counts for the same text in its shop, days; 0: never"
    )
    strike_days: int = Field(90, ge=1, le=1_096, description="how long a strike against a shop or author counts, days")
    penalty_ladder: str = Field(
        "3=warned,6=limited,9=suspended,12=closed",
        description="strike points from which a shop or author stands on each step, lowest first",
    )
    appeal_link_days: int = Field(15, ge=1, le=90, description="how long a merchant's link to contest works, days")
    appeal_answer_minutes: int = Field(4_320, ge=1, description="an appeal is due after this, minutes")
    appeal_file_bytes: int = Field(5 * 2**20, ge=1_024, le=2**25, description="largest file of an appeal, bytes")
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
