"""Cutting an archive into pieces that any process can read by itself, and reading one.

A piece is some rows of a Parquet file, or a stretch of a text file that begins and ends between two records. Cutting
reads no values: Parquet tells its rows, and a CSV record ends at a line end outside of quotation marks.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import orjson
import polars as pl

from app.errors import InvalidInput, Problem
from app.flows.rows import FORMATS, UTF_8, Row, encoding_of, open_reader

PIECE_ROWS = 20_000
PIECE_BYTES = 4 << 20
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class FilePiece:
    """``start`` and ``length`` count rows of Parquet, bytes of other files; ``line`` is the first record's line."""

    path: Path
    name: str
    start: int
    length: int
    columns: tuple[str, ...]
    encoding: str = UTF_8
    line: int = 1

    @property
    def weight(self) -> int:
        """How much of the whole it is, in the file's own measure brought to about one a row."""
        return self.length if self.path.suffix == ".parquet" else max(1, self.length // 100)


@dataclass(frozen=True, slots=True)
class Unread:
    """A record that cannot be read, with its place."""

    problem: str


def find_files(sources: Sequence[Path]) -> list[Path]:
    """The files given, and those of known formats anywhere in the folders given, each once and in order.

    Raises InvalidInput where there is none, or one of another format was named.
    """
    found: dict[Path, None] = {}
    for source in sources:
        if source.is_dir():
            inside = (path for path in source.rglob("*") if path.suffix in FORMATS and path.is_file())
            found |= dict.fromkeys(sorted(path.resolve() for path in inside))
        else:
            open_reader(source)
            found[source.resolve()] = None
    if not found:
        named = ", ".join(map(str, sources))
        raise InvalidInput("there is nothing to screen", problems=[Problem(named, "no files", ", ".join(FORMATS))])
    return list(found)


def cut(path: Path) -> list[FilePiece]:
    """The pieces of a file. Raises InvalidInput for a file that is not what its ending says."""
    name = f"{path.stem}-{hashlib.sha256(str(path).encode()).hexdigest()[:8]}"
    if path.suffix == ".parquet":
        columns = open_reader(path).columns
        rows = int(pl.scan_parquet(path).select(pl.len()).collect().item())
        starts = range(0, rows, PIECE_ROWS) if rows else [0]
        return [
            FilePiece(path, f"{name}-{number:05}", start, min(PIECE_ROWS, rows - start), columns)
            for number, start in enumerate(starts)
        ]
    encoding = encoding_of(path)
    columns = open_reader(path, encoding).columns
    return [
        FilePiece(path, f"{name}-{number:05}", start, end - start, columns, encoding, line)
        for number, (start, end, line) in enumerate(_stretches(path))
    ]


def read_frame(piece: FilePiece) -> pl.DataFrame:
    """The piece of a Parquet file, by columns."""
    return pl.scan_parquet(piece.path).slice(piece.start, piece.length).collect()


def read_piece(piece: FilePiece) -> Iterator[Row | Unread]:
    """The piece's rows in order; what cannot be read tells its line instead."""
    if piece.path.suffix == ".parquet":
        yield from read_frame(piece).iter_rows(named=True)
        return
    with piece.path.open("rb") as file:
        file.seek(piece.start)
        text = file.read(piece.length).decode(piece.encoding)
    if piece.path.suffix == ".csv":
        yield from _csv_rows(piece, text)
        return
    lines = text.split("\n")
    if not lines[-1]:  # behind the last line end there is no line
        lines.pop()
    for number, line in enumerate(lines, piece.line):
        if piece.path.suffix == ".txt":
            yield {"text": line.rstrip("\r")}
        elif line.strip():
            yield _json_row(piece, line, number)


def _json_row(piece: FilePiece, line: str, number: int) -> Row | Unread:
    try:
        row = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        return Unread(f"{piece.path}:{number}: not JSON: {error}")
    return row if isinstance(row, dict) else Unread(f"{piece.path}:{number}: not an object, expected one a line")


def _csv_rows(piece: FilePiece, text: str) -> Iterator[Row | Unread]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    width, is_first = len(piece.columns), piece.line == 1
    before = 0
    while True:
        try:
            values = next(reader, None)
        except csv.Error as error:
            yield Unread(f"{piece.path}:{piece.line + reader.line_num - 1}: {error}")
            continue
        at, before = piece.line + before, reader.line_num
        if values is None:
            return
        if is_first:  # the headings
            is_first = False
        elif len(values) > width:
            yield Unread(f"{piece.path}:{at}: more values than columns, expected {width}")
        elif values:
            yield dict(zip(piece.columns, values, strict=False))


def _stretches(path: Path) -> Iterator[tuple[int, int, int]]:
    """Start, end and first line of each piece; quoted line ends do not end a CSV record."""
    counts_quotes = path.suffix == ".csv"
    start = at = 0
    line = first_line = 1
    is_quoted = False
    with path.open("rb") as file:
        for text in file:
            at += len(text)
            line += 1
            if counts_quotes and text.count(b'"') % 2:
                is_quoted = not is_quoted
            if at - start >= PIECE_BYTES and not is_quoted:
                yield start, at, first_line
                start, first_line = at, line
    if at > start or at == 0:
        yield start, at, first_line
