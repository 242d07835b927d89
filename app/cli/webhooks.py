"""``weiheng webhooks``: endpoints, what was sent to them, sending again, a new secret."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta

import click
from rich.console import Console
from rich.table import Table
from sqlalchemy import select

from app.cli.opened import opened_parts
from app.flows.deliver_outbox import FORMATS, STANDARD, create_endpoint
from app.flows.webhook_upkeep import (
    STATES,
    deliveries,
    find_endpoint,
    rotate_secret,
    send_again,
    send_failed_again,
    take_up_again,
)
from app.models import WebhookEndpoint
from app.outbox.messages import EVENT_TYPES
from app.values.access import Caller

_CLI = Caller("cli", "cli", frozenset(), None)


@click.group("webhooks")
def webhooks() -> None:
    """Who is told of outcomes and alarms, and whether it arrives."""


@webhooks.command("add")
@click.argument("url")
@click.option("--event", "events", multiple=True, required=True, type=click.Choice(EVENT_TYPES), help="What it hears.")
@click.option(
    "--format", "format_", type=click.Choice(FORMATS), default=STANDARD, help="wecom: a 企业微信 group robot."
)
@click.option("--shop", "shops", multiple=True, help="Only of this shop; may be given several times.")
def add(url: str, events: tuple[str, ...], format_: str, shops: tuple[str, ...]) -> None:
    """Add an endpoint and print its id, and its secret, this once."""
    with opened_parts() as parts:
        made, secret = create_endpoint(
            parts,
            url=url,
            event_types=list(dict.fromkeys(events)),
            shop_ids=shops or None,
            caller=_CLI,
            now=parts.now(),
            format_=format_,
        )
    click.echo(f"{made} {secret}" if secret else made)


@webhooks.command("list")
def list_endpoints() -> None:
    """Print endpoints and how their receivers stand. Exit code 1 when one is failing or was given up."""
    with opened_parts() as parts, parts.db.read() as session:
        found = session.scalars(select(WebhookEndpoint).order_by(WebhookEndpoint.created_at)).all()
    table = Table("id", "url", "format", "events", "shops", "state")
    for each in found:
        state = f"disabled: {each.disabled_why}" if each.disabled_at else "well"
        if each.failures and not each.disabled_at:
            state = f"failing since {each.failing_since:%Y-%m-%d %H:%M} ({each.failures})"
        shops = ",".join(each.shop_ids) if each.shop_ids is not None else "all"
        table.add_row(each.id, each.url, each.format, ",".join(each.event_types), shops, state)
    Console(width=None if sys.stdout.isatty() else 240).print(table)
    sys.exit(1 if any(each.failures or "410" in (each.disabled_why or "") for each in found) else 0)


@webhooks.command("deliveries")
@click.argument("endpoint_id")
@click.option("--state", type=click.Choice(STATES), help="Only messages in this state.")
@click.option("--limit", type=click.IntRange(1, 200), default=50, help="Default: 50.")
def show_deliveries(endpoint_id: str, state: str | None, limit: int) -> None:
    """Print an endpoint's messages, newest first, and what came of the last attempt."""
    with opened_parts() as parts, parts.db.read() as session:
        endpoint = find_endpoint(session, endpoint_id, by=_CLI)
        found = deliveries(session, endpoint, state=state, before=None, limit=limit)
    table = Table("message", "type", "state", "created_at", "attempts", "last")
    for each in found:
        last = each.attempts[0] if each.attempts else None
        said = "–" if last is None else f"{last.error or last.http_status} ({last.took_ms} ms)"
        message = each.message
        created = f"{message.created_at:%Y-%m-%d %H:%M:%S}"
        table.add_row(message.id, message.type, message.state, created, str(len(each.attempts)), said)
    Console(width=None if sys.stdout.isatty() else 240).print(table)


@webhooks.command("replay")
@click.argument("endpoint_id")
@click.option("--message", "message_id", help="Only this message, whatever became of it.")
@click.option("--since", type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"]), help="Failed ones since then (UTC).")
def replay(endpoint_id: str, message_id: str | None, since: datetime | None) -> None:
    """Send one message again, or all that failed since an instant."""
    if (message_id is None) is (since is None):
        raise click.UsageError("give --message or --since")
    with opened_parts() as parts:
        now = parts.now()
        if message_id is not None:
            send_again(parts, endpoint_id, message_id, by=_CLI, now=now)
            count = 1
        else:
            assert since is not None, "one of the two is given"
            count = send_failed_again(parts, endpoint_id, since=since.replace(tzinfo=UTC), by=_CLI, now=now)
    click.echo(f"{count} sent again")


@webhooks.command("rotate")
@click.argument("endpoint_id")
@click.option(
    "--overlap-hours", type=click.IntRange(0, 168), default=24, help="How long the old secret signs too. Default: 24."
)
def rotate(endpoint_id: str, overlap_hours: int) -> None:
    """Print a new secret, this once; the old one signs beside it until the overlap ends."""
    with opened_parts() as parts:
        overlap = timedelta(hours=overlap_hours)
        secret, until = rotate_secret(parts, endpoint_id, overlap=overlap, by=_CLI, now=parts.now())
    click.echo(secret)
    click.echo(f"the old secret signs until {until:%Y-%m-%d %H:%M} UTC", err=True)


@webhooks.command("enable")
@click.argument("endpoint_id")
def enable(endpoint_id: str) -> None:
    """Take up an endpoint that was ended or answered 410."""
    with opened_parts() as parts:
        take_up_again(parts, endpoint_id, by=_CLI, now=parts.now())
    click.echo(f"{endpoint_id} enabled")
