"""``weiheng rules diff`` and ``weiheng wordlists diff``: what would change, in words.

A side is a folder, a stored snapshot (its id, or the first characters of its hash) or ``active``, so a draft can be
compared with what is in force, and what is in force with what was.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
import orjson

from app import snapshots
from app.cli.opened import opened_parts
from app.errors import NotFound
from app.flows.diff_snapshots import Diff, diff_files
from app.settings import read_settings

ACTIVE = "active"


def diff_command(kind: str) -> click.Command:
    """The ``diff`` command of one kind."""

    @click.command("diff")
    @click.argument("before", required=False, default=ACTIVE)
    @click.argument("after", required=False)
    @click.option("--english", is_flag=True, help="Say it in English.")
    @click.option("--json", "as_json", is_flag=True, help="Print the list for a program instead of sentences.")
    @click.option("--limit", type=click.IntRange(1, 100_000), default=200, help="Show at most so many changes.")
    def diff(before: str, after: str | None, *, english: bool, as_json: bool, limit: int) -> None:
        """Say what changes from one side to the other: a folder, a snapshot's id, or `active`.

        Left out, it is from what is in force to the folder as it is.
        """
        settings = read_settings(os.environ)
        target = after or str(settings.rules_dir if kind == "rules" else settings.wordlists_dir)
        found = diff_files(kind, _files(kind, before), _files(kind, target))
        if as_json:
            click.echo(orjson.dumps(_plain(found, limit)).decode())
        else:
            _say(found, english=english, limit=limit)

    return diff


def _files(kind: str, side: str) -> Mapping[str, str]:
    if side != ACTIVE and Path(side).is_dir():
        return snapshots.read_folder(kind, Path(side))
    with opened_parts() as parts, parts.db.read() as session:
        if side == ACTIVE:
            active = snapshots.pointer(session, kind).snapshot_id
            return {} if active is None else snapshots.load(session, active)
        found = [each.id for each in snapshots.newest(session, kind, limit=10_000) if _is_meant(each.id, side)]
        if len(found) != 1:
            why = "several snapshots begin like" if found else "no folder and no stored snapshot is"
            raise NotFound(f"{why} {side}")
        return snapshots.load(session, found[0])


def _is_meant(snapshot_id: str, written: str) -> bool:
    return snapshot_id.removeprefix("sha256:").startswith(written.removeprefix("sha256:"))


def _plain(found: Diff, limit: int) -> dict[str, Any]:
    return {
        "summary": {"zh": found.summary("zh"), "en": found.summary("en")},
        "counts": found.counts(),
        "hard_rules": found.hard_rules,
        "total": len(found.changes),
        "items": found.page(limit=limit),
    }


def _say(found: Diff, *, english: bool, limit: int) -> None:
    click.echo(found.summary("en" if english else "zh"))
    for item in found.page(limit=limit):
        click.echo(f"  {item['en' if english else 'zh']}")
    if (more := len(found.changes) - limit) > 0:
        click.echo(f"  … and {more} more" if english else f"  …… 另有 {more} 项")
