"""``weiheng claims``: the list, one with its reasons, approving and rejecting."""

from __future__ import annotations

import click

from app.cli.acting import DECIDERS, acting
from app.cli.free_text import FREE_TEXT
from app.cli.opened import opened_parts
from app.flows.decide_claim import GROUNDS, approve_claim, reject_claim
from app.models import Claim
from app.money import claims as listing
from app.money.amounts import yuan
from app.money.causes import CAUSES
from app.money.explain import for_buyer
from app.money.lifecycle import find, steps
from app.values.access import SYSTEM
from app.values.claiming import State

_BY = click.option("--by", required=True, help="User name of the officer who does this.")
_REASON = click.option("--reason", type=FREE_TEXT, required=True, help="Why; it is told to the buyer.")


@click.group()
def claims() -> None:
    """Compensation claims."""


@claims.command("list")
@click.option("--state", type=click.Choice([state.value for state in State]), help="Only claims in this state.")
def list_claims(state: str | None) -> None:
    """Print the newest 200 claims, newest first."""
    with opened_parts() as parts, parts.db.read() as session:
        for claim in listing.listed(session, caller=SYSTEM, state=state, limit=200):
            _say(claim)


@claims.command("show")
@click.argument("claim_id")
def show(claim_id: str) -> None:
    """Print a claim: what the buyer is told, and its life."""
    with opened_parts() as parts, parts.db.read() as session:
        claim = find(session, claim_id, caller=SYSTEM)
        life = steps(session, claim_id)
    _say(claim)
    about = {"cause": claim.cause, "state": claim.state, "order_id": claim.order_id}
    last = life[-1].reason if life else ""
    click.echo(for_buyer(**about, amount_fen=claim.amount_fen, basis=claim.basis, last_reason=last))
    for step in life:
        undid = f"  撤销了 {'、'.join(step.details['undid'])} 的批准" if step.details.get("undid") else ""
        click.echo(f"{step.at.isoformat(timespec='seconds')}  {step.to_state}  {step.actor}  {step.reason}{undid}")


@claims.command("approve")
@click.argument("claim_id")
@click.option("--amount-fen", type=click.IntRange(1, 10**13), help="The amount, where it is to be set or changed.")
@_REASON
@_BY
def approve(claim_id: str, amount_fen: int | None, reason: str, by: str) -> None:
    """Approve a claim; above the higher cap a second officer has to approve it too."""
    with opened_parts() as parts:
        officer = acting(parts, by, DECIDERS)
        _say(approve_claim(parts, claim_id, reason=reason, amount_fen=amount_fen, caller=officer, now=parts.now()))


@claims.command("reject")
@click.argument("claim_id")
@click.option("--ground", type=click.Choice(list(GROUNDS)), required=True, help="The ground; frequency is none.")
@_REASON
@_BY
def reject(claim_id: str, ground: str, reason: str, by: str) -> None:
    """Reject a claim before money is on its way; the buyer may appeal."""
    with opened_parts() as parts:
        officer = acting(parts, by, DECIDERS)
        _say(reject_claim(parts, claim_id, ground=ground, reason=reason, caller=officer, now=parts.now()))


def _say(claim: Claim) -> None:
    waits = f"  等待 {', '.join(claim.waits_for)}" if claim.waits_for else ""
    title = CAUSES[claim.cause].title
    click.echo(f"{claim.id}  {claim.state}  {title}  订单 {claim.order_id}  {yuan(claim.amount_fen)} 元{waits}")
