"""``weiheng compare HISTORY``: somebody's past decisions against ours, without a running service."""

from __future__ import annotations

import os
from pathlib import Path
from random import Random

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from app.cli.compared import print_agreement
from app.clock import utc_now
from app.flows.agreement import Agreement
from app.flows.compare_history import History, compare_history, open_history
from app.flows.past_decisions import MEANINGS, decision_words
from app.flows.rows import FORMATS, GB18030
from app.settings import read_settings

_SEED = 20261125
_COLUMN = "Column of {}. Default: guessed by its heading."


def _meanings(_: click.Context, __: click.Parameter, given: tuple[str, ...]) -> dict[str, str]:
    said = {}
    for each in given:
        word, is_said, meaning = each.rpartition("=")
        if not is_said or meaning not in MEANINGS:
            raise click.BadParameter(f"{each!r} is not WORD=MEANING with a meaning of {', '.join(MEANINGS)}")
        said[word] = meaning
    return said


@click.command()
@click.argument("history", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("-t", "--text", "texts", multiple=True, help=_COLUMN.format("text"))
@click.option("-d", "--decision", help=_COLUMN.format("their decision"))
@click.option("--id", "id_", help=_COLUMN.format("the content's id"))
@click.option("--kind", help=_COLUMN.format("the kind of content"))
@click.option("--category", help=_COLUMN.format("the shop's category"))
@click.option("--shop", help=_COLUMN.format("the shop's id"))
@click.option(
    "-m",
    "--map",
    "words",
    multiple=True,
    callback=_meanings,
    metavar="WORD=MEANING",
    help="What a word in the column of decisions means: pass, review, block, or skip.",
)
@click.option("--default-kind", default="video_caption", show_default=True, help="Kind of rows that do not say theirs.")
@click.option(
    "-n",
    "--samples",
    type=click.IntRange(0, 1000),
    default=3,
    help="Rows to show of each kind of disagreement. Default: 3.",
)
@click.option("-o", "--out", type=click.Path(dir_okay=False, path_type=Path), help="Write every row with our decision.")
@click.option("-j", "--processes", type=click.IntRange(1, 256), help="Default: all cores.")
def compare(
    history: Path,
    texts: tuple[str, ...],
    decision: str | None,
    id_: str | None,
    kind: str | None,
    category: str | None,
    shop: str | None,
    words: dict[str, str],
    default_kind: str,
    samples: int,
    out: Path | None,
    processes: int | None,
) -> None:
    """Compare past decisions in HISTORY (.csv, .jsonl, .parquet) with ours: agreement, its causes, and samples."""
    if out and (out.suffix == ".txt" or out.suffix not in FORMATS):
        raise click.UsageError("the output must end in .csv, .jsonl or .parquet")
    if out and out.resolve() == history.resolve():
        raise click.UsageError("the output would replace the history")
    named = {"decision": decision, "id": id_, "kind": kind, "category": category, "shop": shop}
    past = open_history(history, texts=texts, named=named, words=decision_words(words))
    _say_how_it_is_read(past)
    found = Agreement(samples, Random(_SEED))  # noqa: S311 - which rows are shown is no secret
    with _bar() as bar:
        task = bar.add_task(history.name, total=past.rows)
        compare_history(
            read_settings(os.environ),
            past,
            kind=default_kind,
            target=out,
            processes=processes or os.cpu_count() or 1,
            now=utc_now(),
            agreement=found,
            progress=lambda rows: bar.advance(task, rows),
        )
    print_agreement(found)
    if out:
        click.echo(f"{out}: {past.rows:,} rows")


def _say_how_it_is_read(past: History) -> None:
    """What was made of the file, guesses marked, to the error stream."""
    columns = past.columns
    if past.path.suffix != ".parquet":
        click.echo(f"encoding: {'GB18030' if past.encoding == GB18030 else 'UTF-8'}", err=True)
    found = {
        "text": ", ".join(columns.texts),
        "decision": columns.decision,
        "id": columns.id,
        "kind": columns.kind,
        "category": columns.category,
        "shop": columns.shop,
    }
    for role, name in found.items():
        if name:
            guess = f"  (guessed; --{role} says otherwise)" if role in columns.guessed else ""
            click.echo(f"{role}: {name}{guess}", err=True)


def _bar() -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=Console(stderr=True),
    )
