"""``weiheng dead-letters``: work that needs a person because its attempts are used up."""

from __future__ import annotations

import sys

import click
from rich.console import Console
from rich.table import Table

from app.cli.acting import FINANCE, acting
from app.cli.free_text import FREE_TEXT
from app.cli.opened import opened_parts
from app.flows.dead_letters import ALL, OUTCOMES, discard_letter, retry_letter
from app.flows.dead_letters import dead_letters as find

_BY = click.option("--by", required=True, help="User name of the officer who does this.")
_REASON = click.option("--reason", type=FREE_TEXT, required=True, help="Why; it stands in the audit rows.")


@click.group("dead-letters")
def dead_letters() -> None:
    """Inbound messages, questions to platforms, payouts and webhooks that need a person."""


@dead_letters.command("list")
@click.option("--kind", type=click.Choice(ALL), help="Only this kind of work.")
def list_letters(kind: str | None) -> None:
    """Print up to 200, oldest first. Exit code 1 when there is any."""
    with opened_parts() as parts, parts.db.read() as session:
        letters = find(session, kinds=[kind] if kind else ALL)
    table = Table("id", "kind", "of", "what", "failed_at", "error")
    for each in letters:
        of = f"{each['provider']} {each['account']}"
        table.add_row(each["id"], each["kind"], of, each["what"], str(each["failed_at"]), each["error"] or "")
    Console(width=None if sys.stdout.isatty() else 240).print(table)
    sys.exit(1 if letters else 0)


@dead_letters.command("replay")
@click.argument("letter_id")
@_REASON
@_BY
def replay(letter_id: str, reason: str, by: str) -> None:
    """Have one worked again with all its attempts."""
    with opened_parts() as parts:
        officer = acting(parts, by, FINANCE)
        said = retry_letter(parts, letter_id, by=officer.name, now=parts.now(), kinds=ALL, reason=reason)
    click.echo(f"{said['id']} {said['state']}")


@dead_letters.command("discard")
@click.argument("letter_id")
@click.option("--outcome", type=click.Choice(OUTCOMES), help="Of a payout: what became of the money.")
@_REASON
@_BY
def discard(letter_id: str, outcome: str | None, reason: str, by: str) -> None:
    """Put one away for good; a payout needs --outcome, because the ledger has to know."""
    with opened_parts() as parts:
        officer = acting(parts, by, FINANCE)
        said = discard_letter(parts, letter_id, reason=reason, outcome=outcome, by=officer.name, now=parts.now())
    click.echo(f"{said['id']} {said['state']}")
