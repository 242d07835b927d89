"""Rows from and to files by their ending: one text a line, CSV, JSON lines, Parquet."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self, TypeAlias

import orjson
import polars as pl

from app.errors import InvalidInput, Problem
from app.values.given_json import doubled_name

Row: TypeAlias = dict[str, Any]
FORMATS = (".txt", ".csv", ".jsonl", ".parquet")
UTF_8, GB18030 = "utf-8-sig", "gb18030"
_PARQUET_ROWS = 20_000
_BLOCK_BYTES = 1 << 20


class Reader:
    """Rows of one file, streamed; ``columns`` are known before the first row."""

    def __init__(self, path: Path, encoding: str = UTF_8) -> None:
        self._path, self._encoding = path, encoding
        self.columns = self._columns()

    def rows(self) -> Iterator[Row]:
        """Every row in order; raises InvalidInput naming the line that cannot be read."""
        try:
            yield from self._rows()
        except UnicodeDecodeError as error:
            raise InvalidInput(f"{self._path} is not UTF-8 (byte {error.start} of a block)") from None
        except (csv.Error, pl.exceptions.PolarsError) as error:
            raise InvalidInput(f"{self._path} cannot be read: {error}") from None

    def _columns(self) -> tuple[str, ...]:
        if self._path.suffix == ".txt":
            return ("text",)
        if self._path.suffix == ".parquet":
            try:
                return tuple(pl.read_parquet_schema(self._path))
            except (pl.exceptions.PolarsError, OSError) as error:
                raise InvalidInput(f"{self._path} is no Parquet file: {error}") from None
        first = next(self.rows(), None)
        return tuple(first) if first is not None else ("text",)

    def _rows(self) -> Iterator[Row]:
        if self._path.suffix == ".parquet":
            for frame in pl.scan_parquet(self._path).collect_batches(chunk_size=_PARQUET_ROWS):
                yield from frame.iter_rows(named=True)
            return
        with self._path.open(encoding=self._encoding, newline="") as file:
            if self._path.suffix == ".csv":
                yield from _csv_rows(self._path, file)
            else:
                for number, line in enumerate(file, 1):
                    if line.strip():
                        yield self._line(line, number)

    def _line(self, line: str, number: int) -> Row:
        if self._path.suffix == ".txt":
            return {"text": line.rstrip("\r\n")}
        try:
            row = orjson.loads(line)
        except orjson.JSONDecodeError as error:
            raise _bad(self._path, number, f"not JSON: {error}", "one JSON object a line") from None
        if not isinstance(row, dict):
            raise _bad(self._path, number, "not an object", "one JSON object a line")
        if (name := doubled_name(line)) is not None:
            raise _bad(self._path, number, f"the name {name!r} stands twice", "each name once in an object")
        return row


class Writer(AbstractContextManager["Writer"]):
    """Writes rows in a format; Parquet is gathered in frames and written at the end."""

    def __init__(self, path: Path, suffix: str) -> None:
        self._path, self._suffix = path, suffix
        self._frames: list[pl.DataFrame] = []
        self._file: IO[bytes] | None = None
        self._text: IO[str] | None = None
        self._csv: csv.DictWriter[str] | None = None

    def __enter__(self) -> Self:
        if self._suffix == ".jsonl":
            self._file = self._path.open("wb")
        elif self._suffix in {".csv", ".txt"}:
            self._text = self._path.open("w", encoding="utf-8", newline="")
        return self

    def write(self, rows: Sequence[Row]) -> None:
        """Add rows."""
        if self._file is not None:
            self._file.write(b"".join(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE) for row in rows))
        elif self._text is not None:
            if self._csv is None and rows:
                self._csv = csv.DictWriter(self._text, list(rows[0]), extrasaction="ignore")
                self._csv.writeheader()
            if self._csv is not None:
                self._csv.writerows(rows)
        elif rows:
            self._frames.append(pl.DataFrame(list(rows), infer_schema_length=None))

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for file in (self._file, self._text):
            if file is not None:
                file.close()
        if kind is None and self._suffix == ".parquet":
            frames = self._frames or [pl.DataFrame({"text": [], "decision": []})]
            pl.concat(frames, how="vertical_relaxed").write_parquet(self._path)


def encoding_of(path: Path) -> str:
    """`UTF_8` when the whole file reads as that (with a mark or without), else `GB18030`; InvalidInput for neither."""
    for encoding in (UTF_8, GB18030):
        decoder = codecs.getincrementaldecoder(encoding)()
        try:
            with path.open("rb") as file:
                while block := file.read(_BLOCK_BYTES):
                    decoder.decode(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            continue
        return encoding
    raise InvalidInput(
        "the file cannot be read", problems=[Problem(str(path), "neither of the known encodings", "UTF-8 or GB18030")]
    )


def open_reader(path: Path, encoding: str = UTF_8) -> Reader:
    """A reader for the file's ending; raises InvalidInput for others."""
    if path.suffix not in FORMATS:
        raise InvalidInput(
            "unknown format", problems=[Problem(str(path), path.suffix or "no ending", ", ".join(FORMATS))]
        )
    return Reader(path, encoding)


def open_writer(path: Path, suffix: str) -> Writer:
    """A writer of the format ``suffix`` to ``path``."""
    return Writer(path, suffix)


def _csv_rows(path: Path, file: IO[str]) -> Iterator[Row]:
    reader = csv.DictReader(file, strict=True, restkey="\x00more")
    for row in reader:
        if "\x00more" in row:
            raise _bad(path, reader.line_num, "more values than columns", f"{len(reader.fieldnames or ())} values")
        yield dict(row)


def _bad(path: Path, line: int, problem: str, expected: str) -> InvalidInput:
    return InvalidInput("the file cannot be read", problems=[Problem(f"{path}:{line}", problem, expected)])
