"""Checking a profit sharing before it is asked for: nothing is stored, the rules say what they would say.

request ─ what is known of the order and its earlier splits ─ (the platform's own limits) ─ rules on split.request
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import effects
from app.aggregates.aggregate import past_facts
from app.errors import AppError
from app.events.kinds.split_request import KIND
from app.events.provider import Asking
from app.events.read_words import misfit_receiver_count
from app.flows.ask_platform import ask_platform
from app.flows.judge_line import scope_of
from app.flows.parts import Parts
from app.models import Order, Split
from app.money import claims
from app.money.split import sharable_fen
from app.values.answer import firing_answer
from app.values.deciding import Verdict, hardest
from app.values.facts import Happened, Origin
from app.wechat.accounts import PayAccount
from app.wechat.reading import number

_PAY = "wechatpay"


@dataclass(frozen=True, slots=True)
class Receiver:
    """One receiver; an empty ``relation`` says it was not added to the payer's receivers."""

    type: str
    account: str
    amount_fen: int
    relation: str
    name_encrypted: bool


@dataclass(frozen=True, slots=True)
class SplitAsked:
    """A profit sharing as it would be asked for; limits left out are worked out, or asked of the platform."""

    shop_id: str
    out_order_no: str
    transaction_id: str
    receivers: Sequence[Receiver]
    fee_fen: int = 0
    unsplit_fen: int | None = None
    max_ratio_bp: int | None = None
    open_claim_count: int | None = None
    stored_value_unused: bool | None = None


def check_split(parts: Parts, asked: SplitAsked, *, asks_platform: bool, now: datetime) -> dict[str, Any]:
    """What the rules say, and the facts they saw. What the platform does not answer is unknown, so a person looks."""
    with parts.db.read() as session:
        order = session.scalar(_order_of(asked))
        earlier = session.scalars(_splits_of(asked)).all()
        facts = _facts(asked, order, earlier) | _counted(session, parts, asked, now=now)
        if order is not None and facts["open_claim_count"] is None:
            facts["open_claim_count"] = claims.count_open(session, shop_id=asked.shop_id, order_id=order.subject)
        frozen = _frozen(session, asked, order, earlier)
        judge = parts.live.current
        happened = Happened(KIND.name, "?", "?", asked.shop_id, asked.out_order_no, now, facts)
        facts |= past_facts(session, KIND, happened, facts, judge.engine.policy(scope_of(asked.shop_id, facts)))
    if asks_platform:
        facts |= _limits(parts, asked, now=now)
    seen = {name: value for name, value in facts.items() if value is not None}
    said = judge.engine.evaluate(
        KIND.name,
        seen,
        now=now,
        scope=scope_of(asked.shop_id, seen),
        sign_offs=judge.sign_offs,
        subject=f"{asked.shop_id}/{asked.out_order_no}",
        tripped=parts.live.tripped,
    )
    voices = [firing.decision for firing in said.firings if not firing.shadow]
    voices += [Verdict.HOLD] if frozen else []
    decision = hardest([*voices, *([Verdict.REVIEW] if said.doubts else [])])
    return {
        "decision": decision.value,
        "firings": [firing_answer(firing) for firing in said.firings],
        "doubts": [*said.doubts, *frozen],
        "facts": seen,
    }


def _facts(asked: SplitAsked, order: Order | None, earlier: Sequence[Split]) -> dict[str, Any]:
    shared_fen = sum((each.asked_fen or 0) - (each.returned_fen or 0) for each in earlier)
    unsplit_fen = asked.unsplit_fen
    if unsplit_fen is None and order is not None and order.paid_fen is not None:
        unsplit_fen = sharable_fen(
            paid_fen=order.paid_fen, fee_fen=asked.fee_fen, shared_fen=shared_fen, max_ratio_bp=None
        )
    facts: dict[str, Any] = {
        "out_order_no": asked.out_order_no,
        "transaction_id": asked.transaction_id,
        "receivers": [asdict(each) for each in asked.receivers],
        "fee_fen": asked.fee_fen,
        "unsplit_fen": unsplit_fen,
        "max_ratio_bp": asked.max_ratio_bp,
        "request_count": len(earlier),
        "shared_fen": shared_fen,
        "open_claim_count": asked.open_claim_count,
        "stored_value_unused": asked.stored_value_unused,
    }
    facts["misfit_receiver_count"] = misfit_receiver_count(facts["receivers"])
    return facts | _looked_at(order)


