"""``weiheng screen FILE``: screen a file without a running service."""

from __future__ import annotations

import os
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from app.clock import utc_now
from app.flows.rows import FORMATS
from app.flows.screen_file import screen_file
from app.settings import read_settings


@click.command()
@click.argument("source", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Default: NAME.decisions.ENDING")
@click.option("-c", "--column", "columns", multiple=True, help="A column of text. Default: `text`, else all but ids.")
@click.option("--kind", default="video_caption", show_default=True, help="Kind of rows that have no `kind` column.")
@click.option("-j", "--processes", type=click.IntRange(1, 256), help="Default: all cores.")
def screen(source: Path, output: Path | None, columns: tuple[str, ...], kind: str, processes: int | None) -> None:
    """Screen FILE (.txt, .csv, .jsonl, .parquet): the same rows with decision, hits, rules, personal data, advice."""
    suffix = ".csv" if source.suffix == ".txt" else source.suffix
    target = output or source.with_name(f"{source.stem}.decisions{suffix}")
    if target.suffix not in FORMATS:
        raise click.UsageError(f"the output must end in one of {', '.join(FORMATS)}")
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeElapsedColumn(),
        console=Console(stderr=True),
    )
    with bar:
        task = bar.add_task(source.name, total=None, rate="")

        def advance(rows: int) -> None:
            bar.advance(task, rows)
            speed = bar.tasks[0].finished_speed or bar.tasks[0].speed or 0
            bar.update(task, rate=f"{speed:,.0f} rows/s")

        counts = screen_file(
            read_settings(os.environ),
            source,
            target,
            columns=columns,
            kind=kind,
            processes=processes or os.cpu_count() or 1,
            now=utc_now(),
            progress=advance,
        )
        bar.update(task, total=sum(counts.values()))
    summary = " · ".join(f"{decision} {counts[decision]:,}" for decision in ("pass", "label", "review", "block"))
    click.echo(f"{target}: {summary}")
