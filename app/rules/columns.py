"""The columns of a ruleset in C: their names, the clauses over them, and the Python that writes an event's message."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.rules import durable
from app.rules.code import ALWAYS, Coder
from app.rules.patterns import LIMIT, Clause, Column, RulePattern, Test

_OPERATORS = {"<": "$lt", "<=": "$lte", ">": "$gt", ">=": "$gte"}


@dataclass(frozen=True, slots=True)
class ShardCode:
    """One ruleset for C, with the rule each pattern's name stands for."""

    ruleset: durable.Ruleset
    rules: dict[str, int]


def column_names(run: Sequence[RulePattern]) -> dict[Column, str]:
    """A short name for each column of a ruleset: its family and a number."""
    columns: dict[Column, str] = {}
    for pattern in run:
        for clause in pattern.clauses:
            for test in clause.tests:
                columns.setdefault(test.column, f"{test.column.family}{len(columns)}")
    return columns


def shard_code(run: Sequence[RulePattern], columns: dict[Column, str]) -> ShardCode:
    """The ruleset as C gets it."""
    named = {f"p{number}": pattern for number, pattern in enumerate(run)}
    clauses = {name: [_clause(clause, columns) for clause in pattern.clauses] for name, pattern in named.items()}
    return ShardCode(durable.ruleset(clauses), {name: pattern.rule for name, pattern in named.items()})


def _clause(clause: Clause, columns: dict[Column, str]) -> durable.Clause:
    atoms = [_atom(test, columns[test.column]) for test in clause.tests]
    return atoms[0] if len(atoms) == 1 else {"$or": atoms}


def _atom(test: Test, column: str) -> durable.Clause:
    if test.column.family == "b":
        return {column: bool(test.constant)}
    return {column: test.constant} if test.operator == "==" else {_OPERATORS[test.operator]: {column: test.constant}}


def column_lines(names: Sequence[dict[Column, str]], _coder: Coder) -> list[str]:
    """Lines that write one message a ruleset, empty where it has nothing to look at."""
    lines = ["out = []"]
    for columns in names:
        lines.append("m = ''")
        for column, name in columns.items():
            lines.append(_column_line(column, name))
        lines.append(f"out.append({durable.MESSAGE_HEAD!r} + m + '}}' if m else '')")
    return [*lines, "return out"]


def _column_line(column: Column, name: str) -> str:
    known = " and ".join(column.known) or ALWAYS
    if column.family == "s":
        return f"if {known}: m += ',\"{name}\":' + quoted({column.code})"
    if column.family == "b" and column.known:
        return f"if {known}: m += ',\"{name}\":true' if {column.code} else ',\"{name}\":false'"
    if column.family == "b":
        return f"if {column.code}: m += ',\"{name}\":true'"
    most = LIMIT - 1
    clamped = f"n if -{most} < n < {most} else {most} if n > 0 else -{most}"
    return f"if {known}: n = {column.code}; m += f',\"{name}\":{{{clamped}}}.0'"
