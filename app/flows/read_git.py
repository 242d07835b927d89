"""Reads the files of one revision of a local Git working copy, without checking anything out.

``git ls-tree`` names the files, ``git cat-file --batch`` gives their bytes: what lies in the working copy, hooks and
filters have no say. Symbolic links and submodules are not followed; a pack is plain files.
"""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

from app import snapshots
from app.errors import BadDefinition, Problem

_TIMEOUT_S = 60
_FILE_MODES = ("100644", "100755")


@dataclass(frozen=True, slots=True)
class Revision:
    """The files of a kind at a commit, by path relative to the folder."""

    commit: str
    files: dict[str, str]


def read_revision(kind: str, repository: Path, *, revision: str, folder: str) -> Revision:
    """The files of ``folder`` at ``revision`` (anything Git understands: a branch, a tag, a commit).

    Raises BadDefinition when there is no such repository, revision or folder, or a file is not UTF-8 text.
    """
    commit = _git(repository, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    sha = commit.decode().strip()
    root = "" if folder in {"", "."} else folder.strip("/") + "/"
    listed = _git(repository, "ls-tree", "-r", "-z", "--full-tree", sha, *(["--", root] if root else []))
    blobs: dict[str, str] = {}
    for entry in listed.decode("utf-8", "surrogateescape").split("\0"):
        mode, _, rest = entry.partition(" ")
        about, _, path = rest.partition("\t")
        name = path.removeprefix(root)
        if mode in _FILE_MODES and snapshots.counts(kind, name):
            blobs[name] = about.split()[1]
    if not blobs:
        raise _bad(repository, f"{revision} has no {kind} under {folder or '.'}", "a folder with such files")
    texts = {name: _git(repository, "cat-file", "blob", blob) for name, blob in blobs.items()}
    return Revision(sha, snapshots.as_texts(kind, texts))


def _git(repository: Path, *arguments: str) -> bytes:
    try:
        done = subprocess.run(  # noqa: S603 - no shell, and a revision cannot be an option
            ["git", "-C", str(repository), *arguments],  # noqa: S607 - the operator's own git
            capture_output=True,
            timeout=_TIMEOUT_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise _bad(repository, f"git cannot be run: {error}", "git on this machine") from error
    if done.returncode != 0:
        said = done.stderr.decode("utf-8", "replace").strip()[:300] or f"git {arguments[0]} found nothing"
        raise _bad(repository, said, "a local Git working copy and a revision in it")
    return done.stdout


def _bad(repository: Path, problem: str, expected: str) -> BadDefinition:
    return BadDefinition("the revision cannot be read", problems=[Problem(str(repository), problem, expected)])
