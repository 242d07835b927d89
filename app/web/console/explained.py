"""Why a case's decision came out as it did, for its page: rules that fired, and those that came nearest to it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import structlog

from app.errors import AppError
from app.flows.explain_facts import Why
from app.flows.explain_screening import explain_screening
from app.flows.explanation_in_words import explanation_in_words
from app.flows.parts import Parts
from app.rules.explain import Explanation, Outcome
from app.rules.told import explanation_answer
from app.values.access import Caller
from app.web.console import titles
from app.web.console.language import is_chinese, told_in
from app.web.console.shown import listed
from app.web.console.words import name, say

_NEAR_SHOWN = 5
_ITEMS_SHOWN = 8
_SOURCES = ("law:", "platform:")
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Explained:
    """Rules as plain data, those that fired or could not be known first by hardness; ``differs`` names what changed."""

    fired: Sequence[Mapping[str, Any]]
    near: Sequence[Mapping[str, Any]]
    differs: Sequence[str]


def open_why(parts: Parts, screening_id: str, *, caller: Caller) -> Explained | None:
    """The explanation, or None when what judged then cannot be read any more."""
    try:
        replayed = explain_screening(parts, screening_id, caller=caller, language=told_in())
    except AppError as error:
        _log.warning("not_explained", screening=screening_id, code=error.code, why=error.detail)
        return None
    known = category_titles(parts)
    return explained_rules(replayed.why, known, differs=[str(each["field"]) for each in replayed.differences])


def category_titles(parts: Parts) -> Mapping[str, str] | None:
    """The titles of categories by id, for sentences told in words; None where they are told as packs write them."""
    if not is_chinese():
        return None
    with parts.db.read() as session:
        return {each.id: each.title for each in titles.in_force(parts, session).values()}


def explained_rules(why: Why, known: Mapping[str, str] | None, *, differs: Iterable[str]) -> Explained:
    """What fired or could not be known, the hardest first, and what came near; ``known`` are titles of categories."""
    heard = [each for each in why.rules if each.outcome in (Outcome.FIRED, Outcome.UNKNOWN)]
    heard.sort(key=lambda each: (each.rule.status.value != "live", -each.rule.then.verdict.hardness))
    return Explained(
        fired=[_told(each, known) for each in heard],
        near=[_told(each, known) for each in why.near[:_NEAR_SHOWN]],
        differs=[name("member", each) for each in differs],
    )


def told_to_author(explanation: Explanation, categories: Mapping[str, str] | None) -> Mapping[str, Any]:
    """The explanation as plain data; in Chinese its sentences have words, with the names packs use beside them."""
    return _told(explanation, categories, with_names=True)


def _told(
    explanation: Explanation, categories: Mapping[str, str] | None, *, with_names: bool = False
) -> Mapping[str, Any]:
    """The explanation as plain data; in Chinese its sentences name facts as officers do."""
    if categories is None:
        return explanation_answer(explanation)
    return explanation_in_words(explanation, categories, with_names=with_names)


def parameter_line(seen: Mapping[str, Any]) -> str:
    """A threshold with its unit and where it comes from: ``延迟发货赔付下限 = 100 分（电子商务法第二十条）``."""
    value = seen["value"]
    if isinstance(value, list):
        more = "…" if len(value) > _ITEMS_SHOWN else ""
        value = listed(value[:_ITEMS_SHOWN]) + more
    unit = f" {name('unit', seen['unit'])}" if seen["unit"] else ""
    origin: str = seen["origin"]
    prefix = next((each for each in _SOURCES if origin.startswith(each)), "")
    told = f"{seen['title'] or seen['name']} = {value}{unit}"
    return say("why.parameter_line", told=told, origin=name("origin", origin.removeprefix(prefix)))
