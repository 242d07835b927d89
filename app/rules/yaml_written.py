"""How a plain value is written into a YAML text by hand: bare where that is safe, folded where it is long."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Mapping

_PLAIN = re.compile(r"[^\W\d][\w.+-]*")
_PLAIN_LINE = re.compile(r"[^\W\d](?:[^\n\t:#]|:(?=\S)|(?<=\S)#)*", re.ASCII)
_NOT_PLAIN = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})
_WIDTH = 110


def written(value: object, *, indent: int | None) -> str:
    """The value; ``indent`` is the column of a folded text's lines, None inside of [ ] or { }."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_text(str(key))}: {written(each, indent=None)}" for key, each in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(written(each, indent=None) for each in value) + "]"
    text = str(value)
    return _text(text) if indent is None else _line(text, indent)


def _text(value: str) -> str:
    if _PLAIN.fullmatch(value) and value.lower() not in _NOT_PLAIN:
        return value
    return json.dumps(value, ensure_ascii=False)


def _line(value: str, indent: int) -> str:
    """A text on a line of its own: bare, folded when it is long, or line by line, where nothing is lost by it."""
    if (block := _block(value, indent)) is not None:
        return block
    is_clean = value.isprintable() and value == " ".join(value.split())
    if not is_clean or len(value) + indent <= _WIDTH:
        is_bare = is_clean and _PLAIN_LINE.fullmatch(value) and not value.endswith(":")
        return value if is_bare and value.lower() not in _NOT_PLAIN else _text(value)
    lines = textwrap.wrap(value, _WIDTH - indent, break_long_words=False, break_on_hyphens=False)
    return ">-\n" + "\n".join(" " * indent + line for line in lines)


def _block(value: str, indent: int) -> str | None:
    """Several lines as several lines; None where YAML would read them otherwise than they are."""
    lines = value.split("\n")
    is_plain = all(line.isprintable() and line == line.rstrip() for line in lines)
    if len(lines) == 1 or not is_plain or not lines[0] or not lines[-1] or lines[0].startswith(" "):
        return None
    return "|-\n" + "\n".join(" " * indent + line if line else "" for line in lines)
