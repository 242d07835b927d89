"""``weiheng rescreen``: after a new law or list, screen everything that is already published."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from app.cli.opened import opened_parts
from app.cli.rescreen_report import print_report
from app.clock import utc_now
from app.flows import rescreen_folder
from app.flows.rescreen_archive import Rescreened, Wanted, Workers, rescreen_archive
from app.flows.rescreen_piece import FORMATS, Asked
from app.flows.rescreen_rows import Columns
from app.settings import read_settings

_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
_EVERY_S = 10.0


@click.command()
@click.argument("sources", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option(
    "-o",
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    default="rescreened",
    show_default=True,
    help="Folder for decisions and report; the same command goes on there.",
)
@click.option("--stored", is_flag=True, help="Screen what is in the database: every content as it was last sent.")
@click.option("--shop", "shops", multiple=True, help="With --stored: only this shop; may be given several times.")
@click.option("--words-only", is_flag=True, help="Look for listed words alone: several times faster, no rules.")
@click.option("--in-force", is_flag=True, help="Judge files by what is in force, not by the folders.")
@click.option("--candidate", type=_FOLDER, help="Judge by a folder with `rules/`, `wordlists/` or both.")
@click.option("--snapshot", "snapshots", multiple=True, help="Judge by a stored snapshot, by its id.")
@click.option("--open-cases", is_flag=True, help="With --stored: open cases for what is live and would be blocked now.")
@click.option("-c", "--column", "columns", multiple=True, help="A column of text. Default: `text`, else all but ids.")
@click.option("-d", "--decision", help="Column of the decision so far. Default: `decision`, where there is one.")
@click.option("--kind", default="video_caption", show_default=True, help="Kind of rows that have no `kind` column.")
@click.option(
    "--format", "form", type=click.Choice(FORMATS), default="parquet", show_default=True, help="Of decisions."
)
@click.option("--changed-only", is_flag=True, help="Write only contents whose decision changes.")
@click.option("-j", "--processes", type=click.IntRange(1, 256), help="Default: all cores.")
@click.option("--dask", "scheduler", help="Work on the Dask cluster of this scheduler; the files must be shared.")
def rescreen(**given: Any) -> None:
    """Judge an archive again: SOURCES (.txt, .csv, .jsonl, .parquet, or folders of them), or --stored contents.

    The output folder gets a file of decisions for each piece, and report.json, report.csv and report.html. Stopped or
    killed, the same command goes on where it was.
    """
    wanted = _wanted(given)
    processes = given["processes"] or os.cpu_count() or 1
    with rescreen_folder.held(wanted.folder):
        if wanted.needs_database:
            with opened_parts() as parts:
                found = _run(wanted, processes, given["scheduler"], parts.settings, parts)
        else:
            found = _run(wanted, processes, given["scheduler"], read_settings(os.environ), None)
    print_report(found, wanted.folder)
    if found.report["unreadable"]:
        sys.exit(1)


def _wanted(given: dict[str, Any]) -> Wanted:
    if given["stored"] == bool(given["sources"]):
        raise click.UsageError("give files or folders, or --stored")
    if given["open_cases"] and (given["sources"] or given["candidate"] or given["snapshots"] or given["words_only"]):
        raise click.UsageError("--open-cases goes with --stored, by all rules in force")
    if given["shops"] and given["sources"]:
        raise click.UsageError("--shop goes with --stored")
    return Wanted(
        folder=given["output"].resolve(),
        asked=Asked(utc_now(), given["words_only"], given["form"], not given["changed_only"]),
        sources=given["sources"],
        shop_ids=given["shops"] or None,
        columns=Columns(given["columns"], given["decision"], given["kind"]),
        in_force=given["in_force"],
        candidate=given["candidate"],
        stored=given["snapshots"],
        opens_cases=given["open_cases"],
    )


def _run(wanted: Wanted, processes: int, scheduler: str | None, settings: Any, parts: Any) -> Rescreened:
    workers: Workers | None = None
    if scheduler is not None:
        from app.flows.rescreen_dask import on_cluster  # noqa: PLC0415 - an optional extra

        workers = on_cluster(scheduler)
    with _told() as (begun, progress):
        return rescreen_archive(
            settings, parts, wanted, processes=processes, begun=begun, progress=progress, workers=workers
        )


@contextmanager
def _told() -> Iterator[tuple[Callable[[int], None], Callable[[int, int], None]]]:
    """Progress with rate and time left: a bar on a terminal, a line every ten seconds in a log."""
    console = Console(stderr=True)
    columns = (
        TextColumn("rescreen"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=None, rate="")
        state = {"contents": 0, "weight": 0, "total": 0, "skipped": 0, "at": monotonic(), "told": monotonic()}

        def begun(weight: int) -> None:
            state["total"] = weight
            bar.update(task, total=weight)

        def progress(weight: int, contents: int) -> None:
            state["weight"] += weight
            state["contents"] += contents
            state["skipped"] += 0 if contents else weight
            spent = max(monotonic() - state["at"], 0.001)
            rate = f"{state['contents'] / spent:,.0f} contents/s"
            bar.update(task, advance=weight, rate=rate)
            if not console.is_terminal and monotonic() - state["told"] >= _EVERY_S:
                state["told"] = monotonic()
                worked = state["weight"] - state["skipped"]
                left = spent * (state["total"] - state["weight"]) / worked if worked else 0
                share = 100 * state["weight"] / max(1, state["total"])
                click.echo(f"{share:.0f} %, {state['contents']:,} contents, {rate}, {left:,.0f} s left", err=True)

        yield begun, progress
