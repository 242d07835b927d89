"""Tries a candidate set of packs in a child process, because what a bad rule does to the C engine is not an exception.

It may hang holding the interpreter's lock, or end the process. The child loads, builds, runs the examples and the
generated cases, and answers in JSON; whatever else becomes of it within the time is a problem of the candidate. What it
compiled it leaves behind, so that no process that serves has to compile it again, and what it read, for the parent.

    parent ─ question (JSON, standard input) ─▶ child ─ problems (JSON, standard output) ─▶ parent
                                                  └──── the compiled rules, into the file asked for; beside it
                                                        what was read of the packs
"""

from __future__ import annotations

import json
import os
import pkgutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from app.errors import BadDefinition, Problem
from app.rules.engine import Engine, Evaluator, build_engine
from app.rules.examples import run_examples
from app.rules.pack import Pack, load_packs
from app.rules.packed import gives_back, pack
from app.rules.passed_on import passed_on

KINDS_FROM = "app.events.kind:load_kinds"
"""Where the child finds the event kinds. A name, because this part must not import its neighbour."""
READ = ".read"
"""How the file beside ``into`` ends."""
_ROOT = Path(__file__).resolve().parents[2]
_LAST_WORDS = 300
_NICENESS = 5


def try_in_child(
    files: Mapping[str, str],
    *,
    timeout_s: float,
    evaluator: Evaluator = "auto",
    kinds_from: str = KINDS_FROM,
    into: Path | None = None,
    is_tried: bool = False,
) -> None:
    """Load, build and try a set of packs in a child process, and leave them compiled in the file ``into``.

    With ``is_tried`` they stood their trial before, and are only compiled.

    Raises BadDefinition with every problem: of loading, of the examples, of evaluators that differ, or that the child
    crashed or did not end within ``timeout_s`` seconds.
    """
    asked = {"files": dict(files), "evaluator": evaluator, "kinds_from": kinds_from}
    question = json.dumps(asked | {"into": into and str(into), "is_tried": is_tried})
    try:
        child = _run_child(question, timeout_s)
    except subprocess.TimeoutExpired as error:
        problem = Problem("rules:1", f"the trial did not end within {timeout_s:g} s", "rules that can be run")
        raise _refused([problem]) from error
    if child.returncode != 0:
        told = child.stderr.decode("utf-8", "replace")[-_LAST_WORDS:].strip()
        raise _refused(
            [Problem("rules:1", f"the trial process ended with {child.returncode}: {told}", "rules that can be run")]
        )
    problems = [Problem(**each) for each in json.loads(child.stdout)]
    if problems:
        raise _refused(problems)


def try_here(
    files: Mapping[str, str],
    *,
    evaluator: Evaluator,
    kinds_from: str,
    into: str | None = None,
    is_tried: bool = False,
) -> list[Problem]:
    """The trial itself, in this process: every problem found."""
    kinds = pkgutil.resolve_name(kinds_from)()
    try:
        packs = load_packs(files, kinds=kinds, with_examples=not is_tried)
    except BadDefinition as error:
        return list(error.problems)
    engine = build_engine(packs, kinds, evaluator=evaluator)
    try:
        problems = [] if is_tried else run_examples(packs, engine)
        if into is not None and not problems:
            _leave(Path(into), files, packs, engine)
        return problems
    finally:
        engine.close()


def _leave(into: Path, files: Mapping[str, str], packs: Sequence[Pack], engine: Engine) -> None:
    """Write the compiled rules down, unless a pack would not give back what it was made from."""
    packed = pack(files, packs, engine)
    if gives_back(packed, packs, engine.kinds):
        into.write_bytes(packed)
        into.with_suffix(READ).write_bytes(passed_on(files, packs))


def _run_child(question: str, timeout_s: float) -> subprocess.CompletedProcess[bytes]:
    """The child's end; its metrics go to a folder of its own, for they are no part of the service's."""
    with TemporaryDirectory() as metrics:
        return subprocess.run(
            [sys.executable, "-m", "app.rules.trial"],
            input=question.encode(),
            capture_output=True,
            timeout=timeout_s,
            cwd=_ROOT,
            env=os.environ | {"PROMETHEUS_MULTIPROC_DIR": metrics},
            check=False,
        )


def _refused(problems: Sequence[Problem]) -> BadDefinition:
    return BadDefinition("the rule packs did not stand their trial", problems=problems)


def _answer(problems: Sequence[Problem]) -> Iterator[dict[str, str]]:
    for problem in problems:
        yield {"field": problem.field, "problem": problem.problem, "expected": problem.expected}


def main() -> None:
    """Read the question from standard input, write the problems to standard output."""
    os.nice(_NICENESS)
    question = json.load(sys.stdin)
    problems = try_here(**question)
    json.dump(list(_answer(problems)), sys.stdout)


if __name__ == "__main__":
    main()
