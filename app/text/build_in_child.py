"""Checks a set of wordlists and builds its matcher in a child process of low priority.

Building takes seconds of processor time with the interpreter's lock held, and half a gigabyte that Python does not give
back. In a child neither is felt by the requests that the service answers meanwhile.

    parent ─ question (JSON, standard input) ─▶ child ─ problems (JSON, standard output) ─▶ parent
                                                  └──── the pack, into the file asked for
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from app.errors import BadDefinition, NotReady, Problem
from app.text.match import EngineName, build_matcher
from app.text.packed import pack, pack_tables
from app.text.wordlist import load_wordlists

_ROOT = Path(__file__).resolve().parents[2]
_LAST_WORDS = 300
_NICENESS = 5
_STOPS = frozenset({signal.SIGTERM, signal.SIGINT, signal.SIGHUP})


class BuildStopped(NotReady):
    """Somebody ended the child, as happens to a whole process group: then we are being stopped, too."""

    code = "build_stopped"
    title = "A matcher is not built, because the service is stopping"


class ChildFailed(Exception):
    """The child did not answer; the message says why. Nothing is known of the wordlists."""


def build_in_child(
    files: Mapping[str, str], *, engine: EngineName, into: Path, timeout_s: float, tables: Path | None = None
) -> None:
    """Check the files and write the pack of their matcher, whose engine `is_packable`.

    Into ``tables``, where that is said, go the tables of this program.

    Raises:
        BadDefinition: naming every problem as ``file:line``.
        BuildStopped: the child was told to stop; building here instead would hold up our own stop.
        ChildFailed: the child ended otherwise, or not within ``timeout_s`` seconds.
    """
    question = json.dumps({"files": dict(files), "engine": engine, "into": str(into), "tables": tables and str(tables)})
    try:
        child = _run(question, timeout_s)
    except (subprocess.TimeoutExpired, OSError) as error:
        raise ChildFailed(f"{type(error).__name__}: {error}"[:_LAST_WORDS]) from error
    if -child.returncode in _STOPS:
        raise BuildStopped(f"the build was ended by {signal.Signals(-child.returncode).name}", retry_after_s=2)
    if child.returncode != 0:
        told = child.stderr.decode("utf-8", "replace")[-_LAST_WORDS:].strip()
        raise ChildFailed(f"ended with {child.returncode}: {told}")
    problems = [Problem(**each) for each in json.loads(child.stdout)]
    if problems:
        raise BadDefinition("The wordlists are wrong", problems=problems)


def build_here(question: Mapping[str, Any]) -> list[Problem]:
    """The child's own work; every problem found."""
    try:
        lists = load_wordlists(question["files"])
    except BadDefinition as error:
        return list(error.problems)
    if question["tables"] is not None:
        Path(question["tables"]).write_bytes(pack_tables())
    Path(question["into"]).write_bytes(pack(build_matcher(lists, engine=question["engine"]), lists))
    return []


def _run(question: str, timeout_s: float) -> subprocess.CompletedProcess[bytes]:
    """The child's end; its metrics go to a folder of its own, for they are no part of the service's."""
    with TemporaryDirectory() as metrics:
        return subprocess.run(
            [sys.executable, "-m", "app.text.build_in_child"],
            input=question.encode(),
            capture_output=True,
            timeout=timeout_s,
            cwd=_ROOT,
            env=os.environ | {"PROMETHEUS_MULTIPROC_DIR": metrics},
            check=False,
        )


def main() -> None:
    """Read the question from standard input, write the problems to standard output."""
    os.nice(_NICENESS)
    problems = build_here(json.load(sys.stdin))
    told = ({"field": each.field, "problem": each.problem, "expected": each.expected} for each in problems)
    json.dump(list(told), sys.stdout)


if __name__ == "__main__":
    main()
