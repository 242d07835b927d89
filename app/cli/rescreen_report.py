"""The report of a re-screening as plain tables for the terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click
from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from app.flows.rescreen_archive import Rescreened

_ROWS, _SAMPLES, _TEXT = 15, 10, 40
_DIMENSIONS = ("rule", "wordlist", "category", "shop_category", "shop")


def print_report(found: Rescreened, folder: Path) -> None:
    """Print what would change, and where the whole report is."""
    told, console = found.report, Console()
    if not console.is_terminal:
        console.width = 160
    console.print(
        f"{told['looked_at']:,} contents judged as of {told['as_of']}: {told['changed']:,} decisions would change, "
        f"{told['newly_stopped']:,} would newly be stopped; {told['unreadable']:,} could not be read.",
        highlight=False,
    )
    console.print(_verdicts(told["verdicts"]))
    for name in _DIMENSIONS:
        if rows := [row for row in told["by"][name] if row["changed"]]:
            console.print(_dimension(name, rows))
    if told["samples"]:
        console.print(_samples(told["samples"]))
    for problem in told["problems"][:_ROWS]:
        click.echo(problem, err=True)
    if found.cases is not None:
        click.echo(f"{found.cases:,} contents were put before an officer")
    click.echo(f"{folder}: report.html, report.json, report.csv")


def _table(title: str, *columns: str, texts: int) -> Table:
    table = Table(title=title, title_justify="left", box=box.SIMPLE)
    for number, column in enumerate(columns):
        table.add_column(column, justify="left" if number < texts else "right")
    return table


def _verdicts(cells: Sequence[Mapping[str, Any]]) -> Table:
    table = _table("Decisions", "was", "would be", "contents", texts=2)
    for cell in cells:
        table.add_row(cell["before"], cell["after"], f"{cell['count']:,}")
    return table


def _dimension(name: str, rows: Sequence[Mapping[str, Any]]) -> Table:
    table = _table(f"By {name}", name, "contents", "changed", "newly stopped", texts=1)
    for row in rows[:_ROWS]:
        table.add_row(
            escape(row["name"] or "–"), f"{row['contents']:,}", f"{row['changed']:,}", f"{row['newly_stopped']:,}"
        )
    return table


def _samples(samples: Sequence[Mapping[str, Any]]) -> Table:
    table = _table("Samples", "content", "shop", "was → would be", "because of", "text", texts=5)
    for each in samples[:_SAMPLES]:
        because = ", ".join([*each["rules"], *each["words"]])[:60]
        moved = f"{each['before']} → {each['after']}"
        about = (each["content_id"], each["shop_id"], moved, because, each["text"][:_TEXT])
        table.add_row(*map(escape, about))
    return table
