"""A generated function in two steps: written and compiled, which can be kept as bytes, and bound, which takes no time.

Compiling is most of what a changed rule costs and gives the same code in every process; binding gives the code what it
needs of this one: the programs of its patterns and the readers of facts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import CodeType, FunctionType
from typing import Any

from app.rules import durable, reading
from app.rules.calls import compile_pattern

NAME = "generated"
_BUILTINS = {"any": any, "all": all, "sum": sum, "min": min, "max": max, "abs": abs, "len": len, "int": int, "str": str}
_READERS = {name: getattr(reading, name) for name in ("text", "instant", "texts", "records", "found")}
_NAMESPACE = {"__builtins__": {}, **_BUILTINS, **_READERS, "quoted": durable.string_column}
_PATTERN = re.compile(r"\bp[0-9]+\b")


@dataclass(frozen=True, slots=True)
class Written:
    """One function's code, the patterns it looks for and the members of the record lists it reads, by their names."""

    code: CodeType
    patterns: Mapping[str, str]
    members: Mapping[str, reading.Members]


def compiled(lines: Sequence[str], patterns: Mapping[str, str], members: Mapping[str, reading.Members]) -> Written:
    """The function of these lines; of the patterns (by name) it keeps those that the lines name."""
    source = f"def {NAME}(get, now, wrong):\n" + "".join(f"    {line}\n" for line in lines)
    named = set(_PATTERN.findall(source))
    module = compile(source, "<rules>", "exec")  # from checked nodes and repr of literals only
    code = next(each for each in module.co_consts if isinstance(each, CodeType))
    return Written(code, {name: pattern for name, pattern in patterns.items() if name in named}, members)


def bound(written: Written) -> Any:
    """The function, ready to be called with ``get``, ``now`` and a list for the names of wrong facts."""
    programs = {name: compile_pattern(pattern) for name, pattern in written.patterns.items()}
    return FunctionType(written.code, {**_NAMESPACE, **written.members, **programs}, NAME)
