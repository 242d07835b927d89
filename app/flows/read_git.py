"""The files of a kind at one revision of a local Git working copy, as text."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from app import snapshots
from app.git import bad_revision, read_blobs


@dataclass(frozen=True, slots=True)
class Revision:
    """The files of a kind at a commit, by path relative to the folder."""

    commit: str
    files: dict[str, str]


def read_revision(kind: str, repository: Path, *, revision: str, folder: str) -> Revision:
    """The files of ``folder`` at ``revision`` (anything Git understands: a branch, a tag, a commit).

    Raises BadDefinition when there is no such repository, revision or folder, or a file is not UTF-8 text.
    """
    commit, found = read_blobs(
        repository, revision=revision, folder=folder, wanted=lambda name: snapshots.counts(kind, name)
    )
    if not found:
        raise bad_revision(repository, f"{revision} has no {kind} under {folder or '.'}", "a folder with such files")
    return Revision(commit, snapshots.as_texts(kind, found))
