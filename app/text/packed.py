"""A built matcher as bytes: building one for 100,000 words takes seconds, opening what was kept of it milliseconds.

What an engine and its patterns are is kept; what the words mean is read from their lists again, a word when it is first
found. So a pack belongs to the very files it was made from, to the program that made it (`variant`), and to nothing
else; the caller keeps them together.

What `kept` says, tables of the program itself that take seconds to make, is packed by itself, once for all matchers.

    magic ┊ length of the head ┊ head (JSON) ┊ sections end to end, as long as the head says
"""

from __future__ import annotations

import hashlib
import sys
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from importlib.metadata import version
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import orjson
from pydantic import TypeAdapter

from app.text import engine_daachorse, folding_table, views
from app.text.beside import AnyMatcher
from app.text.constructions import couples, openings, suspects
from app.text.engine_daachorse import DaachorseEngine, packed_automaton
from app.text.kept import give
from app.text.listed_targets import ListedTargets
from app.text.lookup import Lookup, Owners
from app.text.many import Many
from app.text.match import EngineName, Matcher, MatcherHead
from app.text.sieve import Sieve
from app.text.words import Exemption, WordlistSet

_MAGIC = b"WEIHENG MATCHER\n"
_LENGTH_BYTES = 8
_PACKAGES = ("confusable-homoglyphs", "daachorse", "numpy", "opencc", "orjson", "pypinyin", "pyyaml", "rjieba")
_OF_PROGRAM = {".py", ".txt", ".yaml"}
KEPT: Mapping[str, Callable[[], bytes]] = {
    folding_table.KEPT: folding_table.kept,
    views.KEPT: views.kept,
    couples.KEPT: couples.kept,
    couples.KEPT_ALIKE: couples.kept_alike,
    suspects.KEPT: suspects.kept,
    openings.KEPT: openings.kept,
}
_CODES = "IIHIII"
_EXEMPTIONS = TypeAdapter(tuple[Exemption, ...])


class Opened(NamedTuple):
    """A matcher out of a pack, and the severity of each category."""

    matcher: AnyMatcher
    severities: Mapping[str, int]


