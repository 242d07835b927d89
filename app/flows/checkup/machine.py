"""The machine and the settings: what production needs beside what the start already refuses, disk, folders, keys."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy.orm import Session

from app.errors import AppError
from app.flows.parts import Parts
from app.settings import Env, Settings
from app.values.finding import Finding, fail, ok, warn

_GIB = 2**30
_FREE_WARN, _FREE_FAIL = 5 * _GIB, _GIB


def check_settings(settings: Settings) -> Iterator[Finding]:
    """What a deployment that people rely on has set."""
    is_production = settings.env is Env.PRODUCTION
    told = "production" if is_production else "development: secrets are made up, no second person is asked for"
    yield ok("environment", told) if is_production else warn("environment", told, "set WEIHENG_ENV=production")
    lacking = [
        name
        for name, is_missing in (
            ("WEIHENG_PUBLIC_URL", settings.public_url is None),
            ("WEIHENG_TRUSTED_HOSTS", not settings.trusted_hosts),
            ("WEIHENG_AUDIT_COPIES_DIR", settings.audit_copies_dir is None),
            ("WEIHENG_RATE_PER_MINUTE", not settings.rate_per_minute),
        )
        if is_missing and is_production
    ]
    if lacking:
        yield warn("settings", f"not set: {', '.join(lacking)}", "see docs/reference/settings.md")
    else:
        yield ok("settings", "nothing is missing")
    if is_production and not (settings.public_url or "https:").startswith("https:"):
        yield warn("https", f"people reach the console by {settings.public_url}", "put a proxy in front that ends TLS")
    if is_production and settings.payout_channel == "dry_run":
        yield warn("payouts", "claims are paid in a dry run only", "set WEIHENG_PAYOUT_CHANNEL when money is to move")


def check_machine(settings: Settings) -> Iterator[Finding]:
    """Folders that are written to, and what is left on their disk."""
    for check, folder in (("data folder", settings.data_dir), ("cache folder", settings.cache)):
        existing = next(path for path in (folder, *folder.parents) if path.exists())
        if not os.access(existing, os.W_OK | os.X_OK):
            yield fail(
                check, f"{folder} cannot be written", f"give it to the user who runs the service (chown {folder})"
            )
        else:
            yield ok(check, str(folder))
    yield disk(settings.data_dir, free=None)


def disk(folder: Path, *, free: int | None) -> Finding:
    """How much is left where the data folder is; ``free`` in bytes, measured when not given."""
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    left = shutil.disk_usage(existing).free if free is None else free
    told, todo = f"{left / _GIB:.1f} GiB left", "make room, or move WEIHENG_DATA_DIR to a larger disk"
    if left < _FREE_FAIL:
        return fail("disk", told, todo)
    return warn("disk", told, todo) if left < _FREE_WARN else ok("disk", told)


def check_keys(parts: Parts, session: Session) -> Iterator[Finding]:
    """Whether the keys at hand are those the database was sealed with, and who may read their file."""
    try:
        parts.people.check(session)
    except AppError as error:
        todo = "put back the keys this database was sealed with: docs/how-to/back-up.md; do not let it run with others"
        yield fail("keys", str(error), todo)
    else:
        yield ok("keys", f"version {parts.keyring.newest} wraps new keys; what is sealed opens")
    file = parts.settings.data_dir / "keys.json"
    if file.exists() and file.stat().st_mode & 0o077:
        yield fail("key file", f"{file} can be read by others", f"chmod 600 {file}")
