"""``weiheng figures``: what the dashboard shows, in the terminal; and counting again."""

from __future__ import annotations

from datetime import datetime, timedelta

import click
import orjson

from app.cli.opened import opened_parts
from app.cli.tiering import instant
from app.figures.meaning import UNITS
from app.flows.count_figures import count_figures, recount_figures
from app.flows.show_figures import TABLES, Wanted, as_csv, figures_report, span_of
from app.money.amounts import yuan
from app.values.access import SYSTEM, Caller, Scope
from app.values.china_days import CHINA

_SHOWN_BY = Caller(SYSTEM.id, SYSTEM.name, frozenset({Scope.CASES}), None)
_FROM = click.option("--from", "from_at", help="An instant with its zone.")
_TO = click.option("--to", "to_at", help="An instant with its zone. Default: now.")


@click.group()
def figures() -> None:
    """看板 · the figures of the dashboard."""


@figures.command("show")
@_FROM
@_TO
@click.option("--step", type=click.Choice(["hour", "day"]), help="Default: by the length.")
@click.option("--shop", help="Of one shop.")
@click.option("--category", help="Of one category.")
@click.option("--rule", help="Of one rule.")
@click.option("--officer", help="Of one officer, as `officer:NAME`.")
@click.option("--csv", "table", type=click.Choice(TABLES), help="One table as CSV.")
@click.option("--json", "as_json", is_flag=True, help="Everything as JSON.")
def show(
    *,
    from_at: str | None,
    to_at: str | None,
    step: str | None,
    shop: str | None,
    category: str | None,
    rule: str | None,
    officer: str | None,
    table: str | None,
    as_json: bool,
) -> None:
    """Print the figures of a span beside those of the span before; by default seven days with today."""
    with opened_parts() as parts:
        now = parts.now()
        count_figures(parts, now=now)
        span = span_of(instant(from_at), instant(to_at), step, now=now)
        wanted = Wanted(shop, category, rule, officer)
        with parts.db.read() as session:
            report = figures_report(session, span, wanted, caller=_SHOWN_BY, now=now)
    if table is not None:
        click.echo(as_csv(report, table), nl=False)
        return
    if as_json:
        click.echo(orjson.dumps(report, option=orjson.OPT_INDENT_2).decode())
        return
    click.echo(f"{_local(span.since)} 至 {_local(span.until)}")
    for name, told in report["totals"].items():
        unit = UNITS.get(name, "bp" if name.endswith("_bp") else "seconds" if name.endswith("_seconds") else "count")
        click.echo(f"  {name:24} {_shown(told['value'], unit):>14}  上期 {_shown(told['before'], unit)}")


@figures.command("rebuild")
@click.option("--from", "from_at", required=True, help="An instant with its zone.")
@_TO
def rebuild(from_at: str, to_at: str | None) -> None:
    """Count the hours of a span again. What was pruned meanwhile is not counted any more."""
    since = instant(from_at)
    with opened_parts() as parts:
        now = parts.now()
        count_figures(parts, now=now, seconds=3_600)
        done = recount_figures(parts, since=since or now - timedelta(hours=1), until=instant(to_at) or now)
    click.echo(f"已重新统计 {done} 个小时")


def _local(at: datetime) -> str:
    return at.astimezone(CHINA).strftime("%Y-%m-%d %H:%M")


def _shown(value: int | None, unit: str) -> str:
    if value is None:
        return "–"
    if unit == "bp":
        return f"{value / 100:.2f}%"
    if unit == "fen":
        return yuan(value)
    return f"{value / 1_000:.1f} ms" if unit == "us" else f"{value:,}"
