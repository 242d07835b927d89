"""What an editor's form holds while it is filled in: texts by field, and what is wrong with each of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from app.errors import Problem
from app.rules.pack import Pack
from app.rules.positions import BadYaml, Document, Path, Place, read_document
from app.web.console.problem_words import told
from app.web.console.words import say

VALUE_MAX = 20_000
FILE_MAX = 300_000
_NEAR = 24


@dataclass(slots=True)
class Draft:
    """One form: ``values`` as typed, ``errors`` by field in Chinese, ``general`` what belongs to no field."""

    values: dict[str, str]
    errors: dict[str, list[str]] = field(default_factory=dict)
    general: list[Problem] = field(default_factory=list)

    @property
    def is_wrong(self) -> bool:
        """Whether anything is wrong with it."""
        return bool(self.errors or self.general)

    def bad(self, name: str, said: str) -> None:
        """Say what is wrong with a field, once."""
        known = self.errors.setdefault(name, [])
        if said not in known:
            known.append(said)


class Target(Protocol):
    """What is edited: a rule, a parameter or a whole pack."""

    @property
    def pack(self) -> str:
        """The pack it stands in."""

    def values(self, files: Mapping[str, str]) -> dict[str, str]:
        """The form's values of what is written in the files; raises InvalidInput where there is none."""

    def edited(self, files: Mapping[str, str], draft: Draft, packs: Sequence[Pack], /) -> dict[str, str]:
        """The files as the form has it; what cannot be read is said in the draft."""

    def rules(self, packs: Sequence[Pack], /) -> tuple[str, ...]:
        """The rules it concerns."""

    def field_of(self, problem: Problem, files: Mapping[str, str]) -> str | None:
        """The form's field that a problem of the edited files is about."""


def rebased(target: Target, draft: Draft, old: Mapping[str, str], new: Mapping[str, str]) -> None:
    """Carry a form over to files that took force meanwhile: what was not touched follows, what was is pointed out."""
    was, now = target.values(old), target.values(new)
    for name in was.keys() | now.keys():
        before, after = was.get(name, ""), now.get(name, "")
        if before == after:
            continue
        if draft.values.get(name, "") == before:
            draft.values[name] = after
        elif draft.values.get(name, "") != after:
            draft.bad(name, say("edit.moved_field", value=after or say("edit.empty")))


def spread(target: Target, draft: Draft, problems: Sequence[Problem], files: Mapping[str, str]) -> None:
    """Put each problem at its field, where nothing is said there already, or among the general ones."""
    said = set(draft.errors)
    for problem in problems:
        name = target.field_of(problem, files)
        if name is None:
            draft.general.append(problem)
        elif name not in said:
            draft.bad(name, told(problem))


def in_text(text: str, offset: int) -> str:
    """Where in a text of several lines a code point stands, with what is written there."""
    before = text[:offset]
    line, column = before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1
    near = text[offset : offset + _NEAR].replace("\n", " ")
    return say("problem.in_text", line=line, column=column, near=near or text[-_NEAR:])


def document_of(files: Mapping[str, str], file: str) -> Document | None:
    """A file with the places of its values; None when it cannot be read."""
    try:
        return read_document(f"rules/{file}", files[file])
    except BadYaml:
        return None


def nearest(document: Document, paths: Mapping[str, Path], place: str) -> str | None:
    """The field whose value stands nearest above a ``file:line``."""
    file, line = split_place(place)
    found: dict[str, Place] = {name: document.place(path) for name, path in paths.items() if path in document.places}
    above = [(at.line, name) for name, at in found.items() if at.file == file and at.line <= line]
    return max(above)[1] if above else None


def split_place(place: str) -> tuple[str, int]:
    """File and line of ``file:line[:column]``; line 0 where there is none."""
    file, _, rest = place.partition(".yaml:")
    number = rest.partition(":")[0]
    return (f"{file}.yaml", int(number)) if number.isdigit() else (place, 0)
