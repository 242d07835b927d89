"""The decisions of a piece, gathered by columns and written as one file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeAlias

import polars as pl

from app.flows.rescreen_batch import Batch

COLUMNS = ("content_id", "shop_id", "kind", "category", "before", "after", "changed", "rules", "words", "doubts")
_AFTER, _CHANGED = COLUMNS.index("after"), COLUMNS.index("changed")
Row: TypeAlias = tuple[object, ...]


class Rows:
    """Rows in the order they were added."""

    def __init__(self) -> None:
        self.columns: list[list[Any]] = [[] for _ in COLUMNS]

    def add(self, batch: Batch, judged: Mapping[int, Row], *, is_whole: bool) -> None:
        """Add those of a batch that were judged, and between them, where the whole is wanted, those that stay."""
        if not is_whole:
            for row in judged.values():
                if row[_CHANGED] or row[_AFTER] == "unreadable":
                    for column, value in zip(self.columns, row, strict=True):
                        column.append(value)
            return
        count = len(batch)
        stay: tuple[list[Any], ...] = (
            batch.content_ids,
            batch.shop_ids,
            batch.kinds,
            batch.categories,
            batch.decisions,
        )
        rest: tuple[list[Any], ...] = (["pass"] * count, [False] * count, [""] * count, [""] * count, [""] * count)
        for place, values in enumerate((*stay, *rest)):
            added = values.copy()
            for at, row in judged.items():
                added[at] = row[place]
            self.columns[place] += added


def write_rows(folder: Path, name: str, rows: Rows, form: str) -> None:
    """Write the file so that it is there whole or not at all."""
    schema = {column: pl.Boolean if column == "changed" else pl.String for column in COLUMNS}
    frame = pl.DataFrame(
        [pl.Series(column, values, schema[column]) for column, values in zip(COLUMNS, rows.columns, strict=True)]
    )
    target = folder / f"{name}.{form}"
    unfinished = target.with_name(target.name + ".partial")
    write: dict[str, Callable[[Path], Any]] = {
        "parquet": frame.write_parquet,
        "csv": frame.write_csv,
        "jsonl": frame.write_ndjson,
    }
    write[form](unfinished)
    unfinished.replace(target)
