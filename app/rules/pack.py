"""Rule packs: YAML in, frozen packs out, or every problem of every file at once.

The whole set is read together, because a rule id must be unique over all packs and because a snapshot is accepted or
refused whole. Nothing here runs a rule: the examples are tried by ``app.rules.examples`` against a built engine.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TypeAlias

from app.errors import BadDefinition, Problem
from app.rules.definition import Pack, PackFiles, Parameter, Reference, Rule, Status
from app.rules.positions import BadYaml, Document, read_document
from app.rules.read_examples import read_examples
from app.rules.read_pack import read_pack
from app.rules.read_shape import read_shape
from app.rules.shape import ExamplesShape, PackShape
from app.values.facts import EventKind
from app.values.pause import Pause, no_pause, yielding

__all__ = ["Pack", "Parameter", "Reference", "Rule", "Status", "load_packs"]

ROOT = "rules"
_FILES = ("pack.yaml", "examples.yaml")
_NO_EXAMPLES = "examples: {}\n"


def load_packs(
    files: Mapping[str, str],
    *,
    kinds: Mapping[str, EventKind],
    with_examples: bool = True,
    pause: Pause = no_pause,
) -> tuple[Pack, ...]:
    """All packs of a set of files (``content/pack.yaml`` → text), sorted by name.

    ``with_examples=False`` leaves the examples unread, which is a third of the work: for a stored snapshot, whose
    examples were held to before it was stored. ``pause`` is called again and again on the way. A pack that was read
    lately is the same object again.

    Raises BadDefinition with every problem found; each problem's field is ``rules/<pack>/<file>:<line>``, with the
    column where an expression is at fault.
    """
    problems: list[Problem] = list(_stray_files(files))
    packs: list[Pack] = []
    for folder in sorted({name.partition("/")[0] for name in files if "/" in name}):
        given = files if with_examples else {**files, f"{folder}/examples.yaml": _NO_EXAMPLES}
        key = pack_key(folder, files, with_examples=with_examples)
        if (lately := LATELY.get(key, kinds)) is not None:
            packs.append(lately)
            continue
        with yielding:  # the process may be one that serves
            pack, wrong = _read(folder, given, kinds, with_examples=with_examples, pause=pause)
        problems += wrong
        packs += [] if pack is None else [pack]
        if pack is not None and not wrong:
            LATELY.put(key, kinds, pack)
    problems.extend(_repeated(packs))
    if problems:
        count = len(problems)
        raise BadDefinition(f"{count} problem{'s' if count > 1 else ''} in the rule packs", problems=_sorted(problems))
    return tuple(packs)


def _read(
    folder: str, files: Mapping[str, str], kinds: Mapping[str, EventKind], *, with_examples: bool, pause: Pause
) -> tuple[Pack | None, list[Problem]]:
    """One folder's pack, as far as it can be read, and everything wrong with it."""
    found = _read_files(folder, files, pause)
    if isinstance(found, list):
        return None, found
    pack, wrong = read_pack(found, kinds=kinds, pause=pause)
    examples, bad_examples = read_examples(found, pack.rules, kinds=kinds) if with_examples else ((), [])
    return replace(pack, examples=examples), [*wrong, *bad_examples]


PackKey: TypeAlias = tuple[str, str, int]
"""A folder, the digest of its texts, and how many characters they have."""


def pack_key(folder: str, files: Mapping[str, str], *, with_examples: bool) -> PackKey:
    """By what a pack is known again."""
    rules = files.get(f"{folder}/pack.yaml", "")
    examples = files.get(f"{folder}/examples.yaml", "") if with_examples else _NO_EXAMPLES
    texts = [text.encode("utf-8", "surrogatepass") for text in (rules, examples)]
    digest = hashlib.sha256(b"".join(hashlib.sha256(text).digest() for text in texts)).hexdigest()
    return folder, digest, len(rules) + len(examples)


