"""``weiheng demo traffic``: a lively platform, made up from a seed, sent to a running service by its own HTTP API."""

from __future__ import annotations

import json
import os
import sys
from datetime import UTC, datetime
from typing import TextIO

import click
import httpx
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from app.errors import InvalidInput, Problem
from app.settings import Env, Settings, read_settings
from app.traffic.sending import Report, send_stream
from app.traffic.stream import make_stream, shop_ids
from app.values.given_instants import read_instant

_TIMEOUT_S = 30.0
_MOST_SHOPS = 200
_RULES_SHOWN = 8


@click.group()
def demo() -> None:
    """A first look without a platform."""


@demo.command("traffic")
@click.option("--url", help="Address of the service. Default: WEIHENG_URL, else where `weiheng serve` listens.")
@click.option("--key-file", type=click.File("r"), help="A file with an API key (- for standard input).")
@click.option("--rate", type=click.FloatRange(0.1, 10_000), default=10, show_default=True, help="Items a second.")
@click.option("--seconds", type=click.FloatRange(1, 86_400), default=60, show_default=True, help="For how long.")
@click.option("--seed", type=click.IntRange(0, 2**31), default=7, show_default=True, help="The same: the same stream.")
@click.option("--shops", type=click.IntRange(1, _MOST_SHOPS), default=3, show_default=True, help="How many shops.")
@click.option("--start", help="The instant the stream begins at, to send one again. Default: now.")
def traffic(
    url: str | None,
    key_file: TextIO | None,
    rate: float,
    seconds: float,
    seed: int,
    shops: int,
    start: str | None,
) -> None:
    """Send orders, parcels, delays, refunds, splits, complaints and contents to a running service.

    The key is that of --key-file, of WEIHENG_API_KEY, or of `weiheng serve --demo`. Exit code 1 when the service
    refused something.
    """
    settings = read_settings(os.environ)
    begins = _instant(start) if start else datetime.now(UTC).replace(microsecond=0)
    key = key_file.read().strip() if key_file else _known_key(settings)
    address = (url or os.environ.get("WEIHENG_URL") or settings.base_url).rstrip("/")
    stream = make_stream(seed=seed, start=begins, rate=rate, seconds=seconds, shops=shops)
    click.echo(
        f"{address}  --seed {seed} --start {begins.isoformat()} --rate {rate:g} --seconds {seconds:g} --shops {shops}"
    )
    report = Report()
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[done]}"),
        TimeElapsedColumn(),
        console=Console(stderr=True),
    )
    client = httpx.Client(
        base_url=address, headers={"Authorization": f"Bearer {key}"}, timeout=_TIMEOUT_S, trust_env=False
    )
    with client, bar:
        task = bar.add_task("traffic", total=seconds, done="")

        def told(now: Report) -> None:
            done = f"{now.items:,} sent · {now.rate():,.1f}/s · claims {len(now.claims):,} · cases {len(now.cases):,}"
            bar.update(task, completed=min(now.seconds, seconds), done=done)

        try:
            send_stream(client, stream, shops=shop_ids(shops), report=report, told=told)
        except KeyboardInterrupt:
            click.echo("stopped", err=True)
    _summarise(report, address)
    if report.refused:
        raise click.exceptions.Exit(1)


def _known_key(settings: Settings) -> str:
    """The key of the environment, else the one the demo shop was made with."""
    if given := os.environ.get("WEIHENG_API_KEY"):
        return given.strip()
    kept = settings.data_dir / "demo.json"
    if settings.env is not Env.PRODUCTION and kept.exists():
        return str(json.loads(kept.read_text(encoding="utf-8"))["api_key"])
    raise InvalidInput(
        "no API key",
        problems=[Problem("WEIHENG_API_KEY", "is not set", "a key with the scopes screen, events and money")],
    )


def _summarise(report: Report, address: str) -> None:
    median, slow = report.took()
    click.echo(
        f"{report.items:,} items in {report.requests:,} requests, {report.seconds:,.1f} s, {report.rate():,.1f}/s; "
        f"a request took {median:,.1f} ms, p99 {slow:,.1f} ms; {report.again:,} sent again"
    )
    for title, counted in (
        ("kinds", report.kinds),
        ("answers", report.statuses),
        ("decisions", report.decisions),
        ("rules", report.rules),
    ):
        shown = counted.most_common(_RULES_SHOWN if title == "rules" else None)
        click.echo(f"{title:<10} " + (" · ".join(f"{name} {count:,}" for name, count in shown) or "–"))
    click.echo(f"{'opened':<10} claims {len(report.claims):,} · cases {len(report.cases):,}")
    for problem in report.problems:
        click.echo(f"refused: {problem}", err=True)
    if report.refused > len(report.problems):
        click.echo(f"… {report.refused:,} refused in all", err=True)
    click.echo(f"{address}/console")
    sys.stdout.flush()


def _instant(text: str) -> datetime:
    if (at := read_instant(text)) is None:
        raise InvalidInput("--start is no instant", problems=[Problem("--start", text, "2026-11-23T10:00:00+08:00")])
    return at
