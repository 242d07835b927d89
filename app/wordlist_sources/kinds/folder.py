"""A folder on this machine: the deployment's own wordlists folder, or another one that something else fills."""

from __future__ import annotations

import contextlib
from pathlib import Path

from app import snapshots
from app.errors import BadDefinition, Problem
from app.wordlist_sources.source import Around, Fetched, Known, SourceOptions


class Options(SourceOptions):
    """``path`` is absolute; without it, it is the deployment's wordlists folder."""

    path: Path | None = None


def fetch(options: Options, known: Known, around: Around) -> Fetched:  # noqa: ARG001 - every kind's promise
    """Every file of the folder; another folder than the deployment's own gives lists only."""
    own = options.path is None
    folder = around.wordlists_dir if options.path is None else options.path
    if not folder.is_dir():
        problem = Problem(str(folder), "is no folder", "a folder with wordlists")
        raise BadDefinition("the wordlists folder cannot be read", problems=[problem])
    found: dict[str, bytes] = {}
    for path in sorted(folder.rglob("*") if own else folder.iterdir()):
        name = path.relative_to(folder).as_posix()
        if not snapshots.counts("wordlists", name) and path.suffix != ".csv":
            continue
        if path.suffix == ".csv" and (own or name.startswith(".")):
            continue
        if path.suffix == ".yaml" and not own:
            continue
        with contextlib.suppress(FileNotFoundError, IsADirectoryError):  # renamed meanwhile: the next look sees it
            if path.stat().st_size > around.max_bytes:
                problem = Problem(str(path), f"{path.stat().st_size} bytes", f"at most {around.max_bytes}")
                raise BadDefinition("the wordlists folder cannot be read", problems=[problem])
            found[name if own else f"{path.stem}.txt"] = path.read_bytes()
    return Fetched("local", found)
