"""Packs as plain values (texts, numbers, tuples) and back: what can be written down without knowing our classes.

Expressions are not among them: they are read again from the rule's text when somebody asks (``read_later``). Examples
go apart, for judging needs none. Whatever else a pack holds comes back equal, which is tried before a pack is kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from app.rules.definition import Example, Pack, Parameter, Reference, Rule, Status
from app.rules.effects import Consequence, Effect
from app.rules.grounds import Grounds
from app.rules.limits import Band, Share
from app.rules.overrides import Override
from app.rules.positions import Place
from app.rules.read_later import LateRefs, ReadLater, Refs
from app.values.deciding import Verdict
from app.values.facts import EventKind
from app.values.pause import Pause, no_pause, paused
from app.values.rule_scope import SCOPE_KEYS, RuleScope

Plain = tuple[Any, ...]
_STATUSES = {each.value: each for each in Status}


def plain_pack(pack: Pack) -> Plain:
    """The pack as plain values, without its examples."""
    references = [_plain_reference(each) for each in pack.references.values()]
    parameters = [_plain_parameter(each) for each in pack.parameters.values()]
    return pack.name, pack.title, pack.owner, references, parameters, [_plain_rule(rule) for rule in pack.rules]


def pack_of(plain: Plain, kinds: Mapping[str, EventKind], pause: Pause = no_pause) -> Pack:
    """The pack of those values."""
    name, title, owner, references, parameters, rules = plain
    reader = _Reader(
        name,
        kinds,
        {each[0]: _reference(each) for each in references},
        {each[0]: _parameter(name, each) for each in parameters},
    )
    made = tuple(reader.rule(each) for each in paused(rules, pause))
    return Pack(name, title, owner, reader.references, reader.parameters, made, ())


def plain_examples(pack: Pack) -> list[Plain]:
    """The pack's examples as plain values."""
    return [
        (
            *(each.rule, each.side, each.name, each.kind, _plain_value(each.facts), _plain_value(each.now)),
            *(
                each.missing,
                each.decision,
                _plain_place(each.place),
                tuple(getattr(each.scope, key) for key in SCOPE_KEYS),
            ),
        )
        for each in pack.examples
    ]


def examples_of(plain: Sequence[Plain], pause: Pause = no_pause) -> tuple[Example, ...]:
    """The examples of those values."""
    return tuple(_example(each) for each in paused(plain, pause))


def _example(plain: Plain) -> Example:
    rule, side, name, kind, facts, now, missing, decision, place, scope = plain
    made = RuleScope(**dict(zip(SCOPE_KEYS, scope, strict=True)))
    return Example(rule, side, name, kind, _value(facts), _value(now), missing, decision, Place(*place), made)


