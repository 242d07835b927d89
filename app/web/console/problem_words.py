"""What is wrong with a rule, in Chinese: the checks speak English to the log and the terminal, the console to officers.

One pattern a sentence; what stands in its groups (names, numbers, pieces of the condition) is kept. A sentence that has
no pattern is shown as it is, so nothing is ever hidden; a test holds every mistake the checks are tested with to having
one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from app.errors import Problem
from app.values.change import said_value
from app.values.change_words import VERDICTS
from app.web.console.language import is_chinese
from app.web.console.problem_sentences import EXPECTED, PROBLEMS, TYPES
from app.web.console.words import say

_AT = re.compile(r"rules/(?P<file>[^:]+)(?::(?P<line>\d+))?(?::(?P<column>\d+))?")
_HEAD = re.compile(r"^(?P<key>when|[a-z_]+\.[a-z_]+): (?P<rest>.*)$", re.DOTALL)


def told(problem: Problem) -> str:
    """The problem in a sentence, with what was expected, but not where; in English as the checks say it."""
    if not is_chinese():
        return f"{problem.problem}; {problem.expected}" if problem.expected else problem.problem
    said = _translated(problem.problem, PROBLEMS)
    if not problem.expected:
        return said
    return say("problem.expected", problem=said, expected=_translated(problem.expected, EXPECTED))


def place(problem: Problem) -> str:
    """Where in which file, or nothing where it is about no file."""
    found = _AT.fullmatch(problem.field)
    if found is None or found["line"] is None:
        return ""
    key = "problem.at" if found["column"] is None else "problem.at_column"
    return say(key, file=found["file"], line=found["line"], column=found["column"])


def _translated(text: str, table: Iterable[tuple[re.Pattern[str], str]]) -> str:
    head = _HEAD.match(text)
    if head is not None:
        key = "" if head["key"] == "when" else f"{head['key']}："
        return key + _translated(head["rest"], table)
    for pattern, sentence in table:
        found = pattern.fullmatch(text)
        if found is not None:
            kept = {name: _typed(value or "") for name, value in found.groupdict().items()}
            if "unit" in kept:  # a bound: as people read such a number
                kept["a"] = said_value(int(found["a"]), "zh", unit=found["unit"])
            if "verdict" in kept:
                kept["verdict"] = VERDICTS.get(kept["verdict"], {}).get("zh", kept["verdict"])
            return sentence.format(**kept)
    return text


def _typed(value: str) -> str:
    """A kept piece; types and units the checks name are named in Chinese."""
    base, _, unit = value.partition(" (")
    return f"{TYPES[base]}（{unit.rstrip(')')}）" if base in TYPES and unit else TYPES.get(value, value)
