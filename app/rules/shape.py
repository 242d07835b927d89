"""The shape of ``pack.yaml`` and ``examples.yaml`` as pydantic reads them, before anything is looked up or compiled.

It is the one source of truth: the loader holds files to it, and the JSON Schemas that editors use are written from it.
What a key is for stands in its description, which an editor shows.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, WithJsonSchema

from app.rules.effects import EFFECTS, VERDICTS
from app.rules.units import KNOWN_UNITS

LARGEST = 10**15
PATTERNS = {
    r"^[a-z][a-z0-9_-]{0,60}$": "a name of small letters, digits, - and _",
    r"^[a-z][a-z0-9_]{0,60}$": "a name of small letters, digits and _",
    r"^[A-Z][A-Za-z0-9]{0,20}-[0-9]{2,4}[a-z]?$": "an id such as S8-40 or S8-02a",
    r"^(seed|engineering|(law|platform):.{1,200})$": "seed, engineering, law:… or platform:…",
    r"^[1-9][0-9]{0,3}[mhd]$": "a length of time such as 30m, 1h or 7d",
    r"^\S([^\r\n]*\S)?$": "one line without white space at its ends",
}
"""Every pattern of a text, and what to say to who missed it."""
_NAME, _PARAMETER, _RULE, _ORIGIN, _SPAN, _ONE_LINE = PATTERNS

Name = Annotated[str, StringConstraints(pattern=_NAME)]
ParameterName = Annotated[str, StringConstraints(pattern=_PARAMETER)]
RuleId = Annotated[str, StringConstraints(pattern=_RULE)]
Said = Annotated[str, StringConstraints(min_length=1, max_length=500)]
Title = Annotated[str, StringConstraints(min_length=1, max_length=60, pattern=_ONE_LINE)]
Texts = Annotated[list[Said], Field(min_length=1, max_length=200)]
Origin = Annotated[str, StringConstraints(pattern=_ORIGIN)]
Confidence = Literal["官方", "SDK", "法条", "社区", "二手", "自证", "记忆"]
Number = Annotated[int, Field(ge=-LARGEST, le=LARGEST)]


def _day(value: object) -> object:
    if not isinstance(value, str):
        return value
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        raise ValueError(DAY_EXPECTED)
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise ValueError(DAY_EXPECTED) from error


DAY_EXPECTED = "a day of the calendar such as 2026-02-01"
Day = Annotated[date, BeforeValidator(_day)]
Span = Annotated[str, StringConstraints(pattern=_SPAN)]
OneOrMore = Annotated[
    list[Said],
    BeforeValidator(
        lambda value: [value] if isinstance(value, str) else value, json_schema_input_type=Said | list[Said]
    ),
    Field(min_length=1, max_length=200),
]
Then = Annotated[
    str | dict[str, Any],
    WithJsonSchema(
        {
            "anyOf": [
                {"enum": [*VERDICTS, *EFFECTS]},
                {
                    "type": "object",
                    "properties": {"label": {"type": "string"}} | {name: {"type": "object"} for name in EFFECTS},
                    "additionalProperties": False,
                    "minProperties": 1,
                    "maxProperties": 1,
                },
            ]
        }
    ),
]


class Shape(BaseModel):
    """Strict, and nothing unknown."""

    model_config = ConfigDict(extra="forbid", strict=True)


class ReferenceShape(Shape):
    """A law article or platform page, and how sure the project is of it."""

    text: Said = Field(description="Name and article, as the uploader reads it.")
    confidence: Confidence = Field(description="官方, SDK, 法条 and 自证 carry a block or payment; the others do not.")
    url: Said | None = Field(None, description="Where it can be read.")
    valid_from: Day | None = Field(None, description="First day in China on which it is in force.")
    valid_to: Day | None = Field(None, description="Last day in China on which it is in force.")
    checked_at: Day | None = Field(None, description="Day on which somebody last read whether it still says so.")


class WhereShape(Shape):
    """For whom an override holds: all keys named must fit, any of the values of a key."""

    shop: OneOrMore | None = Field(None, description="Shop id or ids.")
    merchant_type: OneOrMore | None = Field(None, description="Merchant type or types.")
    supplier_tier: OneOrMore | None = Field(None, description="Supplier tier or tiers.")
    category: OneOrMore | None = Field(None, description="Shop category or categories.")


class OverrideShape(Shape):
    """Another value of a parameter for some shops."""

    where: WhereShape = Field(description="For whom.")
    value: Number | bool | Said | Texts = Field(description="Of the default's type and within the parameter's bounds.")
    origin: Origin = Field("engineering", description="Where this value comes from; engineering when left out.")
    note: Said | None = Field(None, description="Free.")


class ParameterShape(Shape):
    """A named threshold or list with its origin."""

    title: Title | None = Field(None, description="A short Chinese name, for people; without one they read the name.")
    title_en: Title | None = Field(None, description="The same in English.")
    default: Number | bool | Said | Texts = Field(description="The value where no override holds.")
    unit: Literal[KNOWN_UNITS] = Field(description="What a number counts; text for texts, flag for true/false.")  # type: ignore[valid-type]
    origin: Origin = Field(description="seed, engineering, law:… or platform:….")
    min: Number | None = Field(None, description="Least value, of the default and of every override.")
    max: Number | None = Field(None, description="Greatest value, of the default and of every override.")
    overrides: Annotated[list[OverrideShape], Field(max_length=1_000)] = Field(
        [], description="Other values for some shops; the most specific one wins."
    )
    note: Said | None = Field(None, description="Free.")


class EffectiveShape(Shape):
    """From when the rule holds (Beijing midnight) and when it has to be looked at again."""

    from_: Day = Field(alias="from", description="First day in China on which the rule speaks.")
    review_by: Day = Field(description="Day by which somebody has to look at the rule again.")


class ShareShape(Shape):
    """For which stable share of subjects a live rule acts."""

    bp: Annotated[int, Field(ge=0, le=10_000)] = Field(description="Of 10,000 subjects, so many.")
    by: Literal["subject"] = Field("subject", description="What is drawn; the same subject is always on the same side.")


class BandShape(Shape):
    """Between which firing rates a rule is believed."""

    window: Span = Field(description="Over how long the rate is taken: 30m, 1h, 7d.")
    min_evaluations: Annotated[int, Field(ge=1, le=10**9)] = Field(500, description="Fewer say nothing.")
    low_bp: Annotated[int, Field(ge=0, le=10_000)] = Field(0, description="The lowest rate that is believed.")
    high_bp: Annotated[int, Field(ge=0, le=10_000)] = Field(10_000, description="The highest rate that is believed.")


class RuleShape(Shape):
    """One rule."""

    id: RuleId = Field(description="The catalogue's id; unique over all packs.")
    title: Said = Field(description="A short Chinese name.")
    on: OneOrMore = Field(description="The event kind or kinds it judges.")
    status: Literal["draft", "shadow", "live", "retired"] = Field(description="Where the rule is in its life.")
    effective: EffectiveShape = Field(description="From when, and when to look again.")
    references: Annotated[list[Said], Field(min_length=1)] = Field(description="Names under references of this pack.")
    when: Annotated[str, StringConstraints(min_length=1, max_length=2_000)] = Field(description="The condition.")
    then: Annotated[list[Then], Field(min_length=1, max_length=10)] = Field(description="Verdicts, labels and effects.")
    reason: Said = Field(description="The Chinese sentence the uploader reads.")
    remedy: Said | None = Field(None, description="What to change, in Chinese: told to the merchant with the reason.")
    missing: Literal["review", "skip"] = Field("review", description="What an absent fact means.")
    share: ShareShape | None = Field(None, description="For which stable share of subjects it acts.")
    band: BandShape | None = Field(None, description="Between which firing rates it is believed.")
    note: Said | None = Field(None, description="Free.")


class PackShape(Shape):
    """A whole ``pack.yaml``."""

    pack: Name = Field(description="The folder's name.")
    title: Said = Field(description="A short Chinese name.")
    owner: Said = Field(description="Who answers for the pack.")
    references: dict[Name, ReferenceShape] = Field(description="Laws and pages by the names rules use.")
    parameters: dict[ParameterName, ParameterShape] = Field({}, description="Thresholds by the names conditions use.")
    rules: Annotated[list[RuleShape], Field(min_length=1, max_length=1_000)] = Field(description="The rules.")


class ScopeShape(Shape):
    """Whose event an example is."""

    shop: Said | None = Field(None, description="Shop id.")
    merchant_type: Said | None = Field(None, description="Merchant type.")
    supplier_tier: Said | None = Field(None, description="Supplier tier.")
    category: Said | None = Field(None, description="Shop category.")


class ExampleShape(Shape):
    """The facts of one event and, for the side ``unknown``, the facts that are to be named as missing."""

    name: Said = Field(description="What the example shows.")
    facts: dict[str, Any] = Field(description="Facts by dotted name.")
    on: Said | None = Field(None, description="The event kind, where the rule has several.")
    now: Said | None = Field(None, description="Instant with offset; default: noon of the rule's first day.")
    scope: ScopeShape | None = Field(None, description="Whose event it is, where a parameter has overrides.")
    missing: list[Said] | None = Field(None, description="Under unknown: the facts that have to be named.")
    decision: Literal["pass", "alert", "warn", "label", "review", "hold", "block"] | None = Field(
        None, description="Under fires: the verdict of the firing."
    )


class SidesShape(Shape):
    """Examples of one rule: it fires, it is quiet, it cannot be known."""

    fires: list[ExampleShape] = Field([], description="Events on which the rule fires.")
    quiet: list[ExampleShape] = Field([], description="Events on which it says nothing.")
    unknown: list[ExampleShape] = Field([], description="Events on which it cannot be known.")


class ExamplesShape(Shape):
    """A whole ``examples.yaml``."""

    examples: dict[RuleId, SidesShape] = Field(description="Examples by the rule's id.")
