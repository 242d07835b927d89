"""What differs between two sets of packs, told by rule, parameter, reference and example instead of by line.

Every property of a rule counts, also one that this file has never heard of: a change nobody is told about must not get
past the second person. Only where a rule stands in its file, and how it was compiled, are no differences.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from datetime import timedelta
from enum import Enum
from typing import Any

from app.rules.definition import Example, Pack, Rule, Status
from app.rules.effects import Consequence
from app.values.change import Change, Detail
from app.values.deciding import Verdict

_COMPILED = frozenset({"place", "by_kind", "grounds"})
_NO_PROPERTY = _COMPILED | {"id"}
_NO_PACK_PROPERTY = frozenset({"name", "references", "parameters", "rules", "examples"})
_SAID_OF_NEW = ("title", "status", "on", "when", "then", "reason", "references")


def diff_packs(before: Sequence[Pack], after: Sequence[Pack]) -> list[Change]:
    """Every difference from one set to the other, by pack; rules first, examples last."""
    old, new = {pack.name: pack for pack in before}, {pack.name: pack for pack in after}
    old_rules = {rule.id: rule for pack in before for rule in pack.rules}
    new_rules = {rule.id: rule for pack in after for rule in pack.rules}
    changes = [*_packs(old, new), *_rules(old_rules, new_rules)]
    for name in sorted(old.keys() | new.keys()):
        changes += _named("parameter", name, old.get(name), new.get(name))
        changes += _named("reference", name, old.get(name), new.get(name))
    return changes + list(_examples(before, after, old_rules, new_rules))


def parameters_of(rule: Rule) -> frozenset[str]:
    """The parameters a rule's condition and amounts use."""
    expressions = [each for by in rule.by_kind.values() for each in (by.condition, *by.amounts.values())]
    return frozenset(name for each in expressions for name in each.parameters)


def _hard(rules: Iterable[Rule]) -> tuple[str, ...]:
    """Those that are in force and block, hold or move money."""
    return tuple(sorted({rule.id for rule in rules if rule.status is Status.LIVE and rule.is_hard}))


def _packs(old: Mapping[str, Pack], new: Mapping[str, Pack]) -> Iterator[Change]:
    for name in sorted(old.keys() | new.keys()):
        one, other = old.get(name), new.get(name)
        details = _details(one, other, leave_out=_NO_PACK_PROPERTY) if one and other else ()
        if one and other and not details:
            continue
        unknown = [each for each in details if each.field not in {"title", "owner"}]
        hard = _hard(rule for pack in (one, other) if pack for rule in pack.rules) if unknown else ()
        title = (other or one).title  # type: ignore[union-attr]
        yield Change("pack", _how(one, other), name, "", title, details, hard, hard)


def _rules(old: Mapping[str, Rule], new: Mapping[str, Rule]) -> Iterator[Change]:
    for rule_id in sorted(old.keys() | new.keys()):
        one, other = old.get(rule_id), new.get(rule_id)
        if one and other:
            details = _details(one, other, leave_out=_NO_PROPERTY)
        else:
            said = plain(one or other)
            assert isinstance(said, dict)
            details = tuple(_one_sided(name, said[name], is_after=one is None) for name in _SAID_OF_NEW)
        if details:
            rule = other or one
            assert rule is not None
            hard = (rule_id,) if _hard(each for each in (one, other) if each) else ()
            yield Change("rule", _how(one, other), rule_id, rule.pack, rule.title, details, (rule_id,), hard)


def _named(what: str, pack: str, old: Pack | None, new: Pack | None) -> Iterator[Change]:
    """Parameters or references of one pack."""
    attribute = f"{what}s"
    one: Mapping[str, Any] = getattr(old, attribute) if old else {}
    other: Mapping[str, Any] = getattr(new, attribute) if new else {}
    for name in sorted(one.keys() | other.keys()):
        before, after = one.get(name), other.get(name)
        if before == after:
            continue
        details = tuple(_with_unit(each, before, after) for each in _details(before, after, leave_out={"name"}))
        if before and after and not details:  # it only stands elsewhere in its file
            continue
        found = [rule for each in (old, new) if each for rule in each.rules]
        rules = [rule for rule in found if _uses(rule, what, name, before, after)]
        used = tuple(sorted({rule.id for rule in rules}))
        titles = {key: getattr(after or before, key, None) or "" for key in ("title", "title_en")}
        made = Change(what, _how(before, after), name, pack, titles["title"], details, used, _hard(rules))
        yield replace(made, title_en=titles["title_en"])


