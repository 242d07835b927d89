"""A form of whole numbers that stand at what is in force: which were changed, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from app.errors import InvalidInput, Problem
from app.values.given_numbers import read_whole
from app.web.console.problem_words import told
from app.web.console.words import name, say

R = TypeVar("R")
_LONGEST = 17


@dataclass(frozen=True, slots=True)
class Number:
    """One field: what is in force, and what the form says."""

    name: str
    in_force: int
    given: str


@dataclass(slots=True)
class Numbers:
    """All fields of a form; ``problems`` are sentences by field's name, or by nothing where it is about none alone."""

    fields: Mapping[str, Number]
    is_sent: bool
    problems: dict[str, list[str]] = field(default_factory=dict)

    def group(self, names: Iterable[str]) -> list[Number]:
        """Some of the fields."""
        return [self.fields[each] for each in names]

    @property
    def changed(self) -> dict[str, int]:
        """The numbers that are not those in force."""
        whole = {each.name: int(each.given) for each in self.fields.values() if is_whole(each.given)}
        return {name: value for name, value in whole.items() if value != self.fields[name].in_force}

    @property
    def said(self) -> list[str]:
        """Every problem in a sentence, with the field it is about."""
        return [
            f"{name('tried', about)}：{problem}" if about in self.fields else problem
            for about, problems in self.problems.items()
            for problem in problems
        ]

    def tried(self, work: Callable[[dict[str, int]], R]) -> R | None:
        """What comes out of the changed numbers; None where nothing was sent or changed, or something is wrong."""
        if not self.is_sent or self.problems or not self.changed:
            return None
        try:
            return work(self.changed)
        except InvalidInput as error:
            self._note(error.problems or [Problem("", error.detail)])
            return None

    def _note(self, problems: Sequence[Problem]) -> None:
        for problem in problems:
            about = problem.field.removeprefix("parameters.")
            first = next((each for each in self.fields if each.startswith(about.rstrip("*"))), about)
            self.problems.setdefault(about if about in self.fields else first, []).append(told(problem))


def numbers(in_force: Mapping[str, int], given: Mapping[str, str]) -> Numbers:
    """The form over what is in force, with what an address says; an empty field stands as it is."""
    said = {name: given.get(name, "").strip()[:_LONGEST] for name in in_force}
    found = Numbers(
        {name: Number(name, value, said[name] or str(value)) for name, value in in_force.items()},
        is_sent=any(said.values()),
    )
    for each in found.fields.values():
        if not is_whole(each.given):
            found.problems[each.name] = [say("what_if.not_whole")]
    return found


def is_whole(given: str) -> bool:
    """Whether a text is a whole number."""
    return read_whole(given) is not None
