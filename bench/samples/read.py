"""The samples of recall.tsv, one unlawful text and its lawful near-twin a line."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import NamedTuple

FILE = Path(__file__).with_name("recall.tsv")
PARTS = 3
"""One of so many samples is kept apart."""


class Sample(NamedTuple):
    """One line. ``case`` is the law and the kind of case, ``shop`` the shop's category or empty; the twin is about the
    same thing in the same style."""

    id: str
    category: str
    case: str
    kind: str
    shop: str
    unlawful: str
    twin: str

    @property
    def is_kept_apart(self) -> bool:
        """Whether this is one of those not to be looked at while rules or words are written; by the hash of the id."""
        return int(hashlib.sha256(self.id.encode()).hexdigest(), 16) % PARTS == 0


def read_samples(path: Path = FILE) -> list[Sample]:
    """All samples in the order of the file; raises ValueError for a line that is not one."""
    lines = path.read_text(encoding="utf-8").splitlines()
    rows = [(number, line.split("\t")) for number, line in enumerate(lines, 1) if line and not line.startswith("# ")]
    if wrong := [number for number, row in rows if len(row) != len(Sample._fields)]:
        raise ValueError(f"{path.name}: {len(Sample._fields)} columns expected, not in lines {wrong}")
    return [Sample(*row) for _, row in rows]
