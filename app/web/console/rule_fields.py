"""A rule as a form: what is written in its pack as texts to edit, and the texts back as what is written."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.errors import InvalidInput, Problem
from app.flows.edit_rules import check_condition, problems_of
from app.rules.edit import NOTHING, examples_text, find_rule, set_examples, set_rule_keys
from app.rules.pack import Pack
from app.rules.positions import BadYaml, Path, read_document
from app.rules.yaml_written import written
from app.values.given_numbers import read_whole
from app.web.console.edit_draft import Draft, document_of, in_text, nearest, split_place
from app.web.console.problem_words import told
from app.web.console.words import say

_WHERE: Mapping[str, Path] = {
    "status": ("status",),
    "from": ("effective", "from"),
    "review_by": ("effective", "review_by"),
    "when": ("when",),
    "then": ("then",),
    "reason": ("reason",),
    "remedy": ("remedy",),
    "missing": ("missing",),
    "share": ("share", "bp"),
}
_SHAPE = re.compile(r"'rules\.\d+\.(?P<path>[\w.]+)'")
_VERB = re.compile(r"[a-z_]+\.[a-z_]+: ")
_SHARE_MAX = 10_000


@dataclass(frozen=True, slots=True)
class RuleTarget:
    """The rule that is edited."""

    id: str
    pack: str

    def values(self, files: Mapping[str, str]) -> dict[str, str]:
        """The form's values of what is written."""
        _, _, rule = find_rule(files, self.id)
        share, effective = rule.get("share") or {}, rule["effective"]
        return {
            "status": str(rule["status"]),
            "from": str(effective["from"]),
            "review_by": str(effective["review_by"]),
            "when": str(rule["when"]),
            "then": "\n".join(_consequence(each) for each in rule["then"]),
            "reason": str(rule["reason"]),
            "remedy": str(rule.get("remedy", "")),
            "missing": str(rule.get("missing", "review")),
            "share": str(share.get("bp", "")),
            "examples": examples_text(files, pack=self.pack, rule=self.id),
        }

    def edited(self, files: Mapping[str, str], draft: Draft, packs: Sequence[Pack], /) -> dict[str, str]:
        """The files with what the form says; a condition is read by itself first, for the place inside of its text."""
        wrong = check_condition(packs, self.id, draft.values["when"])
        if wrong is not None:
            offset, problem = wrong
            draft.bad("when", say("edit.at", where=in_text(draft.values["when"], offset), problem=told(problem)))
        _, _, rule = find_rule(files, self.id)
        new = dict(files)
        for name, edit in (("then", self._keys), ("examples", self._examples)):
            try:
                new = edit(new, draft, rule)
            except InvalidInput as error:
                for problem in problems_of(error):
                    _, line = split_place(problem.field.replace("examples:", "examples.yaml:"))
                    draft.bad(name, (say("edit.line", line=line) if line else "") + told(problem))
        return new

    def rules(self, _packs: Sequence[Pack], /) -> tuple[str, ...]:
        """The rule itself."""
        return (self.id,)

    def field_of(self, problem: Problem, files: Mapping[str, str]) -> str | None:
        """By what the problem names, else by the line it stands in."""
        file, number, _ = find_rule(files, self.id)
        at, line = split_place(problem.field)
        if at == f"rules/{self.pack}/examples.yaml":
            return "examples" if self._is_own(files, at, line, ("examples", self.id)) else None
        if problem.problem.startswith(f"the rule {self.id} has no example"):
            return "examples"
        document = document_of(files, file)
        if document is None or at != f"rules/{file}" or not self._is_own(files, at, line, ("rules", number)):
            return None
        named = _named(problem.problem)
        return named or nearest(
            document, {name: ("rules", number, *path) for name, path in _WHERE.items()}, problem.field
        )

    def _keys(self, files: dict[str, str], draft: Draft, rule: Mapping[str, Any]) -> dict[str, str]:
        values = draft.values
        share = values["share"].strip()
        if share and ((bp := read_whole(share)) is None or not 0 <= bp <= _SHARE_MAX):
            draft.bad("share", say("edit.bad_share"))
            share = ""
        keys = {
            "status": values["status"],
            "effective": {**rule["effective"], "from": values["from"], "review_by": values["review_by"]},
            "when": _one_line(values["when"]),
            "then": _consequences(values["then"], draft),
            "reason": _one_line(values["reason"]),
            "remedy": _lines(values["remedy"], str(rule.get("remedy", ""))) or NOTHING,
            "missing": values["missing"] if "missing" in rule or values["missing"] != "review" else NOTHING,
            "share": {**(rule.get("share") or {}), "bp": int(share)} if share else NOTHING,
        }
        return set_rule_keys(files, rule=self.id, keys=keys)

    def _examples(self, files: dict[str, str], draft: Draft, _: Mapping[str, Any]) -> dict[str, str]:
        if draft.values["examples"] == examples_text(files, pack=self.pack, rule=self.id):
            return files
        return set_examples(files, pack=self.pack, rule=self.id, text=draft.values["examples"])

    def _is_own(self, files: Mapping[str, str], file: str, line: int, path: Path) -> bool:
        """Whether a line belongs to this rule and not to the next one."""
        document = document_of(files, file.removeprefix("rules/"))
        if document is None:
            return False
        begins = sorted(
            place.line
            for at, place in (document.keys | document.places).items()
            if len(at) == len(path) and at[0] == path[0]
        )
        own = document.key_place(path).line
        return own <= line < next((each for each in begins if each > own + (path[0] == "examples")), 10**9)


def _named(text: str) -> str | None:
    """The field that the problem's own words name."""
    if text.startswith("when: "):
        return "when"
    if _VERB.match(text):
        return "then"
    found = _SHAPE.match(text)
    keys = found["path"].split(".") if found else []
    return next((name for name, path in _WHERE.items() if keys and (keys[-1] == path[-1] or keys[0] == name)), None)


def _consequence(entry: Any) -> str:
    if isinstance(entry, dict) and len(entry) == 1:
        [(verb, value)] = entry.items()
        return f"{verb}: {written(value, indent=None)}"
    return written(entry, indent=None)


def _consequences(text: str, draft: Draft) -> list[Any]:
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            found.append(read_document("then", line.strip()).data)
        except BadYaml as error:
            draft.bad("then", say("edit.line", line=number) + told(error.problem))
    return found


def _lines(text: str, before: str) -> str:
    """A text of several lines as it is written in the pack; untouched it stays as it was, byte for byte.

    A browser sends CR LF for every end of a line, whatever it was given.
    """
    said = text.replace("\r\n", "\n").replace("\r", "\n")
    if said == before.replace("\r\n", "\n").replace("\r", "\n"):
        return before
    return "\n".join(line.rstrip() for line in said.split("\n")).strip()


def _one_line(text: str) -> str:
    return " ".join(line.strip() for line in text.splitlines() if line.strip())
