"""Other values of a parameter for some shops, and which of them holds for an event.

The most specific one wins: the one that names more of shop, merchant_type, supplier_tier and category, and of as many
the one that names the earlier in that order. So no two that name different keys can tie, and two that name the same
keys for the same shops are refused when the pack is read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import product
from typing import TypeAlias

from app.values.rule_scope import SCOPE_KEYS, RuleScope

Value: TypeAlias = int | bool | str | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Override:
    """One other value: ``where`` holds, for each key it names in the order of SCOPE_KEYS, the values it is for."""

    where: tuple[tuple[str, tuple[str, ...]], ...]
    value: Value
    origin: str

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys it names."""
        return tuple(key for key, _ in self.where)

    def ties_with(self, other: Override) -> bool:
        """Whether some shop would have both with nothing to choose by."""
        return self.keys == other.keys and all(
            set(mine) & set(theirs) for (_, mine), (_, theirs) in zip(self.where, other.where, strict=True)
        )


@dataclass(frozen=True, slots=True)
class Applied:
    """The override that holds for an event: ``where`` as this event has it, ``{"shop": "shop-7"}``."""

    value: Value
    origin: str
    where: Mapping[str, str]


class Overrides:
    """All overrides that a set of rules may meet, by the parameter's key; a look-up costs the same for any number."""

    def __init__(self, overrides: Mapping[str, Iterable[Override]]) -> None:
        self._tables = {key: _tables(each) for key, each in overrides.items()}

    def applied(self, scope: RuleScope) -> Mapping[str, Applied]:
        """The overrides that hold for this scope, by the parameter's key; where none does, there is no entry."""
        found: dict[str, Applied] = {}
        for parameter, tables in self._tables.items():
            for keys, table in tables:
                values = tuple(getattr(scope, key) for key in keys)
                override = table.get(values)
                if override is not None:
                    found[parameter] = Applied(override.value, override.origin, dict(zip(keys, values, strict=True)))
                    break
        return found


_Table: TypeAlias = dict[tuple[str, ...], Override]


def _tables(overrides: Iterable[Override]) -> list[tuple[tuple[str, ...], _Table]]:
    """One table for each set of keys, the most specific first."""
    tables: dict[tuple[str, ...], _Table] = {}
    for override in overrides:
        table = tables.setdefault(override.keys, {})
        table.update(dict.fromkeys(product(*(values for _, values in override.where)), override))
    return sorted(tables.items(), key=lambda entry: _rank(entry[0]))


def _rank(keys: tuple[str, ...]) -> tuple[int, list[int]]:
    return -len(keys), [SCOPE_KEYS.index(key) for key in keys]
