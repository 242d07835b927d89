"""A compiled set of rules as bytes: compiling a thousand takes a third of a second, opening what was kept of it little.

A pack holds code that will run, so whoever opens one must know that this service wrote it (the caller seals it), for
these very files, and with this very program and Python: ``marshal`` promises nothing between versions, and bytes that
somebody else made could do anything.
"""

from __future__ import annotations

import marshal
from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import CodeType
from typing import Any, TypeAlias

from app.rules.columns import ShardCode
from app.rules.compile import KindSource
from app.rules.definition import Pack, Rule
from app.rules.durable import Ruleset
from app.rules.engine import Engine, Evaluator, build_engine
from app.rules.generated import Written
from app.rules.pack import LATELY, pack_key
from app.rules.plain_packs import pack_of, plain_pack
from app.rules.program import Compiled, Program, by_kind
from app.rules.remembered import Looks
from app.values.facts import EventKind, FactType
from app.values.pause import Pause, no_pause, paused

_FORMAT = "weiheng rules 1"
_Plain: TypeAlias = Sequence[Any]


class NoPack(ValueError):
    """The bytes are no pack of rules that this program can open."""


def pack(files: Mapping[str, str], packs: Sequence[Pack], engine: Engine) -> bytes:
    """The engine built from the files' packs, as bytes."""
    told = [(*pack_key(each.name, files, with_examples=False), marshal.dumps(plain_pack(each))) for each in packs]
    programs = [engine.program(name) for name in by_kind(engine.rules, engine.kinds)]
    kinds = [_plain_program(each) for each in programs if each is not None]
    return marshal.dumps((_FORMAT, told, kinds))


def unpack(
    packed: bytes,
    kinds: Mapping[str, EventKind],
    *,
    evaluator: Evaluator = "auto",
    before: Engine | None = None,
    pause: Pause = no_pause,
) -> Engine:
    """The engine of a pack that is known to be ours; ``before`` and ``pause`` as for building one.

    Raises:
        NoPack: the bytes are something else.
    """
    try:
        packs, programs = _opened(packed, kinds, pause)

        def opened(kind: EventKind, _rules: Sequence[Rule], rests: Pause) -> Compiled:
            return _compiled(programs[kind.name], rests)

        return build_engine(packs, kinds, evaluator=evaluator, compile_by=opened, before=before, pause=pause)
    except (ValueError, TypeError, LookupError, EOFError, AttributeError) as error:
        raise NoPack(f"{type(error).__name__}: {error}") from error


def gives_back(packed: bytes, packs: Sequence[Pack], kinds: Mapping[str, EventKind]) -> bool:
    """Whether the pack gives exactly these packs back, every expression included; their examples aside."""
    return [pack_of(marshal.loads(plain), kinds) for *_, plain in marshal.loads(packed)[1]] == [  # noqa: S302 - our own
        replace(each, examples=()) for each in packs
    ]


def _opened(packed: bytes, kinds: Mapping[str, EventKind], pause: Pause) -> tuple[list[Pack], dict[str, _Plain]]:
    """The packs, and the programs as they are written, by kind: what is shared with another engine stays closed."""
    form, told, programs = marshal.loads(packed)  # noqa: S302 - sealed by whoever kept it
    if form != _FORMAT:
        raise ValueError(f"its form is {form!r:.40}")
    packs = []
    for folder, digest, length, plain in paused(told, pause):
        key = (folder, digest, length)
        found = LATELY.get(key, kinds)
        if found is None:
            found = pack_of(marshal.loads(plain), kinds, pause)  # noqa: S302 - a part of the same bytes
            LATELY.put(key, kinds, found)
        packs.append(found)
    rules = sorted((rule for each in packs for rule in each.rules), key=lambda rule: rule.id)
    wanted = {name: [rule.id for rule in found] for name, found in by_kind(rules, kinds).items()}
    if wanted != {name: ids for name, ids, *_ in programs}:
        raise ValueError("its programs are those of other rules")
    return packs, {name: rest for name, _, *rest in programs}


def _plain_program(program: Program) -> tuple[Any, ...]:
    compiled = program.compiled
    source, looks = compiled.source, compiled.looks
    return (
        program.kind.name,
        list(program.rule_ids),
        *([_plain_written(each) for each in functions] for functions in (source.evaluate, source.unknown)),
        [_plain_written(each) for each in source.columns],
        [(each.ruleset.names, each.ruleset.definition, each.rules) for each in source.shards],
        (source.atoms, source.atoms_in_c),
        (looks.is_possible, looks.read, dict(looks.patterns)),
        compiled.overridden,
    )


def _compiled(plain: _Plain, pause: Pause) -> Compiled:
    *functions, shards, (atoms, atoms_in_c), looks, overridden = plain
    evaluate, unknown, columns = (tuple(_written(each) for each in paused(every, pause)) for every in functions)
    made = tuple(ShardCode(Ruleset(names, definition), rules) for names, definition, rules in shards)
    return Compiled(KindSource(evaluate, unknown, columns, made, atoms, atoms_in_c), Looks(*looks), overridden)


def _plain_written(written: Written) -> tuple[Any, ...]:
    members = {name: [(member, kind.value) for member, kind in each] for name, each in written.members.items()}
    return marshal.dumps(written.code), dict(written.patterns), members


def _written(plain: _Plain) -> Written:
    packed, patterns, members = plain
    code = marshal.loads(packed)  # noqa: S302 - a part of the same bytes
    if not isinstance(code, CodeType):
        raise TypeError("a function is no code")
    read = {name: tuple((member, FactType(kind)) for member, kind in each) for name, each in members.items()}
    return Written(code, patterns, read)
