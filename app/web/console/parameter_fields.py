"""A parameter as a form: its default, and a row for each other value that some shops have."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.errors import InvalidInput, Problem
from app.flows.edit_rules import problems_of
from app.rules.diff import parameters_of
from app.rules.edit import NOTHING, set_parameter_keys
from app.rules.pack import Pack
from app.rules.yaml_text import read
from app.values.rule_scope import SCOPE_KEYS
from app.web.console.edit_draft import Draft, document_of, nearest, split_place
from app.web.console.problem_words import told
from app.web.console.words import say

ROWS_MAX = 200
_SEPARATORS = re.compile(r"[,，、;；\n]")
_NUMBER = re.compile(r"[-+]?[0-9]{1,18}")
_SHAPE = re.compile(
    r"'parameters\.\w+\.(?:overrides\.(?P<row>\d+)\.)?(?P<key>title_en|title|default|origin|note|value|where)\b"
)
_VALUE = re.compile(
    r"-?\d+ is (below|above) the parameter's (min|max)|the default .* does not fit the unit"
    r"|.* is not of the default's type"
)
"""Problems of a value, which may stand in one line with everything else that is said of the parameter."""
_TITLES = ("title", "title_en")
_OWN = (*_TITLES, "default", "origin", "note")


@dataclass(frozen=True, slots=True)
class ParameterTarget:
    """The parameter that is edited."""

    pack: str
    name: str

    def values(self, files: Mapping[str, str]) -> dict[str, str]:
        """The form's values; ``rows`` is how many rows of other values there are."""
        kept = self._written(files)
        values = {name: _said(kept.get(name)) for name in _OWN}
        overrides = kept.get("overrides") or []
        for number, each in enumerate(overrides):
            values |= {f"o{number}-{key}": _listed((each.get("where") or {}).get(key)) for key in SCOPE_KEYS}
            values |= {f"o{number}-{key}": _said(each.get(key)) for key in ("value", "origin", "note")}
        return values | {"rows": str(len(overrides))}

    def edited(self, files: Mapping[str, str], draft: Draft, _packs: Sequence[Pack], /) -> dict[str, str]:
        """The files with what the form says."""
        kept, values = self._written(files), draft.values
        before = kept.get("overrides") or []
        rows = [
            found
            for number in range(min(int(values["rows"]), ROWS_MAX))
            if (found := self._row(number, draft, kept, before)) is not None
        ]
        note = values["note"].strip()
        keys: dict[str, object] = {name: values[name].strip() or NOTHING for name in _TITLES} | {
            "default": self._value("default", draft, kept["default"]),
            "origin": values["origin"].strip(),
            "note": note or NOTHING,
            "overrides": rows or NOTHING,
        }
        try:
            return set_parameter_keys(files, pack=self.pack, name=self.name, keys=keys)
        except InvalidInput as error:
            for problem in problems_of(error):
                draft.bad("default", told(problem))
            return dict(files)

    def rules(self, packs: Sequence[Pack], /) -> tuple[str, ...]:
        """The rules that use it."""
        found = [rule for pack in packs if pack.name == self.pack for rule in pack.rules]
        return tuple(rule.id for rule in found if self.name in parameters_of(rule))

    def field_of(self, problem: Problem, files: Mapping[str, str]) -> str | None:
        """By the line the problem stands in."""
        file = f"{self.pack}/pack.yaml"
        document, (at, line) = document_of(files, file), split_place(problem.field)
        if document is None or at != f"rules/{file}":
            return None
        names = list(read(file, files[file])["parameters"])
        after = names[names.index(self.name) + 1 :]
        first = document.key_place(("parameters", self.name)).line
        last = document.key_place(("parameters", after[0]) if after else ("rules",)).line
        if not first <= line < max(last, first + 1):
            return None
        paths: dict[str, tuple[str | int, ...]] = {name: ("parameters", self.name, name) for name in _OWN}
        overrides = read(file, files[file])["parameters"][self.name].get("overrides") or []
        for number in range(len(overrides)):
            inner = ("parameters", self.name, "overrides", number)
            paths |= {f"o{number}-{SCOPE_KEYS[0]}": (*inner, "where"), f"o{number}-origin": (*inner, "origin")}
            paths |= {f"o{number}-value": (*inner, "value")}
        if problem.problem.startswith("the override is for "):
            paths = {name: path for name, path in paths.items() if path[-1] == "where"}
        elif _VALUE.fullmatch(problem.problem):
            paths = {name: path for name, path in paths.items() if path[-1] in ("default", "value")}
        return _named(problem.problem) or nearest(document, paths, problem.field)

    def _written(self, files: Mapping[str, str]) -> dict[str, Any]:
        file = f"{self.pack}/pack.yaml"
        kept = (read(file, files[file]).get("parameters") or {}).get(self.name) if file in files else None
        if not isinstance(kept, dict):
            raise InvalidInput(f"no parameter {self.pack}.{self.name}")
        return kept

    def _row(
        self, number: int, draft: Draft, kept: Mapping[str, Any], before: Sequence[Mapping[str, Any]]
    ) -> dict[str, Any] | None:
        """One other value, or None for a row that is empty or taken out; written as it was where it is the same."""
        own = {
            key: draft.values.get(f"o{number}-{key}", "").strip() for key in (*SCOPE_KEYS, "value", "origin", "note")
        }
        if draft.values.get(f"o{number}-gone") or not any(own[key] for key in (*SCOPE_KEYS, "value", "note")):
            return None
        old = before[number] if number < len(before) else {}
        scope = {key: _entries(own[key]) for key in SCOPE_KEYS if own[key]}
        where = {key: _as_before(found, (old.get("where") or {}).get(key)) for key, found in scope.items()}
        row: dict[str, Any] = {"where": where, "value": self._value(f"o{number}-value", draft, kept["default"])}
        row |= {key: own[key] for key in ("origin", "note") if own[key]}
        return row

    def _value(self, name: str, draft: Draft, like: object) -> object:
        """A value of the type the default has; a number that is none is said at its field."""
        text = draft.values.get(name, "").strip()
        if isinstance(like, bool):
            return text == "true"
        if isinstance(like, list):
            return [each.strip() for each in text.splitlines() if each.strip()]
        if isinstance(like, int):
            if not _NUMBER.fullmatch(text):
                draft.bad(name, say("edit.bad_number"))
                return like
            return int(text)
        return text


def _named(text: str) -> str | None:
    """The field that the problem's own words name."""
    found = _SHAPE.match(text)
    if found is None:
        return None
    key = SCOPE_KEYS[0] if found["key"] == "where" else found["key"]
    return key if found["row"] is None else f"o{found['row']}-{key}"


def _entries(text: str) -> list[str]:
    return [each.strip() for each in _SEPARATORS.split(text) if each.strip()]


def _as_before(entries: list[str], old: object) -> object:
    """One entry stands without brackets where it did, or where it is new."""
    return entries[0] if len(entries) == 1 and not isinstance(old, list) else entries


def _said(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "\n".join(map(str, value)) if isinstance(value, list) else str(value)


def _listed(value: object) -> str:
    return "、".join(map(str, value)) if isinstance(value, list) else _said(value)
