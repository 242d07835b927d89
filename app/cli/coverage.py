"""``weiheng rules coverage``: which rows of the catalogue are covered, how, and by whose word."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import click
import orjson

from app import breakers, snapshots
from app.cli.opened import opened_parts
from app.events.kind import load_kinds
from app.rules.coverage import Covered, beyond, coverage, totals
from app.rules.pack import load_packs
from app.settings import read_settings

_STATES = {"live": "生效", "shadow": "影子", "draft": "草稿", "retired": "停用", "guard": "代码守护", "missing": "缺失"}
_INPUTS = {
    "computed": "自行计算",
    "platform": "平台给出",
    "read": "读自文字",
    "evidence": "自报并须证据",
    "self-declared": "自报",
    "guard": "代码守护",
    "missing": "缺失",
}


@click.command("coverage")
@click.argument("folder", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--strict", is_flag=True, help="Exit with 1 while a row is missing.")
@click.option("--missing", "only_missing", is_flag=True, help="Only the rows that are missing.")
@click.option("--fired", is_flag=True, help="When each row last fired, from the database.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def rules_coverage(folder: Path | None, *, strict: bool, only_missing: bool, fired: bool, as_json: bool) -> None:
    """List every row of the catalogue: its rules or guard, state, examples, and whether its input is computed.

    Counts of firings are kept for eight days; an older one shows as never.
    """
    files = snapshots.read_folder("rules", folder or read_settings(os.environ).rules_dir)
    kinds = load_kinds()
    packs = load_packs(files, kinds=kinds)
    rows = coverage(packs, kinds)
    last = _last_fired(rows) if fired else {}
    shown = [each for each in rows if each.is_missing or not only_missing]
    counts, extra = totals(rows), beyond(packs)
    if as_json:
        document = {"totals": counts, "beyond": extra, "rows": [_plain(each, last) for each in shown]}
        sys.stdout.write(orjson.dumps(document, option=orjson.OPT_INDENT_2).decode() + "\n")
    else:
        for each in shown:
            click.echo(_line(each, last, fired=fired))
        told = "，".join(f"{_INPUTS[name]} {counts[name]}" for name in _INPUTS if name in counts and name != "missing")
        click.echo(f"共 {counts['rows']} 行，缺失 {counts['missing']} 行；{told}")
        if extra:
            click.echo(f"目录之外的规则：{'、'.join(extra)}")
    if strict and counts["missing"]:
        sys.exit(1)


def _last_fired(rows: Iterable[Covered]) -> Mapping[str, datetime]:
    with opened_parts() as parts, parts.db.read() as session:
        by_rule = breakers.last_fired(session)
    found: dict[str, datetime] = {}
    for each in rows:
        if seen := [by_rule[rule.id] for rule in each.rules if rule.id in by_rule]:
            found[each.row.id] = max(seen)
    return found


def _line(each: Covered, last: Mapping[str, datetime], *, fired: bool) -> str:
    by = "、".join(rule.id for rule in each.rules) or (each.row.guard.code if each.row.guard else "—")
    examples = "/".join(str(each.examples.get(side, 0)) for side in ("fires", "quiet", "unknown"))
    when = last[each.row.id].isoformat(timespec="minutes") if each.row.id in last else "未触发"
    told = f"{each.row.id}  {_STATES[each.state]}  {_INPUTS[each.input]}  例 {examples}  {by}"
    return told + (f"  最近 {when}" if fired else "") + f"  {each.row.what}"


def _plain(each: Covered, last: Mapping[str, datetime]) -> dict[str, Any]:
    return {
        "id": each.row.id,
        "section": each.row.section,
        "what": each.row.what,
        "event": each.row.event,
        "state": each.state,
        "input": each.input,
        "facts": dict(each.facts),
        "is_checklist": each.is_checklist,
        "asks_evidence": each.asks_evidence,
        "rules": [rule.id for rule in each.rules],
        "guard": {"code": each.row.guard.code, "test": each.row.guard.test} if each.row.guard else None,
        "examples": dict(each.examples),
        "last_fired_at": last.get(each.row.id),
    }
