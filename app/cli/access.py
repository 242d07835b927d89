"""``weiheng api-key`` and ``weiheng officers``: who may use the service."""

from __future__ import annotations

import secrets
import sys
from datetime import timedelta

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import access, audit
from app.cli.free_text import FREE_TEXT
from app.cli.opened import opened_parts
from app.models import ApiKey
from app.officers import create_officer
from app.values.access import Role, Scope

_ACTOR = "cli"


@click.group("api-key")
def api_key() -> None:
    """Keys of machines."""


@api_key.command("create")
@click.argument("name")
@click.option("--scope", "scopes", multiple=True, required=True, type=click.Choice([str(scope) for scope in Scope]))
@click.option("--shop", "shops", multiple=True, help="Bind to a shop; may be given several times. Default: all shops.")
@click.option("--days", type=click.IntRange(1, 3650), help="Expires after this many days. Default: never.")
@click.option(
    "--rate",
    type=click.IntRange(0, 10_000_000),
    help="Requests a minute, 0 for no limit. Default: as the settings say.",
)
def create_key(name: str, scopes: tuple[str, ...], shops: tuple[str, ...], days: int | None, rate: int | None) -> None:
    """Make a key and print it, alone. It is shown this once."""
    with opened_parts() as parts:
        now = parts.now()

        def work(session: Session) -> str:
            made = access.create_api_key(
                session,
                name=name,
                scopes=scopes,
                shop_ids=shops or None,
                hash_key=parts.keyring.api_keys,
                now=now,
                expires_at=now + timedelta(days=days) if days else None,
                rate_per_minute=rate,
            )
            details = {"scopes": sorted(scopes), "shops": sorted(shops), "rate_per_minute": rate}
            audit.record(
                session,
                actor=_ACTOR,
                action="api_key.create",
                object_type="api_key",
                object_id=name,
                details=details,
                now=now,
            )
            return made

        click.echo(parts.db.write(work))


@api_key.command("list")
def list_keys() -> None:
    """Print every key's id, name, scopes and state; never the key."""
    with opened_parts() as parts, parts.db.read() as session:
        for row in session.scalars(select(ApiKey).order_by(ApiKey.created_at)):
            is_over = row.expires_at is not None and row.expires_at <= parts.now()
            state = "revoked" if row.revoked_at else "expired" if is_over else "live"
            used = row.last_used_at.isoformat(timespec="minutes") if row.last_used_at else "never"
            shops = ",".join(row.shop_ids) if row.shop_ids is not None else "all shops"
            rate = "" if row.rate_per_minute is None else f"  {row.rate_per_minute or 'no limit'} a minute"
            said = f"{row.id}  {row.prefix}…  {row.name}  {','.join(row.scopes)}  {shops}  {state}  used {used}{rate}"
            click.echo(said)


@api_key.command("rate")
@click.argument("key_id")
@click.argument("per_minute", type=click.IntRange(0, 10_000_000), required=False)
def rate_key(key_id: str, per_minute: int | None) -> None:
    """Give a key a rate of its own (0: no limit), or without a number that of the settings again."""
    with opened_parts() as parts:
        now = parts.now()

        def work(session: Session) -> None:
            row = access.set_rate(session, key_id, per_minute)
            audit.record(
                session,
                actor=_ACTOR,
                action="api_key.rate",
                object_type="api_key",
                object_id=row.name,
                details={"rate_per_minute": per_minute},
                now=now,
            )

        parts.db.write(work)
    click.echo(f"{key_id}: {'as the settings say' if per_minute is None else per_minute or 'no limit'}")


@api_key.command("revoke")
@click.argument("key_id")
def revoke_key(key_id: str) -> None:
    """End a key. Running services refuse it within five seconds."""
    with opened_parts() as parts:
        now = parts.now()

        def work(session: Session) -> None:
            row = access.revoke_api_key(session, key_id, now=now)
            audit.record(
                session, actor=_ACTOR, action="api_key.revoke", object_type="api_key", object_id=row.name, now=now
            )

        parts.db.write(work)
        click.echo(f"revoked {key_id}")


@click.group()
def officers() -> None:
    """People of the console."""


@officers.command("create")
@click.argument("username")
@click.option("--name", "display_name", type=FREE_TEXT, help="Name shown in the console. Default: the user name.")
@click.option("--role", "roles", multiple=True, default=("officer",), type=click.Choice([str(role) for role in Role]))
@click.option("--shop", "shops", multiple=True, help="Bind to a shop; may be given several times. Default: all shops.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input instead of making one.")
def create_account(
    username: str, display_name: str | None, roles: tuple[str, ...], shops: tuple[str, ...], *, password_stdin: bool
) -> None:
    """Add an officer; prints the password when one was made."""
    password = sys.stdin.readline().rstrip("\n") if password_stdin else secrets.token_urlsafe(12)
    with opened_parts() as parts:
        now = parts.now()

        def work(session: Session) -> None:
            create_officer(
                session,
                username=username,
                display_name=display_name or username,
                password=password,
                roles=roles,
                shop_ids=shops or None,
                now=now,
            )
            audit.record(
                session,
                actor=_ACTOR,
                action="officer.create",
                object_type="officer",
                object_id=username,
                details={"roles": sorted(roles), "shops": sorted(shops)},
                now=now,
            )

        parts.db.write(work)
    click.echo(f"officer {username} created" if password_stdin else f"{username} / {password}")