def _counted(session: Session, parts: Parts, asked: SplitAsked, *, now: datetime) -> dict[str, Any]:
    """The figures about the past that the rules ask for, as if the split were asked for now."""
    facts = {"receivers": [asdict(each) for each in asked.receivers]}
    event = Happened(KIND.name, "check", "check", asked.shop_id, asked.out_order_no, now, facts)
    policy = parts.live.current.engine.policy(scope_of(asked.shop_id, facts))
    return past_facts(session, KIND, event, facts, policy)


def _frozen(session: Session, asked: SplitAsked, order: Order | None, earlier: Sequence[Split]) -> list[str]:
    """What of the payment a rule has frozen until its differences are explained, in words."""
    titles = {"split": "分账", "order": "订单"}
    subjects = [("split", name) for name in sorted({asked.out_order_no, *(each.subject for each in earlier)})]
    subjects += [("order", order.subject)] if order is not None else []
    return [
        f"{titles[kind]} {name} 已冻结，差异查明前不得再分"
        for kind, name in subjects
        if effects.is_frozen(session, asked.shop_id, kind, name)
    ]


def _looked_at(order: Order | None) -> dict[str, Any]:
    """The order's columns that the kind shows to rules."""
    if order is None:
        return {}
    names = [each.name for each in KIND.facts if each.origin is Origin.COMPUTED and each.name.startswith("order.")]
    return {name: getattr(order, name.removeprefix("order."), None) for name in names}


def _order_of(asked: SplitAsked) -> Any:
    return select(Order).where(Order.shop_id == asked.shop_id, Order.transaction_id == asked.transaction_id).limit(1)


def _splits_of(asked: SplitAsked) -> Any:
    """Earlier splits of the payment; asking again under the same number is the same request."""
    mine = (Split.shop_id == asked.shop_id) & (Split.transaction_id == asked.transaction_id)
    return select(Split).where(mine, Split.subject != asked.out_order_no)


def _limits(parts: Parts, asked: SplitAsked, *, now: datetime) -> dict[str, int | None]:
    """The platform's own limits; what it does not answer is unknown, also where we could have guessed."""
    account, sub_mchid = _account_of(parts, asked.shop_id)
    amounts = f"/v3/profitsharing/transactions/{quote(asked.transaction_id, safe='')}/amounts"
    found = {"unsplit_fen": _asked_number(parts, account, amounts, "unsplit_amount", now=now)}
    if sub_mchid is not None:
        ratio = f"/v3/profitsharing/merchant-configs/{quote(sub_mchid, safe='')}"
        found["max_ratio_bp"] = _asked_number(parts, account, ratio, "max_ratio", now=now)
    return found


def _asked_number(parts: Parts, account: PayAccount | None, path: str, name: str, *, now: datetime) -> int | None:
    if account is None:
        return None
    try:
        answer: Mapping[str, Any] = ask_platform(parts, _PAY, account, Asking(path), now=now)
    except AppError:
        return None
    return number(answer, name)


def _account_of(parts: Parts, shop_id: str) -> tuple[PayAccount | None, str | None]:
    for each in parts.accounts.get(_PAY, {}).values():
        if isinstance(each, PayAccount):
            subs = [sub for sub, shop in each.shops.items() if shop == shop_id]
            if subs or each.shop_id == shop_id:
                return each, subs[0] if subs else None
    return None, None
