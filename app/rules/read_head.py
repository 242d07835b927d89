"""Understands the head of a ``pack.yaml``: its references, and its parameters with their bounds and overrides."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import combinations

from app.errors import Problem
from app.rules.calls import is_usable_name
from app.rules.definition import PackFiles, Parameter, Reference
from app.rules.overrides import Override, Value
from app.rules.positions import Path
from app.rules.shape import OverrideShape, ParameterShape, ReferenceShape
from app.values.rule_scope import SCOPE_KEYS


@dataclass(slots=True)
class HeadReader:
    """Reads the head of one file; ``problems`` grows as it goes."""

    files: PackFiles
    problems: list[Problem] = field(default_factory=list)

    def bad(self, path: Path, problem: str, expected: str) -> None:
        """Collects a problem at the place of a value."""
        self.problems.append(Problem(str(self.files.pack.place(path)), problem, expected))

    def references(self) -> Mapping[str, Reference]:
        """The references by name."""
        return {name: self._reference(name, each) for name, each in self.files.shape.references.items()}

    def parameters(self) -> Mapping[str, Parameter]:
        """The parameters by name."""
        return {name: self._parameter(name, each) for name, each in self.files.shape.parameters.items()}

    def _reference(self, name: str, shape: ReferenceShape) -> Reference:
        path = ("references", name)
        if shape.valid_from and shape.valid_to and shape.valid_from > shape.valid_to:
            self.bad((*path, "valid_to"), f"{name!r} ends before it begins", "valid_from on or before valid_to")
        return Reference(
            name=name,
            text=shape.text,
            confidence=shape.confidence,
            place=self.files.pack.key_place(path),
            url=shape.url,
            valid_from=shape.valid_from,
            valid_to=shape.valid_to,
            checked_at=shape.checked_at,
        )

    def _parameter(self, name: str, shape: ParameterShape) -> Parameter:
        path = ("parameters", name)
        if not is_usable_name(name):
            self.bad(path, f"{name!r} already means something in expressions", "another name")
        if not _fits(shape):
            return self._wrong_type(name, shape, path)
        self._bounds(shape, path)
        overrides = tuple(self._override(shape, number, each, path) for number, each in enumerate(shape.overrides))
        self._ties(overrides, path)
        return Parameter(
            pack=self.files.shape.pack,
            name=name,
            default=_value(shape.default),
            unit=shape.unit,
            origin=shape.origin,
            place=self.files.pack.key_place(path),
            note=shape.note,
            overrides=overrides,
            title=shape.title,
            title_en=shape.title_en,
        )

    def _wrong_type(self, name: str, shape: ParameterShape, path: Path) -> Parameter:
        """The parameter as its unit has it, so that its name means something to the expressions."""
        wanted, value = _TYPES.get(
            shape.unit, (f"a whole number of at most 18 digits, or another unit than {shape.unit}", 1)
        )
        if isinstance(shape.default, str) and _NUMBER.fullmatch(shape.default):
            wanted = "a whole number of at most 18 digits: money in fen, ratios in basis points"
        told = f"the default {shape.default!r:.60} does not fit the unit {shape.unit}"
        self.bad((*path, "default"), told, wanted)
        place = self.files.pack.key_place(path)
        return Parameter(self.files.shape.pack, name, value, shape.unit, shape.origin, place)

    def _bounds(self, shape: ParameterShape, path: Path) -> None:
        if type(shape.default) is not int:
            for key in ("min", "max"):
                if getattr(shape, key) is not None:
                    self.bad(
                        (*path, key), f"only a whole number has a {key}", f"no {key}, or a whole number as default"
                    )
            return
        if shape.min is not None and shape.max is not None and shape.min > shape.max:
            self.bad((*path, "min"), "the least value is above the greatest", "min not above max")
        else:
            self._within(shape.default, shape, (*path, "default"))

    def _within(self, value: int, shape: ParameterShape, path: Path) -> None:
        if shape.min is not None and value < shape.min:
            self.bad(path, f"{value} is below the parameter's min", f"at least {shape.min} {shape.unit}")
        if shape.max is not None and value > shape.max:
            self.bad(path, f"{value} is above the parameter's max", f"at most {shape.max} {shape.unit}")

    def _override(self, parameter: ParameterShape, number: int, shape: OverrideShape, path: Path) -> Override:
        path = (*path, "overrides", number)
        where = tuple((key, tuple(values)) for key in SCOPE_KEYS if (values := getattr(shape.where, key)))
        if not where:
            self.bad((*path, "where"), "the override is for nobody", f"one or more of {', '.join(SCOPE_KEYS)}")
        if type(shape.value) is not type(parameter.default):
            wanted = {int: f"a whole number of {parameter.unit}", bool: "true or false", str: "a text"}
            expected = wanted.get(type(parameter.default), "a list of texts")
            self.bad((*path, "value"), f"{shape.value!r:.60} is not of the default's type", expected)
        elif type(shape.value) is int:
            self._within(shape.value, parameter, (*path, "value"))
        return Override(where, _value(shape.value), shape.origin)

    def _ties(self, overrides: tuple[Override, ...], path: Path) -> None:
        """Two for the same shops are refused; only those that name the same keys can be."""
        for (first, one), (second, other) in _pairs(overrides):
            if one.ties_with(other):
                told = f"the override is for shops that override {first + 1} is for, too, and neither is more specific"
                expected = "one of the two, or a key more in one of them"
                self.bad((*path, "overrides", second, "where"), told, expected)


def _pairs(overrides: tuple[Override, ...]) -> Iterator[tuple[tuple[int, Override], tuple[int, Override]]]:
    alike: dict[tuple[str, ...], list[tuple[int, Override]]] = {}
    for number, each in enumerate(overrides):
        alike.setdefault(each.keys, []).append((number, each))
    for group in alike.values():
        yield from combinations(group, 2)


_NUMBER = re.compile(r"[-+]?[0-9][0-9_.,]*([eE][-+]?[0-9]+)?")
_TYPES: Mapping[str, tuple[str, Value]] = {
    "flag": ("true or false, or another unit than flag", False),
    "text": ("a text or a list of texts, or another unit than text", ""),
}


def _fits(shape: ParameterShape) -> bool:
    return isinstance(shape.default, bool) is (shape.unit == "flag") and (
        isinstance(shape.default, str | list) is (shape.unit == "text")
    )


def _value(value: bool | int | str | list[str]) -> Value:
    return tuple(value) if isinstance(value, list) else value
