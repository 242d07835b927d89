"""Edits of rule packs as people think of them: another value, another state, another condition; the rest stays.

Comments are kept, because a file is changed where its values stand (``app.rules.yaml_text``). What an edit means is not
looked at here: the candidate it makes is checked like every other.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import Any

from app.errors import InvalidInput
from app.rules.definition import Status
from app.rules.positions import BadYaml, read_document
from app.rules.yaml_text import change, read, refused, span

Value = int | bool | str | list[str]
NOTHING: object = object()
"""A key's value that takes the key out."""


def set_parameter(files: Mapping[str, str], *, pack: str, name: str, value: Value) -> dict[str, str]:
    """The files with another default of one parameter; raises InvalidInput when there is none of that name."""
    return set_parameter_keys(files, pack=pack, name=name, keys={"default": value})


def set_parameter_keys(files: Mapping[str, str], *, pack: str, name: str, keys: Mapping[str, object]) -> dict[str, str]:
    """The files with other values of some of a parameter's keys (``default``, …); NOTHING takes one out."""
    file = f"{pack}/pack.yaml"
    if file not in files:
        known = ", ".join(sorted({each.partition("/")[0] for each in files}))
        raise refused("pack", f"there is no pack {pack!r:.80}", known)
    parameters = read(file, files[file]).get("parameters") or {}
    if not isinstance(parameters, dict) or not isinstance(parameters.get(name), dict):
        raise refused("parameter", f"{pack} has no parameter {name!r:.80}", ", ".join(parameters))
    wanted = _changed(parameters[name], keys)
    return {**files, file: change(file, files[file], ("parameters", name), wanted)}


def set_status(files: Mapping[str, str], *, rule: str, status: str) -> dict[str, str]:
    """The files with one rule in another state of its life; raises InvalidInput for an unknown rule or state."""
    if status not in set(Status):
        raise refused("status", f"unknown: {status!r:.80}", ", ".join(Status))
    return set_rule_keys(files, rule=rule, keys={"status": status})


def set_rule_keys(files: Mapping[str, str], *, rule: str, keys: Mapping[str, object]) -> dict[str, str]:
    """The files with other values of some of a rule's keys; NOTHING takes one out. Raises InvalidInput."""
    file, number, written = find_rule(files, rule)
    return {**files, file: change(file, files[file], ("rules", number), _changed(written, keys))}


def find_rule(files: Mapping[str, str], rule: str) -> tuple[str, int, dict[str, Any]]:
    """The file a rule stands in, its place from 0 and what is written there; raises InvalidInput for an unknown one."""
    for file, text in files.items():
        if not file.endswith("/pack.yaml"):
            continue
        rules = read(file, text).get("rules")
        for number, each in enumerate(rules if isinstance(rules, list) else ()):
            if isinstance(each, dict) and each.get("id") == rule:
                return file, number, each
    raise refused("rule", f"there is no rule {rule!r:.80}", "the id of a rule")


def examples_text(files: Mapping[str, str], *, pack: str, rule: str) -> str:
    """The examples of a rule as they are written, comments included, without their indentation."""
    text = files[f"{pack}/examples.yaml"]
    start, end = span(text, ("examples", rule))
    line = text.rfind("\n", 0, start) + 1
    return textwrap.dedent(text[line:end]) if not text[line:start].strip() else text[start:end]


def set_examples(files: Mapping[str, str], *, pack: str, rule: str, text: str) -> dict[str, str]:
    """The files with other examples of one rule, written as ``examples_text`` shows them; raises InvalidInput."""
    file = f"{pack}/examples.yaml"
    try:
        wanted = read_document("examples", text).data
    except BadYaml as error:
        raise InvalidInput("the examples cannot be read", problems=[error.problem]) from error
    whole = read(file, files[file])
    if not isinstance(wanted, dict):
        raise refused("examples", "are no mapping", "fires, quiet and unknown, each with a list of examples")
    start, end = span(files[file], ("examples", rule))
    line = files[file].rfind("\n", 0, start) + 1
    if files[file][line:start].strip():  # it stands in one line behind the rule's id
        new = change(file, files[file], ("examples", rule), wanted)
    else:
        new = files[file][:line] + textwrap.indent(text.strip("\n").rstrip(), " " * (start - line)) + files[file][end:]
    whole["examples"][rule] = wanted
    if read(file, new) != whole:
        raise refused("examples", "cannot be changed where they stand", "an edit of the file")
    return {**files, file: new}


def _changed(written: Mapping[str, Any], keys: Mapping[str, object]) -> dict[str, object]:
    return {key: value for key, value in {**written, **keys}.items() if value is not NOTHING}