def unread(files: Mapping[str, str], *, kinds: Mapping[str, EventKind]) -> int:
    """How many characters of these files have not been read lately: what reading them costs."""
    keys = [pack_key(name, files, with_examples=True) for name in {name.partition("/")[0] for name in files}]
    return sum(key[-1] for key in keys if LATELY.get(key, kinds) is None)


class _Lately:
    """The packs read last without a problem, by their texts: an edit changes one pack of many, and is read many times.

    As many as a few megabytes of text make, whoever reads or opens them; packs do not change once they are made.
    """

    def __init__(self, most_characters: int = 4_000_000) -> None:
        self._packs: OrderedDict[PackKey, tuple[Mapping[str, EventKind], Pack]] = OrderedDict()
        self._left = most_characters
        self._lock = threading.Lock()

    def get(self, key: PackKey, kinds: Mapping[str, EventKind]) -> Pack | None:
        """The pack, where it was read with the same kinds."""
        with self._lock:
            found = self._packs.get(key)
            if found is None or found[0] is not kinds:
                return None
            self._packs.move_to_end(key)
            return found[1]

    def forget(self) -> None:
        """Let go of all of them."""
        with self._lock:
            self._left += sum(key[-1] for key in self._packs)
            self._packs.clear()

    def put(self, key: PackKey, kinds: Mapping[str, EventKind], pack: Pack) -> None:
        """Keep it, and let go of those that were not asked for the longest."""
        with self._lock:
            if key not in self._packs:
                self._left -= key[-1]
            self._packs[key] = kinds, pack
            self._packs.move_to_end(key)
            while self._left < 0:
                gone, _ = self._packs.popitem(last=False)
                self._left += gone[-1]


LATELY = _Lately()


def _stray_files(files: Mapping[str, str]) -> Iterator[Problem]:
    if not files:
        yield Problem(f"{ROOT}:1", "there is no rule pack", "at least one folder with pack.yaml and examples.yaml")
    for name in files:
        parts = name.split("/")
        if len(parts) != len(("folder", "file")) or parts[1] not in _FILES:
            yield Problem(f"{ROOT}/{name}:1", "is not part of a pack", "<pack>/pack.yaml or <pack>/examples.yaml")


def _read_files(folder: str, files: Mapping[str, str], pause: Pause) -> PackFiles | list[Problem]:
    problems: list[Problem] = []
    documents: dict[str, Document] = {}
    for part in ("pack", "examples"):
        name = f"{folder}/{part}.yaml"
        if name not in files:
            problems.append(
                Problem(f"{ROOT}/{name}:1", "the file is missing", "a pack has pack.yaml and examples.yaml")
            )
            continue
        try:
            documents[part] = read_document(f"{ROOT}/{name}", files[name], pause=pause)
        except BadYaml as error:
            problems.append(error.problem)
    shape = read_shape(documents["pack"], PackShape) if "pack" in documents else []
    sides = read_shape(documents["examples"], ExamplesShape) if "examples" in documents else []
    if isinstance(shape, list) or isinstance(sides, list):
        return [*problems, *(shape if isinstance(shape, list) else ()), *(sides if isinstance(sides, list) else ())]
    return PackFiles(folder, documents["pack"], documents["examples"], shape, sides)


def _repeated(packs: list[Pack]) -> Iterator[Problem]:
    """A rule id stands for one rule in all packs."""
    first: dict[str, Rule] = {}
    for rule in (rule for pack in packs for rule in pack.rules):
        if rule.id in first:
            yield Problem(
                str(rule.place), f"the rule id {rule.id} is taken by {first[rule.id].place}", "an id of its own"
            )
        first.setdefault(rule.id, rule)


def _sorted(problems: list[Problem]) -> list[Problem]:
    def order(problem: Problem) -> tuple[str, list[int]]:
        file, _, rest = problem.field.partition(".yaml:")
        return file, [int(number) for number in rest.split(":") if number.isdigit()]

    return sorted(dict.fromkeys(problems), key=order)
