"""``weiheng rules`` and ``weiheng wordlists``: check, try, publish."""

from __future__ import annotations

import os
from pathlib import Path

import click

from app import sign_offs, snapshots
from app.cli.differences import diff_command
from app.cli.free_text import FREE_TEXT
from app.cli.opened import opened_parts
from app.cli.wordlist_stats import stats
from app.clock import utc_now
from app.errors import BadDefinition
from app.events.kind import load_kinds
from app.flows.publish_snapshot import FROM_FOLDER, Published, check, publish, publish_revision
from app.rules.engine import build_engine
from app.rules.examples import run_examples
from app.rules.notices import notices
from app.rules.pack import load_packs
from app.rules.reading import china_day, microseconds
from app.rules.schema import SCHEMAS, schema_text
from app.settings import read_settings
from app.text.exempting import ending
from app.text.wordlist import load_wordlists
from app.text.words import CHINA_TIME
from app.values.sign_off import NOTHING_SIGNED, SignOffs


def _folder(kind: str, given: Path | None) -> Path:
    settings = read_settings(os.environ)
    return given or (settings.rules_dir if kind == "rules" else settings.wordlists_dir)


_FOLDER = click.argument("folder", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))

_OVERWRITE = click.option("--overwrite", is_flag=True, help="Also over edits made in the console or through the API.")


@click.group()
def rules() -> None:
    """Rule packs."""


@rules.command("check")
@_FOLDER
@click.option("--register", is_flag=True, help="Leave out what the database's register of sign-offs covers today.")
def check_rules(folder: Path | None, *, register: bool) -> None:
    """Check every pack: syntax, types, references, examples in both evaluators. Problems are named as file:line.

    Told as well, without being a problem: references that lapsed or lapse within 60 days, rules whose review was or is
    due within 30 days, what acts as a review until it is signed off, and parameters without a title.
    """
    files = snapshots.read_folder("rules", _folder("rules", folder))
    counts = check("rules", files)
    kinds = load_kinds()
    packs = load_packs(files, kinds=kinds)
    engine = build_engine(packs, kinds)
    for notice in notices(packs, today=china_day(microseconds(utc_now())), sign_offs=_register(wanted=register)):
        click.echo(f"notice: {notice}")
    click.echo(f"{counts['packs']} packs, {counts['rules']} rules, no problems")
    click.echo(f"evaluator: {engine.evaluator}; conditions evaluated in C: {engine.share_in_c():.0%}")
    engine.close()


def _register(*, wanted: bool) -> SignOffs:
    if not wanted:
        return NOTHING_SIGNED
    with opened_parts() as parts, parts.db.read() as session:
        return sign_offs.in_force(session)


@rules.command("schema")
@click.argument("name", type=click.Choice(list(SCHEMAS)), default="pack")
def print_schema(name: str) -> None:
    """Print the JSON Schema of pack.yaml or examples.yaml, for editors."""
    click.echo(schema_text(name), nl=False)


@rules.command("test")
@_FOLDER
def test_rules(folder: Path | None) -> None:
    """Run every rule's examples in both evaluators."""
    files = snapshots.read_folder("rules", _folder("rules", folder))
    kinds = load_kinds()
    packs = load_packs(files, kinds=kinds)
    engine = build_engine(packs, kinds)
    problems = run_examples(packs, engine)
    engine.close()
    if problems:
        raise BadDefinition("examples fail", problems=problems)
    click.echo(f"every example of {sum(len(pack.rules) for pack in packs)} rules holds")


@rules.command("publish")
@click.option("--git", type=click.Path(exists=True, file_okay=False, path_type=Path), help="A Git working copy.")
@click.option("--rev", default="HEAD", help="Branch, tag or commit whose files are published; needs --git.")
@click.option("--path", "folder", default="rules", help="Folder of the packs in the working copy.")
@click.option("--reason", type=FREE_TEXT, default="", help="Why, for the audit log and the second person.")
@_OVERWRITE
def publish_rules(git: Path | None, rev: str, folder: str, reason: str, *, overwrite: bool) -> None:
    """Publish the rules folder, or a revision of a Git working copy: check, store, activate.

    Where approval is required, rules that block, hold or move money wait for a second person. What would undo edits
    made in the console or through the API always waits, unless --overwrite says that it is meant.
    """
    if git is None:
        _publish("rules", reason=reason, overwrites=overwrite)
        return
    with opened_parts() as parts:
        published = publish_revision(
            parts.db,
            parts.settings,
            "rules",
            repository=git,
            revision=rev,
            folder=folder,
            by="cli",
            reason=reason,
            now=parts.now(),
            overwrites=overwrite,
        )
    _say(published)


@click.group()
def wordlists() -> None:
    """Wordlists."""


@wordlists.command("check")
@_FOLDER
def check_wordlists(folder: Path | None) -> None:
    """Check every list. Problems are named as file:line, and exemptions that end within 30 days are named."""
    lists = load_wordlists(snapshots.read_folder("wordlists", _folder("wordlists", folder)))
    counts = f"{len(lists.lists)} lists, {lists.words} words, {len(lists.exemptions)} exemptions"
    click.echo(f"{counts}, no problems")
    today = utc_now().astimezone(CHINA_TIME).date()
    for each in ending(lists.exemptions, day=today):
        said = "ended" if each.last_day < today else "ends"
        click.echo(f"exemptions.yaml:{each.line}: {each.shop} {each.named} {said} on {each.last_day}")


@wordlists.command("publish")
@click.option("--reason", type=FREE_TEXT, default="", help="Why, for the audit log.")
@_OVERWRITE
def publish_wordlists(reason: str, *, overwrite: bool) -> None:
    """Publish the wordlists folder: check, store, activate.

    What would undo edits that were made through the API waits, unless --overwrite says that it is meant.
    """
    _publish("wordlists", reason=reason, overwrites=overwrite)


wordlists.add_command(stats)


def _publish(kind: str, *, reason: str, overwrites: bool) -> None:
    why = reason or FROM_FOLDER
    with opened_parts() as parts:
        published = publish(
            parts.db, parts.settings, kind, by="cli", now=parts.now(), reason=why, overwrites=overwrites
        )
    _say(published)


def _say(published: Published) -> None:
    state = "activated" if published.changed else "was already in force"
    if published.waiting:
        state = "waits for a second person; what was in force stays"
    click.echo(f"{published.kind}: {published.snapshot_id} {state}")
    for undone in published.undoes:
        click.echo(f"it would undo an edit in force: {undone}")
    for hold in published.holds:
        click.echo(f"because: {hold}")


rules.add_command(diff_command("rules"))
wordlists.add_command(diff_command("wordlists"))
