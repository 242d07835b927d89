"""Reads YAML strictly and remembers where every value stands, so that an error can name its line.

Only what a rule pack needs gets through: mappings with unique text keys, lists, texts, whole numbers, true/false and
null. Anchors, aliases and tags are refused (they are how small files become huge or run code), and so are deep nesting,
large files and YAML 1.1's surprises: ``on``, ``yes`` and ``2026-02-01`` are texts here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import yaml

from app.errors import Problem
from app.values.pause import Pause, no_pause

MAX_BYTES = 1_000_000
MAX_DEPTH = 20
_PAUSE_EVERY = 200
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_FORBIDDEN = re.compile(r"[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_INT = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})")
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None, "~": None, "": None}

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value stands: file, line and column from 1. ``exact`` when an offset into its text is one in the line."""

    file: str
    line: int
    column: int = 1
    exact: bool = False

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"

    def at(self, offset: int) -> str:
        """``file:line:column`` of a code point inside the value, as near as the writing style allows."""
        return f"{self.file}:{self.line}:{self.column + offset}" if self.exact else str(self)


@dataclass(frozen=True, slots=True)
class Document:
    """The data of one file and the place of every value (and of every key) by its path."""

    file: str
    data: object
    places: dict[Path, Place]
    keys: dict[Path, Place]

    def place(self, path: Path) -> Place:
        """The place of the value, or of the nearest thing around it."""
        for end in range(len(path), -1, -1):
            if path[:end] in self.places:
                return self.places[path[:end]]
        return Place(self.file, 1)

    def key_place(self, path: Path) -> Place:
        """The place of the key that leads to the value."""
        return self.keys.get(path) or self.place(path)


class BadYaml(Exception):
    """The file cannot be read; ``problem`` says where and why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


def read_document(file: str, text: str, *, pause: Pause = no_pause) -> Document:
    """The one document in ``text``; raises BadYaml. ``file`` is only a name for messages."""
    if len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise BadYaml(Problem(f"{file}:1", "the file is too large", f"at most {MAX_BYTES} bytes"))
    builder = _Builder(file)
    try:
        for number, event in enumerate(yaml.parse(text, Loader=_LOADER)):
            builder.take(event)
            if number % _PAUSE_EVERY == 0:
                pause()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f"{file}:{mark.line + 1}:{mark.column + 1}" if mark else f"{file}:1"
        begun = error.context_mark
        inside = f" in what begins in line {begun.line + 1}" if mark and begun and begun.line != mark.line else ""
        told = f"not YAML: {error.problem}{inside}"
        raise BadYaml(Problem(where, told, _expected(str(error.problem)))) from error
    except (yaml.YAMLError, UnicodeError) as error:
        raise BadYaml(_bad_character(file, text)) from error
    return Document(file, builder.root, builder.places, builder.keys)


_HINTS = {
    "tab": "spaces to indent with",
    "mapping values are not allowed": "quotes around a text with a colon in it",
    "alias": "quotes around a text that begins with * or &",
    "cannot start any token": "quotes around a text that begins with a special character",
    "']'": "a comma between the entries, and a ] after the last",
    "'}'": "a comma between the entries, and a } after the last",
    "'-' indicator": "the same indentation as the entries above",
    "<block end>": "the same indentation as the lines above",
    "expected key": "the same indentation as the lines above",
    "expected ':'": "a colon and a space after a key",
    "end of stream": "a closing quote",
}


def _expected(problem: str) -> str:
    return next((hint for words, hint in _HINTS.items() if words in problem), "YAML")


def _bad_character(file: str, text: str) -> Problem:
    """Where the first character stands that YAML does not allow."""
    found = _FORBIDDEN.search(text)
    at = found.start() if found else 0
    line, column = text.count("\n", 0, at) + 1, at - (text.rfind("\n", 0, at) + 1) + 1
    name = f"U+{ord(text[at]):04X}" if found else "a character"
    return Problem(f"{file}:{line}:{column}", f"not YAML: {name} is not allowed", "a text without control characters")


@dataclass(slots=True)
class _Frame:
    """An open mapping or list; ``key`` is the key that waits for its value."""

    value: dict[str, object] | list[object]
    path: Path
    key: str | None = None


@dataclass(slots=True)
class _Builder:
    """Builds values from parser events without recursion, so that nesting cannot exhaust the stack."""

    file: str
    root: object = None
    places: dict[Path, Place] = field(default_factory=dict)
    keys: dict[Path, Place] = field(default_factory=dict)
    _open: list[_Frame] = field(default_factory=list)
    _documents: int = 0

    def take(self, event: yaml.Event) -> None:
        """One event of the parser; texts come first, being most of them."""
        kind = event.__class__
        if kind is yaml.AliasEvent or getattr(event, "anchor", None):
            raise self._bad(event, "anchors and aliases are not allowed", "the value written out")
        if isinstance(event, yaml.ScalarEvent):
            self._scalar(event)
        elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            self._start(event)
        elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
            self._open.pop()
        elif kind is yaml.DocumentStartEvent:
            self._documents += 1
            if self._documents > 1:
                raise self._bad(event, "a second document", "one document a file")

    def _start(self, event: yaml.MappingStartEvent | yaml.SequenceStartEvent) -> None:
        if event.tag is not None:
            raise self._bad(event, f"the tag {event.tag} is not allowed", "plain values")
        if len(self._open) >= MAX_DEPTH:
            raise self._bad(event, "nested too deeply", f"at most {MAX_DEPTH} levels")
        value: dict[str, object] | list[object] = {} if isinstance(event, yaml.MappingStartEvent) else []
        path = self._add(value, self._place(event), event)
        self._open.append(_Frame(value, path))

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        if event.tag is not None:
            raise self._bad(event, f"the tag {event.tag} is not allowed", "plain values")
        frame = self._open[-1] if self._open else None
        if frame is not None and isinstance(frame.value, dict) and frame.key is None:
            if event.value in frame.value:
                raise self._bad(event, f"the key {event.value!r:.80} stands twice", "each key once")
            frame.key = event.value
            self.keys[(*frame.path, event.value)] = self._place(event)
            return
        start, end = event.start_mark, event.end_mark
        line, column = (1, 1) if start is None else (start.line + 1, start.column + 1)
        one_line = end is not None and end.line == line - 1
        is_plain = event.style not in ("'", '"', "|", ">")
        exact = one_line and "\\" not in event.value and event.style not in ("|", ">") and "''" not in event.value
        place = Place(self.file, line, column + (0 if is_plain else 1), exact)
        self._add(_plain(event.value) if is_plain else event.value, place, event)

    def _add(self, value: object, place: Place, event: yaml.Event) -> Path:
        if not self._open:
            self.root = value
            self.places[()] = place
            return ()
        frame = self._open[-1]
        if isinstance(frame.value, list):
            path: Path = (*frame.path, len(frame.value))
            frame.value.append(value)
        elif frame.key is None:
            raise self._bad(event, "a key is a list or mapping", "a text as key")
        else:
            path = (*frame.path, frame.key)
            frame.value[frame.key] = value
            frame.key = None
        self.places[path] = place
        return path

    def _bad(self, event: yaml.Event, problem: str, expected: str) -> BadYaml:
        return BadYaml(Problem(str(self._place(event)), problem, expected))

    def _place(self, event: yaml.Event) -> Place:
        mark = event.start_mark
        return Place(self.file, 1) if mark is None else Place(self.file, mark.line + 1, mark.column + 1)


def _plain(value: str) -> str | int | bool | None:
    if value in _WORDS:
        return _WORDS[value]
    return int(value) if _INT.fullmatch(value) else value
