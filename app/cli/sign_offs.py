"""``weiheng rules unsigned`` and ``weiheng rules sign-off``: what nobody answers for yet, and the register."""

from __future__ import annotations

import json
from datetime import date, datetime

import click

from app import sign_offs
from app.cli.free_text import FREE_TEXT
from app.cli.opened import opened_parts
from app.errors import Forbidden
from app.flows.parts import Parts
from app.flows.sign_off_rules import ask_sign_off, decide_sign_off, unsigned_today, withdraw_sign_off
from app.officers import find_officer
from app.sign_offs import Asked, Entry
from app.values.access import Caller, Role
from app.values.sign_off import ObjectType, written

_AUTHORS = (Role.RULE_AUTHOR, Role.RULE_APPROVER, Role.ADMIN)
_APPROVERS = (Role.RULE_APPROVER, Role.ADMIN)
_DAY = click.DateTime(["%Y-%m-%d"])
_BY = click.option("--by", required=True, help="User name of the officer who does this.")
_REASON = click.option("--reason", type=FREE_TEXT, required=True, help="Why; it stands in the audit rows.")


@click.command("unsigned")
def list_unsigned() -> None:
    """What the rules in force rest on and no sign-off of today covers; these rules act as reviews."""
    with opened_parts() as parts:
        found = unsigned_today(parts, now=parts.now())
    for each in found:
        need, rules = each.need, ", ".join(rule.id for rule in each.rules)
        what = f"{need.object_type} {need.pack}.{need.name} = {written(need.value)}" if need.object_type else "–"
        click.echo(f"{what}  {need.told}  ({rules})")
    if not found:
        click.echo("nothing is unsigned")


@click.group("sign-off")
def sign_off() -> None:
    """Who answers for a number or a rule that nothing public vouches for."""


@sign_off.command("ask")
@click.argument("object_type", type=click.Choice(["parameter", "rule"]))
@click.argument("name", metavar="PACK.NAME")
@click.option("--value", help="The parameter's value as JSON, as it is today. A rule is signed as it is worded.")
@click.option("--basis", type=FREE_TEXT, required=True, help="The document it rests on.")
@click.option("--signed-by", type=FREE_TEXT, required=True, help="Who signed that document.")
@click.option("--from", "valid_from", required=True, type=_DAY, help="First day in China.")
@click.option("--to", "valid_to", type=_DAY, help="Last day in China. Default: until withdrawn.")
@_REASON
@_BY
def ask(
    object_type: str,
    name: str,
    value: str | None,
    basis: str,
    signed_by: str,
    valid_from: datetime,
    valid_to: datetime | None,
    reason: str,
    by: str,
) -> None:
    """Ask for a sign-off of a parameter's value or of a rule; another officer approves it."""
    pack, _, own = name.partition(".")
    until: date | None = valid_to.date() if valid_to else None
    object_: ObjectType = "rule" if object_type == "rule" else "parameter"
    asked = Asked(object_, pack, own, _json(value), basis, signed_by, valid_from.date(), until)
    with opened_parts() as parts:
        _say(ask_sign_off(parts, asked, reason=reason, by=_officer(parts, by, _AUTHORS), now=parts.now()))


@sign_off.command("list")
def list_sign_offs() -> None:
    """Print the newest 200 sign-offs, newest first."""
    with opened_parts() as parts, parts.db.read() as session:
        for entry in sign_offs.listed(session, limit=200):
            _say(entry)


@sign_off.command("approve")
@click.argument("sign_off_id")
@_REASON
@_BY
def approve(sign_off_id: str, reason: str, by: str) -> None:
    """Approve what another officer asked for. Running services go by it within two seconds."""
    _decide(sign_off_id, approve=True, reason=reason, by=by)


@sign_off.command("refuse")
@click.argument("sign_off_id")
@_REASON
@_BY
def refuse(sign_off_id: str, reason: str, by: str) -> None:
    """Refuse what another officer asked for."""
    _decide(sign_off_id, approve=False, reason=reason, by=by)


@sign_off.command("withdraw")
@click.argument("sign_off_id")
@_REASON
@_BY
def withdraw(sign_off_id: str, reason: str, by: str) -> None:
    """End a sign-off. What rested on it acts as a review again within two seconds."""
    with opened_parts() as parts:
        officer = _officer(parts, by, _AUTHORS)
        _say(withdraw_sign_off(parts, sign_off_id, reason=reason, by=officer, now=parts.now()))


def _decide(sign_off_id: str, *, approve: bool, reason: str, by: str) -> None:
    with opened_parts() as parts:
        officer = _officer(parts, by, _APPROVERS)
        _say(decide_sign_off(parts, sign_off_id, approve=approve, reason=reason, by=officer, now=parts.now()))


def _officer(parts: Parts, username: str, roles: tuple[Role, ...]) -> Caller:
    """The officer who acts; whoever reaches this command line reaches the database, so no password is asked."""
    with parts.db.read() as session:
        found = find_officer(session, username)
    if found is None or found.disabled_at is not None or not set(found.roles) & set(roles):
        raise Forbidden(f"there is no officer {username} with one of the roles {', '.join(roles)}")
    shops = None if found.shop_ids is None else frozenset(found.shop_ids)
    return Caller(found.id, f"officer:{found.username}", frozenset(found.roles), shops)


def _json(value: str | None) -> object:
    if value is None:
        return None
    try:
        return json.loads(value)
    except json.JSONDecodeError as error:
        raise click.BadParameter(f"{value!r} is no JSON; a text stands in quotes", param_hint="--value") from error


def _say(entry: Entry) -> None:
    row = entry.row
    days = f"{row.valid_from} – {row.valid_to or '…'}"
    value = f" = {written(row.value)}"
    click.echo(f"{row.id}  {entry.state}  {row.object_type} {row.pack}.{row.name}{value}  {days}  {row.signed_by}")
