"""Understands one ``pack.yaml``: names are looked up, expressions checked, and what may not act alone is marked.

A rule that is wrong is left out and its problems are collected, so that one run of the check names them all.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from app.errors import Problem
from app.rules.definition import (
    KindExpressions,
    Pack,
    PackFiles,
    Parameter,
    Reference,
    Rule,
    Status,
    parameter_refs,
)
from app.rules.effects import EFFECTS, MONEY, Consequence, Effect, read_entry
from app.rules.expression import parse_condition, parse_number
from app.rules.grounds import Grounds
from app.rules.limits import Band, Share
from app.rules.positions import Document, Path
from app.rules.problems import ExpressionError, meant
from app.rules.read_head import HeadReader
from app.rules.shape import RuleShape
from app.rules.tree import OverriddenRef, ParameterRef
from app.values.deciding import Verdict, hardest
from app.values.facts import EventKind
from app.values.pause import Pause, no_pause

LONGEST_WINDOW = timedelta(days=7)
_SPANS = {"m": "minutes", "h": "hours", "d": "days"}


def read_pack(
    files: PackFiles, *, kinds: Mapping[str, EventKind], pause: Pause = no_pause
) -> tuple[Pack, list[Problem]]:
    """The pack without its examples, and everything wrong with it."""
    reader = _Reader(files, kinds)
    reader.head()
    rules = []
    for number in range(len(files.shape.rules)):
        if (rule := reader.rule(number)) is not None:
            rules.append(rule)
        pause()
    shape = files.shape
    pack = Pack(shape.pack, shape.title, shape.owner, reader.references, reader.parameters, tuple(rules), ())
    return pack, reader.problems


@dataclass(slots=True)
class _Reader:
    """Reads one file; ``problems`` grows as it goes."""

    files: PackFiles
    kinds: Mapping[str, EventKind]
    problems: list[Problem] = field(default_factory=list)
    references: Mapping[str, Reference] = field(default_factory=dict)
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    refs: Mapping[str, ParameterRef | OverriddenRef] = field(default_factory=dict)

    @property
    def document(self) -> Document:
        return self.files.pack

    def bad(self, path: Path, problem: str, expected: str = "") -> None:
        """Collects a problem at the place of a value."""
        self.problems.append(Problem(str(self.document.place(path)), problem, expected))

    def head(self) -> None:
        """Name, references and parameters."""
        shape = self.files.shape
        if shape.pack != self.files.folder:
            self.bad(
                ("pack",), f"the pack {shape.pack!r} lies in the folder {self.files.folder!r}", "the folder's name"
            )
        head = HeadReader(self.files, self.problems)
        self.references = head.references()
        self.parameters = head.parameters()
        self.refs = parameter_refs(self.parameters)

    def rule(self, number: int) -> Rule | None:
        """One rule, or None when something is wrong with it."""
        before = len(self.problems)
        shape, path = self.files.shape.rules[number], ("rules", number)
        kinds = [kind for position, name in enumerate(shape.on) if (kind := self._kind(name, path, position, shape))]
        references = [self.references[name] for name in self._known_references(shape, path)]
        then = self._consequence(shape, path)
        if shape.effective.from_ >= shape.effective.review_by:
            self.bad((*path, "effective"), "the rule has to be reviewed before it begins", "from before review_by")
        band = self._band(shape, path)
        by_kind = {kind.name: found for kind in kinds if (found := self._expressions(shape, path, kind, then.effects))}
        if len(self.problems) > before:
            return None
        return Rule(
            id=shape.id,
            pack=self.files.shape.pack,
            title=shape.title,
            on=tuple(by_kind),
            status=Status(shape.status),
            effective_from=shape.effective.from_,
            review_by=shape.effective.review_by,
            references=tuple(reference.text for reference in references),
            when=shape.when,
            then=then,
            reason=shape.reason,
            asks_when_missing=shape.missing == "review",
            grounds=self._grounds(shape, then, references, by_kind),
            by_kind=by_kind,
            place=self.document.place((*path, "id")),
            share=None if shape.share is None else Share(shape.share.bp, shape.share.by),
            band=band,
            remedy=shape.remedy,
        )

    def _band(self, shape: RuleShape, path: Path) -> Band | None:
        if shape.band is None:
            return None
        found = shape.band
        window = timedelta(**{_SPANS[found.window[-1]]: int(found.window[:-1])})
        if window > LONGEST_WINDOW:
            self.bad((*path, "band", "window"), f"{found.window} is longer than counts are kept", "at most 7d")
        if found.low_bp > found.high_bp:
            self.bad((*path, "band"), f"no rate is from {found.low_bp} to {found.high_bp} bp", "low_bp up to high_bp")
        return Band(window, found.min_evaluations, found.low_bp, found.high_bp)

    def _kind(self, name: str, path: Path, position: int, shape: RuleShape) -> EventKind | None:
        if name in self.kinds and name not in shape.on[:position]:
            return self.kinds[name]
        where = (*path, "on", position)
        if name in self.kinds:
            self.bad(where, f"the event kind {name!r} stands twice", "each kind once")
        else:
            self.bad(where, f"unknown event kind {name!r}", meant(name, self.kinds, ", ".join(self.kinds)))
        return None

    def _known_references(self, shape: RuleShape, path: Path) -> list[str]:
        for position, name in enumerate(shape.references):
            where = (*path, "references", position)
            if name not in self.references:
                self.bad(where, f"unknown reference {name!r}", meant(name, self.references, "a name under references"))
            elif name in shape.references[:position]:
                self.bad(where, f"the reference {name!r} stands twice", "each reference once")
        return [name for name in shape.references if name in self.references]

    def _consequence(self, shape: RuleShape, path: Path) -> Consequence:
        verdicts: list[Verdict] = []
        labels: list[str] = []
        effects: list[Effect] = []
        for position, entry in enumerate(shape.then):
            try:
                read = read_entry(entry)
            except ExpressionError as error:
                self.bad((*path, "then", position), error.problem, error.expected)
                continue
            if isinstance(read, Verdict):
                verdicts.append(read)
            elif isinstance(read, str):
                verdicts.append(Verdict.LABEL)
                labels.append(read)
            else:
                effects.append(read)
        return Consequence(hardest(verdicts), tuple(labels), tuple(effects))

    def _expressions(
        self, shape: RuleShape, path: Path, kind: EventKind, effects: tuple[Effect, ...]
    ) -> KindExpressions | None:
        facts = {fact.name: fact for fact in kind.facts}
        for name in self.refs.keys() & facts.keys():
            self.bad(("parameters", name), f"{name!r} is also a fact of {kind.name}", "another name")
        amounts = {}
        try:
            condition = parse_condition(shape.when, facts=facts, parameters=self.refs, where=kind.name)
        except ExpressionError as error:
            self._bad_expression((*path, "when"), error)
            return None
        for number, effect in enumerate(effects):
            for key, (text, unit) in effect.amounts.items():
                try:
                    found = parse_number(text, facts=facts, parameters=self.refs, where=kind.name, unit=unit)
                except ExpressionError as error:
                    self._bad_expression((*path, "then", _position(shape, number), effect.verb, key), error)
                else:
                    amounts[number, key] = found
        return KindExpressions(condition, amounts)

    def _bad_expression(self, path: Path, error: ExpressionError) -> None:
        where = self.document.place(path).at(error.offset or 0)
        name = ".".join(str(part) for part in path if isinstance(part, str) and part not in ("rules", "then"))
        self.problems.append(Problem(where, f"{name}: {error.problem}", error.expected))

    def _grounds(
        self, shape: RuleShape, then: Consequence, references: list[Reference], by_kind: Mapping[str, KindExpressions]
    ) -> Grounds:
        pays = [number for number, effect in enumerate(then.effects) if effect.verb in MONEY]
        used = {
            name
            for each in by_kind.values()
            for (number, _), amount in each.amounts.items()
            if number in pays
            for name in amount.parameters
        }
        wording = [shape.when, shape.then, [[each.text, each.confidence, each.url] for each in references]]
        return Grounds(
            pack=self.files.shape.pack,
            rule=shape.id,
            mark=hashlib.sha256(json.dumps(wording, ensure_ascii=False).encode()).hexdigest()[:16],
            acts=then.verdict is Verdict.BLOCK or bool(pays),
            references=tuple(references),
            parameters=tuple(self.parameters[name] for name in sorted(used)),
        )


def _position(shape: RuleShape, number: int) -> int:
    """Where under ``then`` the effect of that number stands."""
    verbs = [entry if isinstance(entry, str) else next(iter(entry), "") for entry in shape.then]
    return [position for position, verb in enumerate(verbs) if verb in EFFECTS][number]
