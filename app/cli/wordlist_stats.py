"""``weiheng wordlists stats``: the lists in numbers, and which of their words fire on a file of texts."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

import click
import orjson
from rich.console import Console
from rich.table import Table

from app import snapshots
from app.clock import utc_now
from app.errors import InvalidInput
from app.events.kinds.content_submit import CONTENT_KINDS
from app.flows.rows import open_reader
from app.settings import read_settings
from app.text.match import build_matcher
from app.text.wordlist import load_wordlists
from app.text.wordlist_stats import ListStats, TextStats, list_stats, text_stats

_WIDTH = 210
_COLUMNS = ("words", "block", "review", "label", "with_gaps", "with_allow", "with_suggest", "with_source", "unchecked")
_HEADS = ("words", "block", "review", "label", "gaps", "allow", "suggest", "source", "unchecked")


@click.command("stats")
@click.argument("folder", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--texts", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Count what fires on them.")
@click.option("-c", "--column", default="text", help="The column of texts that is read. Default: `text`.")
@click.option("--kind", default="video_caption", type=click.Choice(CONTENT_KINDS), help="What kind the texts are.")
@click.option("--top", default=20, type=click.IntRange(1, 10_000), help="How many words to show. Default: 20.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def stats(folder: Path | None, texts: Path | None, column: str, kind: str, top: int, *, as_json: bool) -> None:
    """Count the words of every list: verdicts, gaps, allowed contexts, suggestions, sources, match depth, validity.

    With --texts (.txt, .csv, .jsonl, .parquet) also: which words fire, in how many texts, and the share flagged.
    """
    folder = folder or read_settings(os.environ).wordlists_dir
    lists = load_wordlists(snapshots.read_folder("wordlists", folder))
    counted = list_stats(lists)
    found = None
    if texts is not None:
        found = text_stats(build_matcher(lists), _texts(texts, column), content_kind=kind, at=utc_now())
    if as_json:
        click.echo(orjson.dumps(_answer(counted, found, top), option=orjson.OPT_INDENT_2).decode())
        return
    console = Console(width=_WIDTH)
    console.print(_lists_table(counted))
    if found is not None:
        _print_texts(console, found, top)


def _texts(path: Path, column: str) -> Iterator[str]:
    reader = open_reader(path)
    if column not in reader.columns:
        raise InvalidInput(f"{path} has no column {column!r}, it has {', '.join(reader.columns)}")
    for row in reader.rows():
        if text := str(row.get(column) or "").strip():
            yield text


def _answer(counted: Sequence[ListStats], found: TextStats | None, top: int) -> dict[str, object]:
    answer: dict[str, object] = {
        "words": sum(each.words for each in counted),
        "lists": [asdict(each) for each in counted],
    }
    if found is not None:
        answer["texts"] = asdict(found) | {"words": [asdict(each) for each in found.words[:top]]}
    return answer


def _lists_table(counted: Sequence[ListStats]) -> Table:
    table = Table(box=None, header_style="", pad_edge=False)
    table.add_column("list", no_wrap=True)
    table.add_column("category", no_wrap=True)
    for head in _HEADS:
        table.add_column(head, justify="right", no_wrap=True)
    for head in ("match", "shortest … longest", "valid"):
        table.add_column(head, no_wrap=True)
    for each in counted:
        numbers = [str(getattr(each, column)) for column in _COLUMNS]
        table.add_row(
            each.name, each.title, *numbers, each.match, f"{each.shortest} … {_short(each.longest)}", _valid(each)
        )
    sums = [str(sum(getattr(each, column) for each in counted)) for column in _COLUMNS]
    table.add_row(f"all {len(counted)}", "", *sums)
    return table


def _short(word: str) -> str:
    most = 12
    return word if len(word) <= most else f"{word[:most]}…"


def _valid(each: ListStats) -> str:
    if each.valid_from is None and each.valid_to is None:
        return "always"
    return f"{each.valid_from or '…'} to {each.valid_to or '…'}"


def _print_texts(console: Console, found: TextStats, top: int) -> None:
    console.print()
    console.print(
        f"{found.texts:,} texts: {found.flagged:,} flagged ({_share(found.flagged, found)}), "
        f"{found.blocked:,} of them blocked ({_share(found.blocked, found)})",
        highlight=False,
    )
    for heads, rows in (
        (("texts", "share", "list"), [(str(n), _share(n, found), name) for name, n in found.by_list.items()]),
        (
            ("texts", "share", "list", "word", "verdict"),
            [(str(f.texts), _share(f.texts, found), f.wordlist, f.word, f.verdict.value) for f in found.words[:top]],
        ),
    ):
        table = Table(*heads, box=None, header_style="", pad_edge=False)
        for row in rows:
            table.add_row(*row)
        if rows:
            console.print()
            console.print(table)


def _share(count: int, found: TextStats) -> str:
    return f"{count / found.texts:.2%}" if found.texts else "–"