def _uses(rule: Rule, what: str, name: str, *versions: Any) -> bool:
    if what == "parameter":
        return name in parameters_of(rule)
    return any(each is not None and each.text in rule.references for each in versions)


def _examples(
    before: Sequence[Pack], after: Sequence[Pack], old_rules: Mapping[str, Rule], new_rules: Mapping[str, Rule]
) -> Iterator[Change]:
    old, new = _by_rule(before), _by_rule(after)
    for rule_id in sorted(old.keys() & new.keys()):
        one, other = old[rule_id], new[rule_id]
        moved = old_rules[rule_id].effective_from != new_rules[rule_id].effective_from
        changed = [key for key in one if key in other and _facts(one[key], moved) != _facts(other[key], moved)]
        names = {
            "added": [f"{side} {name}" for side, name in other if (side, name) not in one],
            "removed": [f"{side} {name}" for side, name in one if (side, name) not in other],
            "changed": [f"{side} {name}" for side, name in changed],
        }
        details = tuple(Detail(key, None, found) for key, found in names.items() if found)
        if details:
            yield Change("examples", "changed", rule_id, new_rules[rule_id].pack, "", details, (rule_id,))


def _by_rule(packs: Sequence[Pack]) -> dict[str, dict[tuple[str, str], Example]]:
    found: dict[str, dict[tuple[str, str], Example]] = {}
    for example in (example for pack in packs for example in pack.examples):
        found.setdefault(example.rule, {})[example.side, example.name] = example
    return found


def _facts(example: Example, moved: bool) -> object:
    """What an example says; its instant follows the rule's first day, so it is left out when that has moved."""
    return example.kind, example.facts, example.missing, example.decision, None if moved else example.now


def _details(one: Any, other: Any, *, leave_out: frozenset[str] | set[str]) -> tuple[Detail, ...]:
    names = [each.name for each in fields(one if one is not None else other) if each.name not in leave_out | _COMPILED]
    pairs = (
        (name, None if one is None else getattr(one, name), None if other is None else getattr(other, name))
        for name in names
    )
    return tuple(_detail(name, before, after) for name, before, after in pairs if before != after)


def _detail(name: str, before: object, after: object) -> Detail:
    if name == "asks_when_missing":
        said = {True: "review", False: "skip", None: None}
        return Detail("missing", said[before], said[after])  # type: ignore[index]
    return Detail(name, plain(before), plain(after))


def _one_sided(name: str, value: object, *, is_after: bool) -> Detail:
    return Detail(name, None, value) if is_after else Detail(name, value, None)


def _with_unit(detail: Detail, before: Any, after: Any) -> Detail:
    if detail.field != "default":
        return detail
    return Detail(detail.field, detail.before, detail.after, (after or before).unit)


def _how(one: object, other: object) -> Any:
    return "added" if one is None else "removed" if other is None else "changed"


def plain(value: Any) -> Any:
    """A definition's value as plain JSON: dates as text, a consequence as it is written in a pack."""
    if isinstance(value, Consequence):
        return _written(value)
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(each) for each in value]
    if is_dataclass(value):
        return {each.name: plain(getattr(value, each.name)) for each in fields(value) if each.name not in _COMPILED}
    return _scalar(value)


def _scalar(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, timedelta):
        return f"{int(value.total_seconds() // 60)}m"
    return value if value is None or isinstance(value, bool | int) else str(value)


def _written(then: Consequence) -> list[Any]:
    labels = [{"label": label} for label in then.labels]
    is_said = not (then.verdict is Verdict.LABEL and labels) and not (then.verdict is Verdict.PASS and then.effects)
    verdict = [then.verdict.value] if is_said else []
    return [*verdict, *labels, *({each.verb: dict(each.data)} for each in then.effects)]
