"""``weiheng rules backtest``: what a change would have done to what was screened and told before."""

from __future__ import annotations

import json
import os
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from sqlalchemy.orm import Session

from app import snapshots
from app.backtesting.span import Span
from app.cli.backtest_report import print_report
from app.cli.opened import opened_parts
from app.errors import NotFound
from app.flows.backtest_here import MANY, backtest_here
from app.flows.candidate import propose
from app.flows.parts import Parts
from app.flows.start_backtest import Asked, asked_span
from app.flows.stored_things import count_screenings
from app.flows.walk_lines import count_events
from app.models import Snapshot
from app.values.access import Caller, Scope
from app.values.china_days import starts_at
from app.values.given_instants import read_day, read_instant

_OPERATOR = Caller("cli", "cli", frozenset({Scope.RULES}), None)
_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


class When(click.ParamType[datetime]):
    """A day (its beginning in Beijing) or an RFC 3339 instant with offset."""

    name = "day or instant"

    def convert(self, value: Any, param: click.Parameter | None, context: click.Context | None) -> datetime:
        """The instant; a usage error for anything else."""
        if (day := read_day(value)) is not None:
            return starts_at(day)
        if (at := read_instant(value)) is None:
            self.fail(f"{value}: expected a day like 2026-11-16 or an instant with offset, e.g. +08:00", param, context)
        return at


@click.command()
@click.argument("folder", required=False, type=_FOLDER)
@click.option("--wordlists", type=_FOLDER, help="Try the wordlists of this folder, with the rules or instead of them.")
@click.option("--snapshot", "stored", multiple=True, help="Try a stored snapshot, of rules or of wordlists, by its id.")
@click.option("--from", "from_at", type=When(), required=True, help="First day or instant.")
@click.option("--to", "to_at", type=When(), help="Day or instant before which to end. Default: now.")
@click.option("--shop", "shops", multiple=True, help="Only this shop; may be given several times. Default: all shops.")
@click.option(
    "--limit",
    type=click.IntRange(1, 100_000_000),
    help="About so many of both, evenly chosen. Default: all.",
)
@click.option("--json", "target", type=click.Path(dir_okay=False, path_type=Path), help="Write the whole result here.")
@click.option("-j", "--processes", type=click.IntRange(1, 256), help="Default: all cores for more than 20,000.")
def backtest(
    folder: Path | None,
    wordlists: Path | None,
    stored: tuple[str, ...],
    from_at: datetime,
    to_at: datetime | None,
    shops: tuple[str, ...],
    limit: int | None,
    target: Path | None,
    processes: int | None,
) -> None:
    """Try the rules of FOLDER (default: the rules folder) on stored screenings and events; nothing is changed.

    With --snapshot or --wordlists alone, the other half is what is in force.
    """
    with opened_parts() as parts:
        now = parts.now()
        asked = Asked({}, from_at, to_at or now, tuple(shops) or None, limit)
        span = asked_span(asked, caller=_OPERATOR, now=now)
        with parts.db.read() as session:
            candidate = propose(session, _proposed(parts, session, folder, wordlists, stored))
            total = count_screenings(session, span) + count_events(session, span)
        span = Span(span.from_at, span.to_at, span.shop_ids, limit, total)
        to_judge = total if limit is None else min(total, limit)
        processes = processes or (os.cpu_count() or 1 if to_judge > MANY else 1)
        with _bar() as bar:
            task = bar.add_task("screenings and events", total=total)
            result = backtest_here(
                parts, candidate, span, processes=processes, progress=lambda more: bar.advance(task, more)
            )
    if target is not None:
        target.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print_report(result, span, Console())


def _proposed(
    parts: Parts, session: Session, folder: Path | None, wordlists: Path | None, stored: tuple[str, ...]
) -> dict[str, Any]:
    proposed: dict[str, Any] = {}
    for snapshot_id in stored:
        found = session.get(Snapshot, snapshot_id)
        if found is None:
            raise NotFound(f"no snapshot {snapshot_id}")
        if found.kind in proposed:
            raise click.UsageError(f"two snapshots of {found.kind} were given")
        proposed[found.kind] = snapshot_id
    folder = folder or (None if stored or wordlists else parts.settings.rules_dir)
    for kind, given in (("rules", folder), ("wordlists", wordlists)):
        if given is not None and kind in proposed:
            raise click.UsageError(f"a folder and a snapshot of {kind} were given")
        if given is not None:
            proposed[kind] = snapshots.read_folder(kind, given)
    return proposed


def _bar() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, console=Console(stderr=True))
