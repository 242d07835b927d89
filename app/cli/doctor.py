"""``weiheng doctor``: is this deployment well, and what is to be done where it is not."""

from __future__ import annotations

import os
import sys

import click
import orjson

from app.clock import utc_now
from app.errors import AppError
from app.flows.check_deployment import check_deployment
from app.jobs.open_parts import build_parts
from app.settings import read_settings
from app.values.finding import Finding, Grade, fail

_MARKS = {Grade.OK: "  ok  ", Grade.WARN: " WARN ", Grade.FAIL: " FAIL "}


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="Findings as one JSON object, for machines.")
@click.option("--strict", is_flag=True, help="Exit code 1 for warnings, too.")
def doctor(*, as_json: bool, strict: bool) -> None:
    """Check settings, machine, database, keys, snapshots, jobs and audit log; change nothing.

    Exit code 1 when something has to be mended.
    """
    findings = _look()
    if as_json:
        found = [
            {"check": each.check, "grade": each.grade.value, "what": each.what, "todo": each.todo} for each in findings
        ]
        worst = max((each.grade for each in findings), key=list(Grade).index)
        click.echo(orjson.dumps({"grade": worst, "findings": found}, option=orjson.OPT_INDENT_2).decode())
    else:
        for each in findings:
            click.echo(f"[{_MARKS[each.grade]}] {each.check}: {each.what}")
            if each.todo:
                click.echo(f"{' ' * 9}→ {each.todo}")
    bad = {Grade.FAIL, Grade.WARN} if strict else {Grade.FAIL}
    sys.exit(1 if any(each.grade in bad for each in findings) else 0)


def _look() -> list[Finding]:
    try:
        parts = build_parts(read_settings(os.environ))
    except AppError as error:
        return [fail("settings", str(error), "mend the environment; docs/reference/settings.md lists what there is")]
    try:
        return list(check_deployment(parts, now=utc_now()))  # this machine's clock is one of the things looked at
    finally:
        parts.db.close()
