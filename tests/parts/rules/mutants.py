"""Faults put into the rule compiler on purpose, one a mutant; which of them does comparing not see?

    python -m tests.parts.rules.mutants

Each mutant is one place of one source file written otherwise. It is imported in a child of its own, because some faults
make the C module hang or die, and has to be caught by the fuzz, by a table of edges, or by the engine's examples
(``battery.py``). Prints one line a mutant; a mutant whose place is gone has to be written anew.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import sys
from dataclasses import dataclass
from importlib.machinery import ModuleSpec, SourceFileLoader
from pathlib import Path
from types import CodeType

import yaml

from app.rules import durable

ROOT = Path(__file__).parents[3]
TIMEOUT_S = 60
SURVIVED, CAUGHT, RAISED, NO_PLACE = 0, 3, 4, 5
_SAID = {SURVIVED: "survived", CAUGHT: "caught", RAISED: "caught: does not build", NO_PLACE: "its place is gone"}


@dataclass(frozen=True)
class Mutant:
    """In ``app/rules/<file>.py`` the text ``old`` (it stands once) is written as ``new``."""

    name: str
    file: str
    old: str
    new: str


def mutants() -> list[Mutant]:
    """Those that can be seen on this Python."""
    read = yaml.safe_load((Path(__file__).with_suffix(".yaml")).read_text("utf-8"))
    return [
        Mutant(each["name"], each["file"], each["old"], each["new"])
        for each in read
        if durable.AVAILABLE or not each.get("c", False)
    ]


class _Finder:
    """Gives one module with other source than its file has."""

    def __init__(self, mutant: Mutant, source: str) -> None:
        self.module, self.source = f"app.rules.{mutant.file}", source

    def find_spec(self, name: str, _path: object = None, _target: object = None) -> ModuleSpec | None:
        if name != self.module:
            return None
        path = str(ROOT / (name.replace(".", "/") + ".py"))
        return ModuleSpec(name, _Loader(name, path, self.source), origin=path)


class _Loader(SourceFileLoader):
    def __init__(self, name: str, path: str, source: str) -> None:
        super().__init__(name, path)
        self.source = source

    def get_code(self, _fullname: str) -> CodeType:
        return compile(self.source, self.path, "exec", dont_inherit=True)


def try_mutant(mutant: Mutant) -> str:
    """What became of it, from a child made by fork."""
    child = os.fork()
    if child == 0:
        os._exit(_in_child(mutant))
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    if code < 0:
        return f"caught: {'hangs' if -code == signal.SIGALRM else 'dies'}"
    return _SAID[code]


def _in_child(mutant: Mutant) -> int:
    signal.alarm(TIMEOUT_S)
    source = (ROOT / "app" / "rules" / f"{mutant.file}.py").read_text("utf-8")
    if source.count(mutant.old) != 1:
        return NO_PLACE
    for name in [name for name in sys.modules if name.startswith(("app.rules", "tests.parts.rules."))]:
        del sys.modules[name]
    sys.meta_path.insert(0, _Finder(mutant, source.replace(mutant.old, mutant.new)))
    try:
        battery = importlib.import_module("tests.parts.rules.battery")
        return CAUGHT if battery.first_difference() else SURVIVED
    except Exception:  # noqa: BLE001 - a fault may raise anything
        return RAISED


def main() -> None:
    importlib.import_module("tests.parts.rules.battery")  # what it brings along is loaded once, before the forks
    none = Mutant("no fault", "code", "Writes Python code", "Writes Python code")
    said = {mutant.name: try_mutant(mutant) for mutant in [none, *mutants()]}
    json.dump(said, sys.stdout, indent=1)


if __name__ == "__main__":
    main()
