"""Changes one value in a pack's YAML text and leaves every other character, comments too, as it was.

A parser that reads and writes a file anew would lose what people wrote beside the rules: why a threshold is what it is.
So the value's place is found, its characters are replaced, and the result is read again: when anything but that value
has changed, the edit is refused.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Mapping
from typing import Any

import yaml

from app.errors import InvalidInput, Problem
from app.rules.definition import Status
from app.rules.positions import BadYaml, read_document

Value = int | bool | str | list[str]
Path = tuple[str | int, ...]
_PLAIN = re.compile(r"[^\W\d][\w.+-]*")
_NOT_PLAIN = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})


def set_parameter(files: Mapping[str, str], *, pack: str, name: str, value: Value) -> dict[str, str]:
    """The files with another default of one parameter; raises InvalidInput when there is none of that name."""
    file = f"{pack}/pack.yaml"
    if file not in files:
        known = ", ".join(sorted({each.partition("/")[0] for each in files}))
        raise _refused("pack", f"there is no pack {pack!r:.80}", known)
    data = _data(file, files[file])
    parameters = data.get("parameters") or {}
    if not isinstance(parameters, dict) or name not in parameters:
        raise _refused("parameter", f"{pack} has no parameter {name!r:.80}", ", ".join(parameters))
    return {**files, file: replace_value(file, files[file], ("parameters", name, "default"), value)}


def set_status(files: Mapping[str, str], *, rule: str, status: str) -> dict[str, str]:
    """The files with one rule in another state of its life; raises InvalidInput for an unknown rule or state."""
    if status not in set(Status):
        raise _refused("status", f"unknown: {status!r:.80}", ", ".join(Status))
    for file, text in files.items():
        if not file.endswith("/pack.yaml"):
            continue
        rules = _data(file, text).get("rules")
        for number, each in enumerate(rules if isinstance(rules, list) else ()):
            if isinstance(each, dict) and each.get("id") == rule:
                return {**files, file: replace_value(file, text, ("rules", number, "status"), status)}
    raise _refused("rule", f"there is no rule {rule!r:.80}", "the id of a rule")


def replace_value(file: str, text: str, path: Path, value: Value) -> str:
    """``text`` with the value at ``path`` replaced.

    Raises InvalidInput when there is no such value, or when replacing it would change anything else.
    """
    node = _node(text, path)
    if node is None:
        raise _refused(".".join(map(str, path)), f"is not in {file}", "a value that stands in the file")
    start, end = node.start_mark.index, _end(node)
    written = text[start:end]
    kept = written[len(written.rstrip()) :]  # a block's end mark lies after its line's end
    new = text[:start] + _written(value) + kept + text[end:]
    wanted = copy.deepcopy(_data(file, text))
    inner: Any = wanted
    for part in path[:-1]:
        inner = inner[part]
    inner[path[-1]] = value
    if _data(file, new) != wanted:
        raise _refused(".".join(map(str, path)), f"cannot be changed where it stands in {file}", "an edit of the file")
    return new


def _data(file: str, text: str) -> dict[str, Any]:
    try:
        data = read_document(file, text).data
    except BadYaml as error:
        raise InvalidInput("the file cannot be read", problems=[error.problem]) from error
    return data if isinstance(data, dict) else {}


def _node(text: str, path: Path) -> yaml.Node | None:
    node: yaml.Node | None = yaml.compose(text, Loader=yaml.SafeLoader)
    for part in path:
        if isinstance(node, yaml.MappingNode):
            node = next((value for key, value in node.value if key.value == part), None)
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            node = node.value[part]
        else:
            return None
    return node


def _end(node: yaml.Node) -> int:
    """Where a value's own characters end; a block list's mark lies behind the comments that follow it."""
    while isinstance(node, yaml.SequenceNode) and not node.flow_style and node.value:
        node = node.value[-1]
    index: int = node.end_mark.index
    return index


def _written(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, list):
        return "[" + ", ".join(_text(each) for each in value) + "]"
    return _text(value)


def _text(value: str) -> str:
    if _PLAIN.fullmatch(value) and value.lower() not in _NOT_PLAIN:
        return value
    return json.dumps(value, ensure_ascii=False)


def _refused(field: str, problem: str, expected: str) -> InvalidInput:
    return InvalidInput("the edit cannot be made", problems=[Problem(field, problem, expected)])
