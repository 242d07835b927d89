"""``weiheng wordlists refresh`` and what belongs to it: sources, export, feedback, signed manifests.

Exit codes of ``refresh``: 0 every source was checked (unchanged or taken into force), 1 a source failed or was refused,
3 something waits for a second person, 4 another refresh is running. 2 is wrong usage, as everywhere.
"""

from __future__ import annotations

import base64
import contextlib
import os
import sys
from datetime import timedelta
from pathlib import Path

import click
import orjson
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app import refreshes, snapshots, word_counts
from app.cli.opened import opened_parts
from app.clock import utc_now
from app.errors import InvalidInput, Problem
from app.flows.refresh_wordlists import AlreadyRunning, refresh_wordlists
from app.models import WordlistRefresh
from app.wordlist_sources.configured import configured
from app.wordlist_sources.manifest import MANIFEST, SIGNATURE, sign

EXIT = {"unchanged": 0, "active": 0, "failed": 1, "held": 3}
_RUNNING = 4
_GENTLE = 19


@click.command("refresh")
@click.option("--json", "as_json", is_flag=True, help="Print the run's record as JSON.")
@click.option("--quiet", is_flag=True, help="Print nothing but the outcome.")
@click.option("--by", default="cli", help="Who asked, for the record.")
def refresh(*, as_json: bool, quiet: bool, by: str) -> None:
    """Ask every source, try what changed, put it in force or leave it for a second person.

    Exit codes: 0 checked, 1 a source failed, 3 something is held, 4 another refresh is running.
    """
    with contextlib.suppress(OSError):
        os.nice(_GENTLE)

    def said(step: str, source: str) -> None:
        if not quiet and not as_json:
            click.echo(f"{step} {source}".rstrip(), err=True)

    with opened_parts() as parts:
        try:
            run = refresh_wordlists(parts, by=by, said=said)
        except AlreadyRunning as running:
            click.echo(running.detail, err=True)
            sys.exit(_RUNNING)
    click.echo(orjson.dumps(plain(run), option=orjson.OPT_INDENT_2).decode() if as_json else _told(run))
    sys.exit(EXIT[run.state])


@click.command("sources")
def sources() -> None:
    """List the sources and what became of each last."""
    with opened_parts() as parts, parts.db.read() as session:
        rows = refreshes.source_rows(session)
        for source in configured(parts.settings.wordlist_sources):
            row = rows.get(source.name)
            state = "never asked" if row is None else f"{row.state}, checked {row.checked_at or 'never'}"
            click.echo(f"{source.name} ({source.kind}): {state}" + (f"\n  {row.error}" if row and row.error else ""))
        click.echo(f"last complete check: {refreshes.checked_at(session) or 'never'}")


@click.command("export")
@click.argument("snapshot_id")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def export(snapshot_id: str, folder: Path) -> None:
    """Write the files of a stored snapshot into a new folder, byte for byte, and check that they make it again."""
    if folder.exists() and any(folder.iterdir()):
        raise InvalidInput("the folder is not empty", problems=[Problem(str(folder), "has files", "a new folder")])
    with opened_parts() as parts, parts.db.read() as session:
        files = snapshots.load(session, snapshot_id)
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    again = snapshots.content_id("wordlists", snapshots.read_folder("wordlists", folder))
    click.echo(f"{len(files)} files in {folder}: {again}")
    if again != snapshot_id:
        click.echo(f"this is not {snapshot_id}", err=True)
        sys.exit(1)


@click.command("feedback")
@click.option("--days", default=90, type=click.IntRange(1, 400), help="Over so many days. Default: 90.")
@click.option("--list", "wordlist", help="Only this wordlist.")
@click.option("--top", default=30, type=click.IntRange(1, 10_000), help="How many words. Default: 30.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def feedback(days: int, wordlist: str | None, top: int, *, as_json: bool) -> None:
    """Show how often each word hit and how often officers let the content pass, the most wrong first."""
    with opened_parts() as parts, parts.db.read() as session:
        since = parts.now() - timedelta(days=days)
        found = word_counts.records(session, since=since, wordlist=wordlist, limit=top)
    if as_json:
        click.echo(orjson.dumps([each._asdict() | {"false_bp": each.false_bp} for each in found]).decode())
        return
    click.echo(f"{'hits':>8} {'upheld':>7} {'cleared':>8} {'false':>7}  word")
    for each in found:
        share = "–" if each.false_bp is None else f"{each.false_bp / 100:.0f}%"
        click.echo(f"{each.hits:>8} {each.upheld:>7} {each.cleared:>8} {share:>7}  {each.wordlist}/{each.word}")


@click.group("manifest")
def manifest() -> None:
    """Signed manifests, for those who publish lists."""


@manifest.command("key")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def make_key(file: Path) -> None:
    """Make a signing key in a new file, and print the public key for the sources file."""
    key = Ed25519PrivateKey.generate()
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as out:
        out.write(base64.b64encode(key.private_bytes_raw()) + b"\n")
    click.echo(base64.b64encode(key.public_key().public_bytes_raw()).decode())


@manifest.command("sign")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--key", "key_file", required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--version", required=True, type=click.IntRange(1, 2**31 - 1), help="Higher than that of the manifest before."
)
def sign_folder(folder: Path, key_file: Path, version: int) -> None:
    """Write manifest.json and its signature over every .txt file of a folder."""
    key = Ed25519PrivateKey.from_private_bytes(base64.b64decode(key_file.read_bytes().strip()))
    files = {path.name: path.read_bytes() for path in sorted(folder.glob("*.txt"))}
    raw, signature = sign(files, key, version=version, now=utc_now())
    (folder / MANIFEST).write_bytes(raw)
    (folder / SIGNATURE).write_bytes(signature)
    click.echo(f"{len(files)} lists, version {version}")


def plain(run: WordlistRefresh) -> dict[str, object]:
    """A run as JSON."""
    columns = ("id", "asked_by", "state", "started_at", "finished_at", "sources", "snapshot")
    return {name: getattr(run, name) for name in columns} | {"steps": run.steps["done"]}


def _told(run: WordlistRefresh) -> str:
    lines = [f"{run.state}: {run.snapshot}"]
    for name, outcome in run.sources.items():
        why = outcome.get("error") or "；".join(outcome.get("holds", ())) or outcome.get("summary", "")
        lines.append(f"  {name}: {outcome['state']}" + (f": {why}" if why else ""))
    return "\n".join(lines)
