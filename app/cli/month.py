"""``weiheng demo month``: a made-up month of a shop, well run or not, and what the rules say of all of it."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeAlias

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from app.cli.backtest import When
from app.clock import utc_now
from app.errors import SettingsError
from app.settings import Env, Settings, read_settings
from app.traffic.months.outcome import Outcome, by_pack, outcome_of
from app.traffic.months.own_service import live_through, own_service
from app.traffic.months.plan import SHOPS, Month, first_day
from app.traffic.sending import Report

_SHOWN = 40
Pack: TypeAlias = tuple[str, list[str], list[str]]
"""A rule pack's name, which of its rules fired, and which did not."""


@click.command("month")
@click.option("--shop", type=click.Choice(SHOPS), required=True, help="A well-run shop, or one that breaks the rules.")
@click.option("--days", type=click.IntRange(1, 62), default=30, show_default=True, help="How many days.")
@click.option("--seed", type=click.IntRange(0, 2**31), default=7, show_default=True, help="The same: the same month.")
@click.option("--orders", type=click.IntRange(0, 5_000), default=40, show_default=True, help="Orders a day.")
@click.option("--texts", type=click.IntRange(0, 5_000), default=40, show_default=True, help="Uploads a day.")
@click.option("--until", type=When(), help="Day the month ends with (in China). Default: yesterday.")
@click.option("--keep", is_flag=True, help="Into this deployment's own database, to look at in the console.")
@click.option(
    "--show", type=click.IntRange(0, 100_000), default=_SHOWN, show_default=True, help="Stopped things to print."
)
@click.option("--json", "as_json", is_flag=True, help="Print the outcome as JSON.")
def month(
    shop: str,
    days: int,
    seed: int,
    orders: int,
    texts: int,
    until: Any,
    show: int,
    *,
    keep: bool,
    as_json: bool,
) -> None:
    """Let a shop live through a month in minutes, with all packs on, and print what was decided.

    Uploads, live speech, orders, refunds, splits, campaigns, providers, suppliers and consents go through the HTTP
    application as the days pass, and the nightly jobs run. Without --keep it happens in a database that is thrown away.
    """
    asked = Month(shop, first_day(until or utc_now(), days), days, seed, orders, texts)
    settings = read_settings(os.environ)
    report = Report()
    with _place(settings, keep=keep) as own, own_service(own, asked) as service, _bar(asked) as (bar, task):

        def told(now: Report) -> None:
            passed = (service.clock.at - asked.start).total_seconds() / 3_600
            done = f"{service.clock.at:%m-%d} · {now.items:,} items · cases {len(now.cases):,}"
            bar.update(task, completed=passed, done=done)

        live_through(service, asked, report, told)
        outcome = outcome_of(service.parts, asked.shop_id)
        packs = list(by_pack(service.parts.live.current.engine.packs, outcome))
    if as_json:
        click.echo(json.dumps(_plain(asked, report, outcome, packs), ensure_ascii=False, indent=2))
    else:
        for line in _lines(asked, report, outcome, packs, show=show):
            click.echo(line)
    if report.refused:
        for problem in report.problems:
            click.echo(f"refused: {problem}", err=True)
        raise click.exceptions.Exit(1)


@contextmanager
def _place(settings: Settings, *, keep: bool) -> Iterator[Settings]:
    """The settings of the database it happens in: thrown away, or this deployment's own."""
    if keep:
        if settings.env is Env.PRODUCTION:
            raise SettingsError("--keep is refused in production: a made-up month is no record of anything")
        yield settings
        return
    with tempfile.TemporaryDirectory() as folder:
        cache = settings.cache_dir or settings.data_dir / "cache"
        chosen = {"data_dir": Path(folder), "cache_dir": cache}
        chosen |= {"rules_dir": settings.rules_dir, "wordlists_dir": settings.wordlists_dir}
        yield Settings.model_validate(chosen)


@contextmanager
def _bar(asked: Month) -> Iterator[tuple[Progress, Any]]:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[done]}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as bar:
        yield bar, bar.add_task(asked.shop, total=asked.days * 24, done="")


def _plain(asked: Month, report: Report, outcome: Outcome, packs: Sequence[Pack]) -> Any:
    return {
        "shop_id": asked.shop_id,
        "from": asked.start.isoformat(),
        "to": asked.end.isoformat(),
        "items": report.items,
        "refused": report.refused,
        "answered": dict(report.decisions.most_common()),
        "decided": dict(outcome.decisions.most_common()),
        "rules": dict(outcome.rules.most_common()),
        "unknown": dict(outcome.doubts.most_common()),
        "packs": [{"pack": name, "fired": fired, "silent": silent} for name, fired, silent in packs],
        "stopped": [
            {
                "at": each.at.isoformat(),
                "decision": each.decision,
                "kind": each.what,
                "subject": each.subject,
                "rules": list(each.rules),
                "said": each.said,
            }
            for each in outcome.stopped
        ],
    }


def _lines(asked: Month, report: Report, outcome: Outcome, packs: Sequence[Pack], *, show: int) -> Iterator[str]:
    period = f"{asked.start:%Y-%m-%d} … {asked.end:%Y-%m-%d}"
    yield f"{asked.shop_id}  {period}  {report.items:,} 条，{report.requests:,} 次请求"
    for title, counted in (("当场答复", report.decisions), ("留存裁决", outcome.decisions)):
        yield f"{title}  " + "  ".join(f"{_verdict(name)} {count:,}" for name, count in counted.most_common())
    yield "规则包                触发/全部"
    for name, fired, silent in packs:
        rest = f"  未触发：{' '.join(silent)}" if silent and asked.shop == "bad" else ""
        yield f"  {name:<18} {len(fired):>3} / {len(fired) + len(silent)}{rest}"
    fired_all, all_rules = sum(len(fired) for _, fired, _ in packs), sum(len(f) + len(s) for _, f, s in packs)
    yield f"  {'合计':<16} {fired_all:>3} / {all_rules}"
    yield f"拦截、暂停或转人工 {len(outcome.stopped):,} 件"
    for each in outcome.stopped[:show]:
        what = f"{_verdict(each.decision)} {each.what} {each.subject[:60]}"
        yield f"  {each.at:%m-%d %H:%M} {what}  {' '.join(each.rules)}"
        if each.said:
            yield f"      {each.said[:200]}"
    if len(outcome.stopped) > show:
        yield f"  …… 另有 {len(outcome.stopped) - show:,} 件（--show）"


def _verdict(token: str) -> str:
    from app.web.console.names import NAMES  # noqa: PLC0415 - the web loads slowly

    return NAMES["verdict"].get(token, token)
