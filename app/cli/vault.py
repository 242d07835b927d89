"""``weiheng vault``: keys, erasures, legal holds and retention. Who reaches it reaches the database and the keys."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

import click

from app.cli.free_text import FREE_TEXT
from app.cli.opened import opened_parts
from app.errors import Conflict
from app.flows.erase_person import erase_person
from app.flows.hold_records import place_hold, release_hold
from app.flows.prune_records import prune_records
from app.flows.replay_erasures import genuine_lines, replay_erasures, stored_lines
from app.flows.rotate_keys import begin_rotation, rotate_batch
from app.flows.set_retention import set_retention
from app.flows.vault_status import vault_status
from app.settings import Env
from app.values.access import Caller
from app.vault import holds, retention
from app.vault.stored_keys import add_version

_CLI = Caller("cli", "cli", frozenset(), None)
_REASON = click.option("--reason", type=FREE_TEXT, required=True, help="Why; it stands in the audit rows.")


@click.group("vault")
def vault() -> None:
    """Personal data: keys, erasures, legal holds, retention."""


@vault.command("status")
def status() -> None:
    """Print keys and their versions, what a rotation has left, people, open requests and holds."""
    with opened_parts() as parts:
        for name, value in vault_status(parts, now=parts.now()).items():
            click.echo(f"{name}: {value}")


@vault.command("new-key")
def new_key() -> None:
    """Add a key-encryption key to the key file of the data folder; restart the service, then rotate.

    Keys that come from WEIHENG_VAULT_KEYS or a key-management service are added there.
    """
    with opened_parts() as parts:
        settings = parts.settings
        if settings.vault_keys is not None or settings.env is Env.PRODUCTION:
            raise Conflict("the keys come from WEIHENG_VAULT_KEYS: add a version there, as `2:base64 of 32 bytes`")
        version = add_version(settings.data_dir / "keys.json")
    click.echo(f"key-encryption key {version} added; back up the key file, restart the service, then rotate")


@vault.command("rotate")
@click.option("--persons", is_flag=True, help="Also replace every person's own key and the key of blind indexes.")
@click.option("--batch", type=click.IntRange(1, 10_000), default=200, help="Rows in one transaction. Default: 200.")
def rotate(*, persons: bool, batch: int) -> None:
    """Wrap every key by the newest key-encryption key; beside a running service, and again after an interruption."""
    with opened_parts() as parts:
        left = begin_rotation(parts, persons=persons, by="cli", now=parts.now())
        click.echo(f"left: {left.to_rewrap} to wrap again, {left.to_renew} to replace")
        while left.total:
            left = rotate_batch(parts, limit=batch, now=parts.now())
            click.echo(f"left: {left.to_rewrap} to wrap again, {left.to_renew} to replace")
        newest = parts.people.keys.newest_version
    click.echo(f"done: every key is wrapped by key-encryption key {newest}; older ones may be taken away")


@vault.command("erase")
@click.argument("person")
@_REASON
def erase(person: str, reason: str) -> None:
    """Erase a person (`buyer:o-88`) and print the certificate."""
    with opened_parts() as parts:
        signed = erase_person(parts, person, reason=reason, caller=_CLI, now=parts.now())
    certified = signed.certificate
    kept = ", ".join(f"{each['field']} until {each['until'][:10]}" for each in certified["kept"])
    click.echo(f"{certified['values_erased']} values erased, {len(certified['keys_shredded'])} keys shredded")
    click.echo(f"kept by law: {kept or 'nothing'}")
    click.echo(f"{signed.digest}  {signed.signature}")


@vault.command("erasures")
def erasures() -> None:
    """Print the erasure list, one certificate a line, as `replay-erasures` reads it."""
    with opened_parts() as parts, parts.db.read() as session:
        for line in stored_lines(session):
            click.echo(line.decode())


@vault.command("replay-erasures")
@click.argument("file", type=click.File("rb"))
def replay(file: BinaryIO) -> None:
    """After a restore: erase again everybody on the list whose erasure the restored database does not know."""
    with opened_parts() as parts:
        replayed, known = replay_erasures(parts, file, by="cli", now=parts.now())
    click.echo(f"{replayed} erased again, {known} known already")


@vault.command("hold")
@click.argument("object_type", type=click.Choice(holds.TYPES))
@click.argument("object_id")
@click.option("--owner", required=True, help="Who answers for the hold.")
@click.option("--until", required=True, type=click.DateTime(["%Y-%m-%d"]), help="The first day it holds no more (UTC).")
@_REASON
def hold(object_type: str, object_id: str, owner: str, until: datetime, reason: str) -> None:
    """Keep an object from being pruned or erased, whatever the schedule or its person say."""
    with opened_parts() as parts:
        placed = place_hold(
            parts,
            object_type=object_type,
            object_id=object_id,
            reason=reason,
            owner=owner,
            ends_at=until.replace(tzinfo=UTC),
            caller=_CLI,
            now=parts.now(),
        )
    click.echo(placed.id)


@vault.command("release")
@click.argument("hold_id")
@_REASON
def release(hold_id: str, reason: str) -> None:
    """End a hold before its time."""
    with opened_parts() as parts:
        ended = release_hold(parts, hold_id, reason=reason, caller=_CLI, now=parts.now())
    click.echo(f"released: {ended.object_type} {ended.object_id}")


@vault.command("holds")
@click.option("--all", "everything", is_flag=True, help="Also those that have ended.")
def list_holds(*, everything: bool) -> None:
    """Print the newest 200 holds."""
    with opened_parts() as parts, parts.db.read() as session:
        for each in holds.listed(session, now=parts.now(), only_active=not everything, limit=200):
            over = f"  released by {each.released_by}" if each.released_at else ""
            until = each.ends_at.date()
            what = f"{each.object_type} {each.object_id}"
            click.echo(f"{each.id}  {what}  {each.owner}  until {until}{over}  {each.reason}")


@vault.command("retention")
@click.argument("kind", required=False)
@click.option("--days", type=click.IntRange(1, retention.DAYS_MAX), help="Keep this kind for so many days.")
@click.option("--reason", type=FREE_TEXT, help="Why; needed with --days.")
def retention_schedule(kind: str | None, days: int | None, reason: str | None) -> None:
    """Print how long each kind of record is kept, or change one."""
    with opened_parts() as parts:
        if kind is not None and days is not None:
            set_retention(parts, kind, days=days, reason=reason or "", caller=_CLI, now=parts.now())
        with parts.db.read() as session:
            for period in retention.periods(session):
                own = period.kind
                changed = f"  ({period.changed.set_by}: {period.changed.reason})" if period.changed else ""
                click.echo(f"{own.name}  {period.days} days  {own.title}  {own.basis}{changed}")


@vault.command("prune")
def prune() -> None:
    """Remove what is kept no longer now, instead of waiting for the night."""
    with opened_parts() as parts:
        for name, removed in prune_records(parts, now=parts.now()).removed.items():
            click.echo(f"{name}: {removed}")


@vault.command("verify-certificate")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def verify(file: Path) -> None:
    """Say of each line of an erasure list whether it is a certificate of this service."""
    with opened_parts() as parts:
        found = genuine_lines(parts, file.read_bytes().splitlines())
    for number, is_genuine in found:
        click.echo(f"line {number}: {'genuine' if is_genuine else 'NOT genuine'}")
    if not all(is_genuine for _, is_genuine in found):
        sys.exit(1)
