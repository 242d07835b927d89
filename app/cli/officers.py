"""``weiheng officers``: people of the console. Whoever reaches the command line reaches the database."""

from __future__ import annotations

from datetime import timedelta

import click
from sqlalchemy import select

from app.cli.access import officers
from app.cli.opened import opened_parts
from app.flows import officer_accounts, officer_identities
from app.models import Officer
from app.models.base import ORG
from app.values.access import Role

__all__ = ["officers"]
_ACTOR = "cli"


@officers.command("list")
def list_accounts() -> None:
    """Everybody who has an account."""
    with opened_parts() as parts:
        now = parts.now()
        with parts.db.read() as session:
            found = list(session.scalars(select(Officer).where(Officer.org_id == ORG).order_by(Officer.username)))
    for each in found:
        is_locked = each.locked_until is not None and each.locked_until > now
        state = "disabled" if each.disabled_at else "locked" if is_locked else "active"
        shops = "all shops" if each.shop_ids is None else ",".join(each.shop_ids)
        second = "second factor" if each.totp_since else "password only"
        last = f"{each.signed_in_at:%Y-%m-%d %H:%M}" if each.signed_in_at else "never"
        click.echo(f"{each.username}  {','.join(each.roles)}  {shops}  {state}  {second}  signed in {last}")


@officers.command("rights")
@click.argument("username")
@click.option("--role", "roles", multiple=True, required=True, type=click.Choice([str(role) for role in Role]))
@click.option("--shop", "shops", multiple=True, help="Bind to a shop; may be given several times. Default: all shops.")
def set_rights(username: str, roles: tuple[str, ...], shops: tuple[str, ...]) -> None:
    """Replace an officer's roles and shops."""
    with opened_parts() as parts:
        officer_accounts.set_rights(parts, username, roles=roles, shop_ids=shops or None, by=_ACTOR)
    click.echo(f"{username}: {','.join(sorted(roles))}")


@officers.command("disable")
@click.argument("username")
def disable(username: str) -> None:
    """Let an officer in no more; their sessions end."""
    with opened_parts() as parts:
        officer_accounts.set_disabled(parts, username, is_disabled=True, by=_ACTOR)
    click.echo(f"{username} disabled")


@officers.command("enable")
@click.argument("username")
def enable(username: str) -> None:
    """Let an officer in again."""
    with opened_parts() as parts:
        officer_accounts.set_disabled(parts, username, is_disabled=False, by=_ACTOR)
    click.echo(f"{username} enabled")


@officers.command("unlock")
@click.argument("username")
def unlock(username: str) -> None:
    """End a lock-out before its time."""
    with opened_parts() as parts:
        officer_accounts.unlock(parts, username, by=_ACTOR)
    click.echo(f"{username} unlocked")


@officers.command("reset-password")
@click.argument("username")
def reset_password(username: str) -> None:
    """Make a new password and print it; it must be changed at the first sign-in."""
    with opened_parts() as parts:
        click.echo(officer_accounts.reset_password(parts, username, by=_ACTOR))


@officers.command("reset-second-factor")
@click.argument("username")
def reset_second_factor(username: str) -> None:
    """Take a lost device away; the officer sets up another after signing in."""
    with opened_parts() as parts:
        officer_accounts.take_away_second_factor(parts, username, by=_ACTOR)
    click.echo(f"{username}: the second factor is taken away")


@officers.command("link")
@click.argument("username")
@click.argument("subject")
def link(username: str, subject: str) -> None:
    """Link an officer to who they are at the sign-in service (the number its refused page shows)."""
    with opened_parts() as parts:
        officer_identities.link_officer(parts, username, subject, by=_ACTOR)
    click.echo(f"{username} linked")


@officers.command("unlink")
@click.argument("username")
def unlink(username: str) -> None:
    """Take away an officer's links to sign-in services; their sessions end."""
    with opened_parts() as parts:
        count = officer_identities.unlink_officer(parts, username, by=_ACTOR)
    click.echo(f"{username}: {count} taken away")


@officers.command("break-glass")
@click.argument("username")
@click.option("--minutes", type=click.IntRange(1, 60), default=10, show_default=True, help="How long the link works.")
def break_glass(username: str, minutes: int) -> None:
    """Print a link that signs an officer in once, whatever the sign-in service and passwords say; audited."""
    with opened_parts() as parts:
        lives = timedelta(minutes=minutes)
        secret = officer_identities.make_link(parts, username, lives=lives, by=_ACTOR)
        click.echo(f"{parts.settings.base_url}/console/sign-in/once/{secret}")
