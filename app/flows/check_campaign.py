"""Checking a whole campaign before it starts: each of its parts as the event it would be, and the hardest word of all.

campaign, coupons, prices, contests … ─ each by its kind ─ figures worked out ─ what_if_facts ─ decision, law, remedy

Nothing is stored. Figures may be given, where no service with a history is asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.aggregates.aggregate import load_aggregates
from app.errors import InvalidInput, Problem
from app.flows.judge_content import Judge
from app.flows.show_campaigns import with_remedy
from app.flows.what_if import Asked, what_if_facts
from app.values.deciding import Verdict, hardest

PARTS: Mapping[str, str] = {
    "campaign": "campaign.create",
    "coupons": "coupon.create",
    "prices": "price.publish",
    "comparisons": "price.compare",
    "contests": "contest.create",
    "rewards": "fission.reward",
    "topups": "topup.create",
    "points": "points.change",
    "products": "product.publish",
    "venues": "live.venue",
}
"""What a campaign's document may hold, and as which event each is judged. `campaign` is one, the others are lists."""
_PARTS_MAX = 200
_PREFIX = "past."


def check_campaign(
    judge: Judge, document: Mapping[str, Any], *, now: datetime, session: Session | None = None
) -> dict[str, Any]:
    """What the rules say of every part; ``session`` lets the figures that were not given be worked out.

    Raises InvalidInput naming every problem by its place, such as ``coupons.0.threshold_fen``.
    """
    shop_id, figures = _head(document)
    told, problems = [], []
    for place, kind, given in _given(document):
        facts = dict(given) if isinstance(given, Mapping) else {}
        if not isinstance(given, Mapping):
            problems.append(Problem(place, "is no mapping of facts", f"the facts of {kind}"))
            continue
        declared = {fact.name for fact in judge.kinds[kind].facts}
        facts |= {name: value for name, value in figures.items() if name in declared and name not in facts}
        asked = None if session is None else Asked(session, shop_id)
        try:
            answer = what_if_facts(judge, kind, facts, now=now, asked=asked)
        except InvalidInput as error:
            fields = [(each.field.removeprefix("facts."), each) for each in error.problems]
            problems += [Problem(f"{place}.{name}", each.problem, each.expected) for name, each in fields]
            continue
        told.append(_part(judge, place, kind, facts, answer))
    if problems:
        raise InvalidInput("the campaign does not fit", problems=problems)
    decision = hardest([Verdict(each["decision"]) for each in told]).value
    return {"shop_id": shop_id, "now": now, "decision": decision, "parts": told, "snapshot": judge.rules_id}


def _head(document: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """The shop and the figures that are given; raises InvalidInput for keys that mean nothing here."""
    known = ("shop_id", "figures", *PARTS)
    problems = [Problem(name, "unknown", ", ".join(known)) for name in document if name not in known]
    shop_id = document.get("shop_id", "unknown")
    if not isinstance(shop_id, str) or not shop_id:
        problems.append(Problem("shop_id", "is no text", "the shop whose campaign it is"))
    given = document.get("figures") or {}
    if not isinstance(given, Mapping):
        problems.append(Problem("figures", "is no mapping", "names such as average_order_fen with whole numbers"))
        given = {}
    named = {name if name.startswith(_PREFIX) else f"{_PREFIX}{name}": each for name, each in given.items()}
    problems += [
        Problem(f"figures.{name.removeprefix(_PREFIX)}", "unknown", ", ".join(load_aggregates()))
        for name in named
        if name not in load_aggregates()
    ]
    if not any(document.get(name) for name in PARTS):
        problems.append(Problem("campaign", "is missing, and so is everything else", ", ".join(PARTS)))
    if problems:
        raise InvalidInput("the campaign does not fit", problems=problems)
    return shop_id, named


def _given(document: Mapping[str, Any]) -> Iterator[tuple[str, str, Any]]:
    for name, kind in PARTS.items():
        given = document.get(name)
        if given is None:
            continue
        if name == "campaign":
            yield name, kind, given
            continue
        if not isinstance(given, list) or len(given) > _PARTS_MAX:
            problem = Problem(name, "is no list, or too long a one", f"up to {_PARTS_MAX} of {kind}")
            raise InvalidInput("the campaign does not fit", problems=[problem])
        for number, each in enumerate(given):
            yield f"{name}.{number}", kind, each


def _part(judge: Judge, place: str, kind: str, facts: Mapping[str, Any], answer: Mapping[str, Any]) -> dict[str, Any]:
    key = judge.kinds[kind].key
    return {
        "part": place,
        "kind": kind,
        "subject": facts.get(key) if key else None,
        "decision": answer["decision"],
        "firings": [with_remedy(judge, firing) for firing in answer["firings"]],
        "doubts": answer["doubts"],
        "figures": answer.get("figures") or {},
    }
