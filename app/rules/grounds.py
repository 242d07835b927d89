"""What a block or a payment rests on, and what of it nobody has answered for yet.

A number that the project made up, or a page known by hearsay, must not cost anybody money by itself. Such a rule acts
as ``review`` until a sign-off stands for exactly that value; a rule whose references have all lapsed stays a review,
for there is nothing left to sign.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from app.rules.overrides import Applied, Override, Value
from app.rules.positions import Place
from app.values.change import Language
from app.values.sign_off import ObjectType, SignOff, SignOffs

VERIFIED = ("官方", "SDK", "法条", "自证")
"""Confidences on which a rule may block or pay by itself."""
UNVERIFIED_ORIGIN = "engineering"


@dataclass(frozen=True, slots=True)
class Reference:
    """A law article or platform page and how sure the project is of it.

    In force from ``valid_from`` to ``valid_to``, both included and both days in China; ``checked_at`` is the day on
    which somebody last looked whether it still says so.
    """

    name: str
    text: str
    confidence: str
    place: Place
    url: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    checked_at: date | None = None

    @property
    def is_verified(self) -> bool:
        """Whether a rule may block or pay on it."""
        return self.confidence in VERIFIED

    def is_in_force(self, day: date) -> bool:
        """Whether it holds on that day."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, slots=True)
class Parameter:
    """A named threshold: int, bool, text or a list of texts, with unit and origin, and other values for some shops.

    ``title`` is its short Chinese name and ``title_en`` the same in English, where the pack gives them.
    """

    pack: str
    name: str
    default: Value
    unit: str
    origin: str
    place: Place
    note: str | None = None
    overrides: tuple[Override, ...] = ()
    title: str | None = None
    title_en: str | None = None

    def called(self, language: Language = "zh") -> str:
        """What a person reads: the title, in the language where the pack has it, or else the name."""
        return (language == "en" and self.title_en) or self.title or self.name

    def origin_of(self, value: object) -> str:
        """Where a value that held comes from: an override's own origin where it is one's."""
        if value == self.default:
            return self.origin
        return next((each.origin for each in self.overrides if each.value == value), self.origin)

    @property
    def key(self) -> str:
        """Under which its effective value stands beside the facts; no fact's name begins like this."""
        return f"${self.pack}.{self.name}"


@dataclass(frozen=True, slots=True)
class Need:
    """Something a block or payment waits for; with ``object_type`` None no sign-off can help."""

    told: str
    object_type: ObjectType | None = None
    pack: str = ""
    name: str = ""
    value: object = None


@dataclass(frozen=True, slots=True)
class Grounds:
    """What one rule rests on. ``parameters`` are those its payments are worked out with; ``mark`` names its wording."""

    pack: str
    rule: str
    mark: str
    acts: bool
    references: tuple[Reference, ...]
    parameters: tuple[Parameter, ...]

    def needs(self, day: date, applied: Mapping[str, Applied]) -> Iterator[Need]:
        """What has to be signed off before the rule may block or pay on that day, by the values that hold then."""
        if not self.acts:
            return
        in_force = [reference for reference in self.references if reference.is_in_force(day)]
        if not in_force:
            yield Need("引用的依据均不在有效期内")
        elif not any(reference.is_verified for reference in in_force):
            yield Need("没有经核实的依据", "rule", self.pack, self.rule, self.mark)
        for parameter in self.parameters:
            override = applied.get(parameter.key)
            value, origin = (override.value, override.origin) if override else (parameter.default, parameter.origin)
            if origin == UNVERIFIED_ORIGIN:
                yield _needs_a_source(parameter, value)

    def all_needs(self, day: date) -> Iterator[Need]:
        """The same for every value that some shop has."""
        yield from self.needs(day, {})
        for parameter in self.parameters:
            for override in parameter.overrides if self.acts else ():
                if override.origin == UNVERIFIED_ORIGIN:
                    yield _needs_a_source(parameter, override.value)

    def cited(self, day: date) -> tuple[str, ...]:
        """The references in force that day as texts; all of them where none is."""
        in_force = tuple(reference.text for reference in self.references if reference.is_in_force(day))
        return in_force or tuple(reference.text for reference in self.references)


def _needs_a_source(parameter: Parameter, value: Value) -> Need:
    called = f"{parameter.title}（{parameter.name}）" if parameter.title else f"{parameter.name} "
    return Need(f"参数 {called}没有来源", "parameter", parameter.pack, parameter.name, value)


def settle(
    grounds: Grounds, day: date, *, applied: Mapping[str, Applied], sign_offs: SignOffs
) -> tuple[tuple[str, ...], tuple[SignOff, ...]]:
    """What is still unsigned, in words, and the sign-offs the rule rests on."""
    unsigned: list[str] = []
    rests_on: list[SignOff] = []
    for need in grounds.needs(day, applied):
        found = find_sign_off(need, day, sign_offs)
        if found is None:
            unsigned.append(need.told)
        else:
            rests_on.append(found)
    return tuple(unsigned), tuple(rests_on)


def find_sign_off(need: Need, day: date, sign_offs: SignOffs) -> SignOff | None:
    """The sign-off in force that day for exactly what is needed, or None."""
    if need.object_type is None:
        return None
    return sign_offs.find(need.object_type, need.pack, need.name, value=need.value, day=day)
