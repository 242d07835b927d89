"""``weiheng providers``: rate them now, list them, print them as a file, take lapsed badges away."""

from __future__ import annotations

import click

from app.cli.opened import opened_parts
from app.flows.follow_snapshots import follow_once
from app.flows.rate_providers import rate_providers
from app.flows.watch_badges import watch_badges
from app.providers import register
from app.values.access import SYSTEM
from app.values.china_days import CHINA

STATES = {"held": "待确认", "in_force": "已生效", "refused": "未通过", "revoked": "已撤销"}
_SHOP = click.option("--shop", help="Only this shop's providers.")


@click.group()
def providers() -> None:
    """Service providers, their ratings and badges."""


@providers.command("rate")
@_SHOP
def rate(shop: str | None) -> None:
    """Rate the providers now; the nightly run does the same. What changed nothing since the last rating is left out."""
    with opened_parts() as parts:
        follow_once(parts)
        now = parts.now()
        occasion = f"cli:{now.astimezone(CHINA):%Y-%m-%dT%H:%M:%S}"
        made = rate_providers(parts, by="cli", now=now, shop_id=shop, occasion=occasion)
    for row in made:
        held = f"（{row.held_by}）" if row.held_by else ""
        click.echo(f"{row.shop_id}  {row.provider_id}  {row.grade or '–'}  {STATES[row.state]}{held}  {row.reason}")
    if not made:
        click.echo("没有新的评级：自上次评级以来没有变化，或没有服务单")


@providers.command("badges")
def check_badges() -> None:
    """Take away the badges whose conditions are gone; the hourly run does the same."""
    with opened_parts() as parts:
        follow_once(parts)
        taken = watch_badges(parts, now=parts.now())
    for row in taken:
        click.echo(f"{row.shop_id}  {row.provider_id}  {row.withdrawn_why}")
    if not taken:
        click.echo("所有优选标识仍符合条件")


@providers.command("list")
@_SHOP
@click.option("--csv", "as_csv", is_flag=True, help="As CSV, for a spreadsheet.")
def list_(shop: str | None, *, as_csv: bool) -> None:
    """Print every provider with its rating and badge."""
    with opened_parts() as parts, parts.db.read() as session:
        found = register.listed(session, caller=SYSTEM, shop_id=shop)
        if as_csv:
            for line in register.as_csv(found):
                click.echo(line, nl=False)
            return
        for each in found:
            grade = "未评级" if each.rating is None else f"{each.rating.grade} 级 {each.rating.score} 分"
            badge = "  优选" if each.badge else ""
            click.echo(f"{each.row.shop_id}  {each.row.subject}  {each.row.name or ''}  {grade}{badge}")
