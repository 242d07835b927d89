"""``weiheng audit``: seal the log, verify it, export it, print its public key."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from app.audit import exporting
from app.audit.verifying import Report
from app.cli.opened import opened_parts
from app.flows.seal_audit import keys_of, open_signer, seal_audit
from app.flows.verify_audit import verify_audit


@click.group("audit")
def audit() -> None:
    """The audit log: who did what, in rows that cannot be changed unnoticed."""


@audit.command("seal")
def seal() -> None:
    """Seal the rows that wait, sign the tree and copy checkpoints outside; the running service does it by itself."""
    with opened_parts() as parts:
        done = seal_audit(parts, now=parts.now())
    click.echo(f"sealed {done.rows} rows, {done.size} in all; copied {done.copied} checkpoints outside")


@audit.command("verify")
@click.option("--since", type=click.IntRange(0, 2**53), default=0, help="Begin at the checkpoint of this many rows.")
def verify(since: int) -> None:
    """Read every row and hold it against the tree and every checkpoint, stored and outside; 1 when one does not fit."""
    with opened_parts() as parts:
        report = verify_audit(parts, since=since)
    _say(report)
    if not report.is_honest:
        sys.exit(1)


@audit.command("export")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
def export(folder: Path) -> None:
    """Write the sealed rows, the checkpoints and the public keys into a new FOLDER for clients/verify_audit.py."""
    with opened_parts() as parts, parts.db.read() as session:
        count = exporting.export(session, folder, keys_of(parts))
    click.echo(f"{count} rows in {folder}")


@audit.command("key")
def key() -> None:
    """Print the public key that verifies today's checkpoints; give it to whoever audits you."""
    with opened_parts() as parts:
        click.echo(str(open_signer(parts).public))


def _say(report: Report) -> None:
    for finding in report.findings:
        click.echo(f"BAD {finding.what}: {finding.detail}")
    if report.waiting:
        click.echo(f"{report.waiting} rows are not sealed yet, the oldest since {report.waiting_since}")
    verdict = "all verify" if report.is_honest else f"{len(report.findings)} contradictions"
    since = f" (read from row {report.since})" if report.since else ""
    click.echo(
        f"{report.size} rows{since}, {report.checkpoints} checkpoints stored, {report.outside} outside: {verdict}"
    )