@cache
def variant() -> str:
    """Which program's packs this one can open: a digest of all that decides what a matcher holds."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.rglob("*")):
        if path.suffix in _OF_PROGRAM:
            digest.update(path.read_bytes())
    packages = [version(name) for name in _PACKAGES if engine_daachorse.IS_AVAILABLE]
    said = [*packages, sys.version, sys.byteorder]
    return hashlib.sha256(digest.digest() + "\n".join(said).encode()).hexdigest()[:32]


def is_packable(engine: EngineName) -> bool:
    """Whether matchers with that engine can be written down here."""
    return engine != "pyahocorasick" and engine_daachorse.IS_AVAILABLE


def pack(matcher: Matcher, lists: WordlistSet) -> bytes:
    """The matcher built from the lists, as bytes; its engine is one that can be written down."""
    sections: list[bytes] = []
    reaches: list[int] = []
    for lookup in (matcher.listed, matcher.views):
        if lookup is None:
            continue
        engine, owners = lookup.engine, lookup.owners
        assert isinstance(engine, DaachorseEngine), engine.name
        reaches.append(engine.reach)
        sections.append(engine.automaton.serialize())
        suffixes, more = engine.suffixes, owners.more
        numbers = (suffixes.starts, suffixes.values, owners.lengths, owners.first, more.starts, more.values)
        sections += map(_written, numbers, _CODES)
        sections += (b"", b"") if engine.sieve is None else map(np.ndarray.tobytes, engine.sieve)
    sections.append(_written([word.line for wordlist in lists.lists for word in wordlist.words], "I"))
    head = {
        "matcher": list(matcher.head),
        "counts": {"lists": len(lists.lists), "words": lists.words, "exemptions": len(lists.exemptions)},
        "ends": list(accumulate(len(wordlist.words) for wordlist in lists.lists)),
        "exemptions": _EXEMPTIONS.dump_python(lists.exemptions, mode="json"),
        "reaches": reaches,
        "sections": list(map(len, sections)),
    }
    return _as_bytes(head, sections)


def pack_tables() -> bytes:
    """The tables of this program, as bytes; they are made for that where nothing was given."""
    sections = [written() for written in KEPT.values()]
    return _as_bytes({"kept": list(KEPT), "sections": list(map(len, sections))}, sections)


def give_tables(packed: bytes) -> None:
    """Hand on the tables that a process of this program packed; raises ValueError where the bytes are none."""
    head, sections = _opened(packed)
    give(dict(zip(head["kept"], map(bytes, sections), strict=True)))


def unpack(packed: bytes, files: Mapping[str, str]) -> Opened:
    """The matcher of a pack made from these files; raises ValueError where the bytes are no pack."""
    head, sections = _opened(packed)
    listed, *viewed = [_lookup(sections, reach) for reach in head["reaches"]]
    lines = _read(next(sections), "I")
    alike, around, characters, sees_shapes, beside, names_shops = head["matcher"]
    targets = ListedTargets(files, lines, head["ends"], alike=alike)
    matcher = Matcher(
        MatcherHead(alike, around, [(char, is_odd) for char, is_odd in characters], sees_shapes, beside, names_shops),
        targets,
        listed,
        viewed[0] if viewed else None,
        _EXEMPTIONS.validate_python(head["exemptions"], strict=False),
    )
    return Opened(matcher, {name: category.severity for name, category in targets.categories.items()})


def counts_of(packed: bytes) -> dict[str, int]:
    """How many lists, words and exemptions a pack was made from."""
    counts: dict[str, int] = _head(packed)[0]["counts"]
    return counts


def _as_bytes(head: Mapping[str, Any], sections: Sequence[bytes]) -> bytes:
    written = orjson.dumps(head)
    return b"".join([_MAGIC, len(written).to_bytes(_LENGTH_BYTES, "little"), written, *sections])


def _opened(packed: bytes) -> tuple[dict[str, Any], Iterator[memoryview]]:
    """What a pack says of itself, and its sections."""
    head, ends = _head(packed)
    return head, _sections(memoryview(packed)[ends:], head["sections"])


def _head(packed: bytes) -> tuple[dict[str, Any], int]:
    """What a pack says of itself, and where that ends."""
    if not packed.startswith(_MAGIC):
        raise ValueError("not a packed matcher")
    begins = len(_MAGIC) + _LENGTH_BYTES
    ends = begins + int.from_bytes(packed[len(_MAGIC) : begins], "little")
    return orjson.loads(packed[begins:ends]), ends


def _lookup(sections: Iterator[memoryview], reach: int) -> Lookup:
    automaton = packed_automaton(bytes(next(sections)))
    suffix_starts, suffixes, lengths, first, more_starts, more = (_read(next(sections), code) for code in _CODES)
    coarse, fine = (np.frombuffer(next(sections), np.uint8) for _ in range(2))
    engine = DaachorseEngine(
        automaton, Many(suffix_starts, suffixes), reach, Sieve(coarse, fine) if len(coarse) else None
    )
    return Lookup(engine, Owners(lengths, first, Many(more_starts, more)))


def _sections(packed: memoryview, lengths: Sequence[int]) -> Iterator[memoryview]:
    ends = [0, *accumulate(lengths)]
    if ends[-1] != len(packed):
        raise ValueError("a packed matcher was cut off")
    return (packed[start:end] for start, end in pairwise(ends))


def _written(numbers: Sequence[int], code: str) -> bytes:
    return (numbers if isinstance(numbers, array) else array(code, numbers)).tobytes()


def _read(section: memoryview, code: str) -> array[int]:
    found = array(code)
    found.frombytes(section)
    return found