def _plain_value(value: object) -> object:
    """A fact's value; instants, which are no plain values, and tuples are told by a tuple with their sort."""
    if isinstance(value, datetime):
        return "instant", value.isoformat()
    if isinstance(value, Mapping):
        return {key: _plain_value(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_plain_value(each) for each in value]
    if isinstance(value, tuple):
        return "tuple", [_plain_value(each) for each in value]
    return value


def _value(plain: Any) -> Any:
    if isinstance(plain, tuple):
        sort, inner = plain
        return datetime.fromisoformat(inner) if sort == "instant" else tuple(_value(each) for each in inner)
    if isinstance(plain, dict):
        return {key: _value(each) for key, each in plain.items()}
    return [_value(each) for each in plain] if isinstance(plain, list) else plain


def _plain_reference(each: Reference) -> Plain:
    days = (_ordinal(each.valid_from), _ordinal(each.valid_to), _ordinal(each.checked_at))
    return each.name, each.text, each.confidence, _plain_place(each.place), each.url, *days


def _reference(plain: Plain) -> Reference:
    name, text, confidence, place, url, *days = plain
    return Reference(name, text, confidence, Place(*place), url, *[day and date.fromordinal(day) for day in days])


def _plain_parameter(each: Parameter) -> Plain:
    overrides = [(override.where, override.value, override.origin) for override in each.overrides]
    place = _plain_place(each.place)
    return each.name, each.default, each.unit, each.origin, place, each.note, overrides, each.title, each.title_en


def _parameter(pack: str, plain: Plain) -> Parameter:
    name, default, unit, origin, place, note, overrides, *titles = plain
    made = tuple(Override(*each) for each in overrides)
    return Parameter(pack, name, default, unit, origin, Place(*place), note, made, *titles)


def _plain_rule(rule: Rule) -> Plain:
    then, grounds, share, band = rule.then, rule.grounds, rule.share, rule.band
    effects = [(each.verb, dict(each.data), dict(each.amounts)) for each in then.effects]
    return (
        *(rule.id, rule.title, rule.on, rule.status.value, rule.effective_from.toordinal()),
        *(rule.review_by.toordinal(), rule.references, rule.when, then.verdict.value, then.labels, effects),
        *(rule.reason, rule.asks_when_missing, grounds.mark, grounds.acts),
        tuple(each.name for each in grounds.references),
        tuple(each.name for each in grounds.parameters),
        _plain_place(rule.place),
        share and (share.bp, share.by),
        band and (band.window // timedelta(seconds=1), band.min_evaluations, band.low_bp, band.high_bp),
        rule.remedy,
    )


class _Reader:
    """Makes the rules of one pack; they share its references and parameters, and whatever else is alike.

    It is the larger part of what opening costs, hence the plain calls and what is looked up instead of made again.
    """

    def __init__(
        self,
        pack: str,
        kinds: Mapping[str, EventKind],
        references: Mapping[str, Reference],
        parameters: Mapping[str, Parameter],
    ) -> None:
        self.references = references
        self.parameters = parameters
        self._pack = pack
        self._kinds = kinds
        self._refs: Refs = LateRefs(parameters)
        self._thens: dict[tuple[str, tuple[str, ...]], Consequence] = {}
        self._on: dict[tuple[str, ...], Mapping[str, EventKind]] = {}

    def rule(self, plain: Plain) -> Rule:
        """One rule."""
        rule_id, title, on, status, first, review, references, when, verdict, labels, effects, *rest = plain
        reason, asks, mark, acts, cited, used, place, share, band, remedy = rest
        then = self._then(verdict, labels, effects)
        grounds = Grounds(
            self._pack,
            rule_id,
            mark,
            acts,
            tuple([self.references[name] for name in cited]),
            tuple([self.parameters[name] for name in used]),
        )
        return Rule(
            id=rule_id,
            pack=self._pack,
            title=title,
            on=on,
            status=_STATUSES[status],
            effective_from=date.fromordinal(first),
            review_by=date.fromordinal(review),
            references=references,
            when=when,
            then=then,
            reason=reason,
            asks_when_missing=asks,
            grounds=grounds,
            by_kind=ReadLater(self._kinds_of(on), when, then.effects, self._refs),
            place=Place(*place),
            share=share and Share(*share),
            band=band and Band(timedelta(seconds=band[0]), *band[1:]),
            remedy=remedy,
        )

    def _then(self, verdict: str, labels: tuple[str, ...], effects: Sequence[Plain]) -> Consequence:
        if effects:
            return Consequence(Verdict(verdict), labels, tuple([Effect(*each) for each in effects]))
        found = self._thens.get((verdict, labels))
        if found is None:
            found = self._thens[verdict, labels] = Consequence(Verdict(verdict), labels, ())
        return found

    def _kinds_of(self, on: tuple[str, ...]) -> Mapping[str, EventKind]:
        found = self._on.get(on)
        if found is None:
            found = self._on[on] = {name: self._kinds[name] for name in on}
        return found


def _plain_place(place: Place) -> Plain:
    return place.file, place.line, place.column, place.exact


def _ordinal(day: date | None) -> int | None:
    return None if day is None else day.toordinal()
