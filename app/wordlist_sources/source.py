"""What a source of wordlists promises, and how sources are configured.

A kind of source is one file in ``kinds/`` with a model ``Options`` (what the operator writes) and a function ``fetch``;
the folder is the registration. A source hands over bytes and says how far they can be trusted; what is done with them
is not its business. Whatever goes wrong is an AppError that says what and where.
"""

from __future__ import annotations

import hashlib
import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import ModuleType
from typing import Annotated, Any, Literal, TypeAlias

import orjson
from pydantic import BaseModel, ConfigDict, Field

from app.db import Database
from app.text.edit_lists import Edit
from app.text.foreign import COLUMNS, Format, Shape
from app.wordlist_sources import kinds

Trust: TypeAlias = Literal["local", "signed", "unsigned", "people"]
ListName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,55}$")]
SourceName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,63}$")]


class ListShape(BaseModel):
    """How one foreign list is written, and the head it gets. Without it a list is in our own format."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Format = "lines"
    head: dict[str, str] = Field(default_factory=dict)
    columns: dict[Literal[COLUMNS], str] = Field(default_factory=dict)  # type: ignore[valid-type]
    verdicts: dict[str, Literal["block", "review", "label"]] = Field(default_factory=dict)

    def shape(self) -> Shape:
        """The shape as the reader takes it."""
        return Shape(
            self.format, self.head, {str(key): each for key, each in self.columns.items()}, dict(self.verdicts)
        )


class SourceOptions(BaseModel):
    """What every source has; ``lists`` says of lists that are not in our format how they are written."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: SourceName
    lists: dict[ListName, ListShape] = Field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Known:
    """What was kept of the last time: the source's own mark, and the version of its newest manifest."""

    mark: str | None = None
    version: int | None = None


@dataclass(frozen=True, slots=True)
class Around:
    """What a source may use. ``timeout_s`` bounds all it does, ``max_bytes`` each file."""

    db: Database
    wordlists_dir: Path
    allow_private: bool
    timeout_s: float
    max_bytes: int
    now: datetime


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a source gave: files by name (lists as ``name.txt``), or that nothing changed since ``Known``.

    ``edits`` are single changes of words, ``change_ids`` the rows they come from, ``people`` who gave all this.
    """

    trust: Trust
    files: Mapping[str, bytes] = field(default_factory=dict)
    edits: tuple[Edit, ...] = ()
    change_ids: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    mark: str | None = None
    version: int | None = None
    unchanged: bool = False

    def digest(self) -> str:
        """``sha256:…`` of everything given."""
        whole = orjson.dumps(
            {
                "files": {name: hashlib.sha256(data).hexdigest() for name, data in self.files.items()},
                "edits": [list(edit) for edit in self.edits],
            },
            option=orjson.OPT_SORT_KEYS,
        )
        return "sha256:" + hashlib.sha256(whole).hexdigest()


Fetch: TypeAlias = Callable[[Any, Known, Around], Fetched]


@dataclass(frozen=True, slots=True)
class Source:
    """A configured source, ready to be fetched."""

    kind: str
    options: SourceOptions
    fetch: Fetch

    @property
    def name(self) -> str:
        """Its name."""
        return self.options.name

    def shape_of(self, file: str) -> Shape:
        """How a file of it is written."""
        given = self.options.lists.get(file.rpartition(".")[0])
        return given.shape() if given else Shape()


def load_kinds() -> dict[str, ModuleType]:
    """Every kind of source, found in the folder."""
    return {
        module.name: importlib.import_module(f"{kinds.__name__}.{module.name}")
        for module in sorted(pkgutil.iter_modules(kinds.__path__), key=lambda module: module.name)
    }
