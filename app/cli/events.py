"""``weiheng events``: events from files."""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from app.cli.opened import opened_parts
from app.errors import Problem
from app.flows.follow_snapshots import follow_once
from app.flows.import_events import import_events

_SHOWN = 20


@click.group()
def events() -> None:
    """Events of orders and their kin."""


@events.command("import")
@click.argument("source", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_(source: Path) -> None:
    """Take the events of FILE (.jsonl, .ndjson, .csv); each once, so that it may be imported again."""
    wrong: list[str] = []
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed:,}"),
        TextColumn("{task.fields[rate]}"),
        TimeElapsedColumn(),
        console=Console(stderr=True),
    )
    with opened_parts() as parts, bar:
        follow_once(parts)
        task = bar.add_task(source.name, total=None, rate="")

        def advance(rows: int) -> None:
            bar.advance(task, rows)
            bar.update(task, rate=f"{bar.tasks[0].finished_speed or bar.tasks[0].speed or 0:,.0f} events/s")

        def tell(number: int, problem: Problem) -> None:
            wrong.append(f"{source}:{number}: {problem}")

        counts = import_events(parts, source, actor="cli", now=parts.now(), told=tell, progress=advance)
        bar.update(task, total=counts.total())
    for line in wrong[:_SHOWN]:
        click.echo(line, err=True)
    if len(wrong) > _SHOWN:
        click.echo(f"… and {len(wrong) - _SHOWN:,} more", err=True)
    click.echo(" · ".join(f"{status} {counts[status]:,}" for status in ("accepted", "duplicate", "invalid")))
    if counts["invalid"]:
        raise click.exceptions.Exit(1)
