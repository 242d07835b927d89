"""The files of one revision of a local Git working copy, read without checking anything out.

``git ls-tree`` names the files, ``git cat-file`` gives their bytes: what lies in the working copy, hooks and filters
have no say. Symbolic links and submodules are not followed.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

from app.errors import BadDefinition, Problem

_TIMEOUT_S = 60
_FILE_MODES = ("100644", "100755")


def read_blobs(
    repository: Path, *, revision: str, folder: str, wanted: Callable[[str], bool]
) -> tuple[str, dict[str, bytes]]:
    """The commit, and the wanted files of ``folder`` at ``revision`` (anything Git understands) by relative path.

    Raises BadDefinition when there is no such repository, revision or folder.
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
        if mode in _FILE_MODES and wanted(name):
            blobs[name] = about.split()[1]
    return sha, {name: _git(repository, "cat-file", "blob", blob) for name, blob in blobs.items()}


def bad_revision(repository: Path, problem: str, expected: str) -> BadDefinition:
    """The error for a revision that cannot be read."""
    return BadDefinition("the revision cannot be read", problems=[Problem(str(repository), problem, expected)])


def _git(repository: Path, *arguments: str) -> bytes:
    try:
        done = subprocess.run(  # noqa: S603 - no shell, and a revision cannot be an option
            ["git", "-C", str(repository), *arguments],  # noqa: S607 - the operator's own git
            capture_output=True,
            timeout=_TIMEOUT_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise bad_revision(repository, f"git cannot be run: {error}", "git on this machine") from error
    if done.returncode != 0:
        said = done.stderr.decode("utf-8", "replace").strip()[:300] or f"git {arguments[0]} found nothing"
        raise bad_revision(repository, said, "a local Git working copy and a revision in it")
    return done.stdout
