"""How the comparison with past decisions is printed: matrix, agreement, causes, categories, samples."""

from __future__ import annotations

from collections.abc import Sequence

from rich import box
from rich.console import Console
from rich.table import Table

from app.flows.agreement import CLASSES, READINGS, Agreement, Compared, agreement, harder_and_milder, kappa

_CAUSES, _CATEGORIES, _HITS = 15, 30, 6
_HALF = "review counts as half"
_WIDTH = 120


def print_agreement(found: Agreement) -> None:
    """Print everything to the standard output, in plain lines of 120 columns."""
    console = Console(width=_WIDTH, highlight=False, markup=False, emoji=False, no_color=True, soft_wrap=False)
    total = sum(found.cells.values())
    skipped = f", {found.skipped:,} skipped" if found.skipped else ""
    console.print(f"{total:,} decisions compared{skipped}\n")
    if not total:
        return
    console.print(_matrix(found, total))
    console.print(_readings(found))
    if causes := found.worst_causes(_CAUSES):
        rows = [(name, f"{cause.harder:,}", f"{cause.agreed:,}") for name, cause in causes]
        console.print(_table("what made us harder than they were", ("rule or word", "harder", "otherwise"), rows))
    if set(found.by_category) != {""}:
        console.print(_categories(found))
    for pair in sorted(found.samples, key=lambda pair: (-found.cells[pair], pair)):
        console.print(f"they {pair[0].value}, we {pair[1].value}: {found.cells[pair]:,}")
        for row in sorted(found.samples[pair], key=lambda row: row.row):
            console.print(_sample(row), soft_wrap=True)
        console.print()


def _matrix(found: Agreement, total: int) -> Table:
    rows = [
        (
            f"they {theirs.value}",
            *(f"{found.cells[theirs, ours]:,} ({found.cells[theirs, ours] / total:.1%})" for ours in CLASSES),
        )
        for theirs in CLASSES
    ]
    return _table("theirs × ours", ("", *(f"we {ours.value}" for ours in CLASSES)), rows)


def _readings(found: Agreement) -> Table:
    rows = [
        (name, f"{agreement(found.cells, reading):.1%}", _two_places(kappa(found.cells, reading)))
        for name, reading in READINGS.items()
    ]
    return _table("agreement", ("", "share", "Cohen's κ"), rows)


def _categories(found: Agreement) -> Table:
    rows = []
    by_size = sorted(found.by_category.items(), key=lambda item: (-sum(item[1].values()), item[0]))
    for name, cells in by_size[:_CATEGORIES]:
        harder, milder = harder_and_milder(cells)
        share = f"{agreement(cells, READINGS[_HALF]):.1%}"
        rows.append((name or "–", f"{sum(cells.values()):,}", share, f"{harder:,}", f"{milder:,}"))
    more = len(by_size) - len(rows)
    title = "by category" + (f" ({more} more)" if more > 0 else "")
    return _table(title, ("category", "rows", "agreement", "we harder", "we milder"), rows)


def _table(title: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    table = Table(title=title, title_justify="left", box=box.SIMPLE)
    for place, head in enumerate(heads):
        table.add_column(head, justify="right" if place else "left", overflow="fold")
    for row in rows:
        table.add_row(*row)
    return table


def _sample(row: Compared) -> str:
    hits = [
        f"{hit.text} = {hit.word} [{hit.category}]" + (f" by {', '.join(hit.hidden_by)}" if hit.hidden_by else "")
        for hit in row.hits
    ]
    more = [f"and {len(hits) - _HITS} more"] if len(hits) > _HITS else []
    why = "; ".join([*hits[:_HITS], *more, *(cause for cause in row.causes if cause.startswith("rule "))])
    name = f"row {row.row}" + (f" ({row.id})" if row.id else "")
    return f"  {name}: {row.shown}" + (f"\n      {why}" if why else "")


def _two_places(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"
