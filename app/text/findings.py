"""What is wrong with a file being read: problems gathered with their `file:line`, so that all are told at once."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from app.errors import Problem


class Findings:
    """Gathers the problems of one file; `line` is where the reader is, from 1."""

    def __init__(self, file: str) -> None:
        self.problems: list[Problem] = []
        self.line = 1
        self._path = f"wordlists/{file}"

    def wrong(self, problem: str, expected: str = "", *, line: int | None = None) -> None:
        """Note one problem at the current line, or at the one given."""
        self.problems.append(Problem(f"{self._path}:{line or self.line}", problem, expected))

    def unknown(
        self, what: str, value: str, known: Iterable[str], *, expected: str = "", line: int | None = None
    ) -> None:
        """Note a name that is none of the known ones, with the nearest; `expected` where they are too many to tell."""
        names = list(known)
        near = difflib.get_close_matches(value, names, 1)
        meant = f"; did you mean {near[0]}?" if near else ""
        self.wrong(f"unknown {what} {value!r}{meant}", expected or "one of " + ", ".join(names), line=line)
