"""Brings one value of a YAML text to what it should be, and leaves every other character, comments too, as it was.

A parser that reads and writes a file anew would lose what people wrote beside the rules: why a threshold is what it is.
So only what differs is replaced, added or taken out where it stands, and the result is read again: when anything but
that has changed, the edit is refused.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

import yaml

from app.errors import InvalidInput, Problem
from app.rules.positions import BadYaml, read_document
from app.rules.yaml_written import written

Path: TypeAlias = tuple[str | int, ...]
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NOTHING = object()


def change(file: str, text: str, path: Path, wanted: object) -> str:
    """``text`` in which the value at ``path`` is ``wanted``, plain JSON; mappings and lists are changed entry by entry.

    Raises InvalidInput when ``path`` leads nowhere, or when the change cannot be made where the value stands.
    """
    data = read(file, text)
    before = _at(data, path)
    if before is _NOTHING:
        raise refused(".".join(map(str, path)), f"is not in {file}", "a value that stands in the file")
    new = text
    for where, value in _steps(path, before, wanted):
        new = _edited(new, where, value)
    if read(file, new) != _with(data, path, wanted):
        raise refused(".".join(map(str, path)), f"cannot be changed where it stands in {file}", "an edit of the file")
    return new


def read(file: str, text: str) -> dict[str, Any]:
    """The data of a file, empty where it is no mapping; raises InvalidInput with the place of what cannot be read."""
    try:
        data = read_document(file, text).data
    except BadYaml as error:
        raise InvalidInput("the file cannot be read", problems=[error.problem]) from error
    return data if isinstance(data, dict) else {}


def refused(field: str, problem: str, expected: str) -> InvalidInput:
    """An edit that cannot be made."""
    return InvalidInput("the edit cannot be made", problems=[Problem(field, problem, expected)])


def span(text: str, path: Path) -> tuple[int, int]:
    """From where to where the value at ``path`` stands, without the white space and comments behind it."""
    node = _way(text, path)[-1]
    return node.start_mark.index, _end(text, node)


def _at(data: Any, path: Path) -> Any:
    for part in path:
        fits = part in data if isinstance(data, dict) else isinstance(data, list) and part in range(len(data))
        if not fits:
            return _NOTHING
        data = data[part]
    return data


def _with(data: Any, path: Path, wanted: object) -> Any:
    whole = copy.deepcopy(data)
    inner = whole
    for part in path[:-1]:
        inner = inner[part]
    inner[path[-1]] = wanted
    return whole


def _steps(path: Path, before: object, wanted: object) -> Iterator[tuple[Path, object]]:
    """Single edits, each leading to where it did when its turn comes; ``_NOTHING`` takes an entry out."""
    if before == wanted and type(before) is type(wanted):
        return
    if isinstance(before, dict) and isinstance(wanted, Mapping) and before.keys() & wanted.keys():
        for key, value in wanted.items():
            yield from _steps((*path, key), before[key], value) if key in before else [((*path, key), value)]
        yield from (((*path, key), _NOTHING) for key in before if key not in wanted)
    elif isinstance(before, list) and isinstance(wanted, list) and wanted and _of_mappings(before):
        yield from _list_steps(path, before, wanted)
    else:
        yield path, wanted


def _list_steps(path: Path, before: Sequence[Any], wanted: Sequence[Any]) -> Iterator[tuple[Path, object]]:
    """Entries that are gone are taken out, the others changed where they stand, new ones added at the end."""
    gone = max(0, len(before) - len(wanted))
    differs = (at for at, (one, other) in enumerate(zip(before, wanted, strict=False)) if one != other)
    first = next(differs, min(len(before), len(wanted)))
    yield from (((*path, at), _NOTHING) for at in reversed(range(first, first + gone)))
    kept = [*before[:first], *before[first + gone :]]
    for at, one in enumerate(kept):
        yield from _steps((*path, at), one, wanted[at])
    yield from (((*path, at), wanted[at]) for at in range(len(kept), len(wanted)))


def _of_mappings(entries: Sequence[Any]) -> bool:
    return bool(entries) and all(isinstance(each, dict) for each in entries)


def _edited(text: str, path: Path, value: object) -> str:
    way = _way(text, path)
    is_there = len(way) == len(path) + 1
    if value is _NOTHING:
        return _without(text, way, path[-1])
    if is_there:
        return _replaced(text, way, value)
    return _added(text, way, path[-1], value)


def _way(text: str, path: Path) -> list[yaml.Node]:
    """The nodes from the whole down to the value at ``path``, or as far as it leads."""
    node = yaml.compose(text, Loader=_LOADER)
    assert node is not None, "an empty text has no path"
    way: list[yaml.Node] = [node]
    for part in path:
        inner: yaml.Node | None = None
        if isinstance(node, yaml.MappingNode):
            inner = next((value for key, value in node.value if key.value == part), None)
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            inner = node.value[part]
        if inner is None:
            break
        node = inner
        way.append(node)
    return way


def _replaced(text: str, way: Sequence[yaml.Node], value: object) -> str:
    node, around = way[-1], way[-2]
    start, end = node.start_mark.index, _end(text, node)
    lead = " " if start == end and text[start - 1] == ":" else ""  # a key without a value
    is_plain_block = isinstance(around, yaml.MappingNode) and not _is_in_flow(way[:-1])
    indent = around.start_mark.column + 2 if is_plain_block else None
    return text[:start] + lead + written(value, indent=indent) + text[end:]


def _added(text: str, way: Sequence[yaml.Node], key: str | int, value: object) -> str:
    """A new entry behind the last one of the mapping or list at the end of ``way``."""
    around: Any = way[-1]
    is_mapping, is_flow = isinstance(around, yaml.MappingNode), _is_in_flow(way)
    column = around.start_mark.column
    said = written(value, indent=column + 2 if is_mapping and not is_flow else None)
    said = f"{key}: {said}" if is_mapping else said
    if not around.value:
        at = around.start_mark.index + 1
        return text[:at] + said + text[at:]
    at = _end(text, _value(around.value[-1]))
    if is_flow:
        return f"{text[:at]}, {said}{text[at:]}"
    at = text.find("\n", at) if "\n" in text[at:] else len(text)
    return f"{text[:at]}\n{' ' * column}{'' if is_mapping else '- '}{said}{text[at:]}"


def _without(text: str, way: Sequence[yaml.Node], key: str | int) -> str:
    """An entry less; ``way`` ends at its value."""
    around: Any = way[-2]
    entries = around.value
    at = next(number for number, each in enumerate(entries) if _value(each) is way[-1])
    start, end = _start(entries[at]), _end(text, way[-1])
    if _is_in_flow(way[:-1]):
        if at + 1 < len(entries):
            return text[:start] + text[_start(entries[at + 1]) :]
        return text[: _end(text, _value(entries[at - 1]))] + text[end:] if at else text[:start] + text[end:]
    if isinstance(key, int):
        start = text.rindex("-", 0, start)
    line = text.rfind("\n", 0, start) + 1
    if text[line:start].strip():  # the first key of a list's entry, behind its dash
        return text[:start] + text[_start(entries[at + 1]) :]
    rest = text.find("\n", end) + 1 or len(text)
    return text[:line] + text[rest:]


def _start(entry: Any) -> int:
    index: int = (entry[0] if isinstance(entry, tuple) else entry).start_mark.index
    return index


def _value(entry: Any) -> yaml.Node:
    node: yaml.Node = entry[1] if isinstance(entry, tuple) else entry
    return node


def _end(text: str, node: yaml.Node) -> int:
    """Where a value's own characters end; the mark of a block lies behind the comments that follow it."""
    while isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        node = _value(node.value[-1])
    start: int = node.start_mark.index
    return start + len(text[start : node.end_mark.index].rstrip())


def _is_in_flow(way: Sequence[yaml.Node]) -> bool:
    return any(isinstance(each, yaml.CollectionNode) and bool(each.flow_style) for each in way)
