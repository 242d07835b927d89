"""``compensate``: a buyer is owed something. The claim waits out its settling delay before any money leaves.

A rule that rests on a number nobody signed, or whose breaker is open, opens the claim all the same: a person decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import effects as register
from app.access import keyed_hash
from app.flows.carry_effects import Ask
from app.flows.clear_claims import clear_claim
from app.flows.open_claims import open_one
from app.flows.parts import Parts
from app.models import Effect, Order
from app.money import claims
from app.money.amounts import yuan
from app.money.ledger import MAX_FEN
from app.rules.pack import Parameter
from app.values.access import SYSTEM
from app.values.claiming import Doubt, Opening
from app.values.sign_off import SIGNED

VERB = "compensate"


def carry_out(session: Session, ask: Ask) -> Mapping[str, Any]:
    """Open the claim, or find the one there is for this order, item and cause."""
    order_id = ask.order_id or ask.key.subject
    own = (Order.shop_id == ask.key.shop_id) & (Order.subject == order_id)
    order = session.scalars(select(Order).where(own).limit(1)).first()
    paid_fen = (order.paid_fen if order is not None else None) or 0
    doubts = [Doubt.UNSIGNED] if ask.unsigned else []
    if ask.data.get("person"):
        doubts.append(Doubt.RULE)
    if ask.is_tripped:
        doubts.append(Doubt.TRIPPED)
    amount_fen = int(ask.data["amount_fen"])
    if paid_fen <= 0 or amount_fen > MAX_FEN:
        doubts.append(Doubt.AMOUNT)
    buyer = order.buyer_ref if order is not None else None
    opening = Opening(
        shop_id=ask.key.shop_id,
        order_id=order_id,
        item=str(ask.data.get("item") or ""),
        cause=str(ask.data["cause"]),
        amount_fen=amount_fen if amount_fen <= MAX_FEN else 0,  # a person says what it is
        paid_fen=paid_fen,
        basis=_basis(ask, paid_fen),
        transaction_id=order.transaction_id if order is not None else None,
        claimant=keyed_hash(ask.parts.keyring.api_keys, f"buyer:{buyer}") if buyer else None,
        event_id=ask.judged.event.id[:200],
        doubts=tuple(doubts),
    )
    claim = open_one(session, ask.parts, opening, now=ask.now).claim
    return {"claim_id": claim.id}


def withdraw(session: Session, effect: Effect, *, parts: Parts, now: datetime) -> None:
    """What was told late shows that the rule never held: end the claim, or bear the loss where the money has left."""
    del parts
    claim_id = effect.result.get("claim_id")
    others = register.of_root(session, effect.shop_id, effect.root).values()
    still = any(
        row.id != effect.id and row.state == register.OPEN and row.result.get("claim_id") == claim_id for row in others
    )
    if claim_id is None or still:
        return
    claim = claims.take(session, str(claim_id), caller=SYSTEM)
    clear_claim(session, claim, evidence="rule_withdrawn", details={"effect": effect.id}, now=now)


def _basis(ask: Ask, paid_fen: int) -> dict[str, Any]:
    """Everything the amount rests on, as it will be told and can be traced back."""
    firing = ask.firing
    told = {
        each.name: {"origin": each.origin_of(firing.bindings[each.name])}
        | ({"title": each.title} if each.title is not None else {})
        for each in _parameters(ask)
        if each.name in firing.bindings
    }
    for each in firing.sign_offs:
        told[each.name] = told.get(each.name, {}) | {"signed_by": each.signed_by, "basis": each.basis}
    facts = {name: value for name, value in firing.bindings.items() if name not in told}
    values = {name: value for name, value in firing.bindings.items() if name not in facts}
    return {
        "rule": firing.rule,
        "pack": firing.pack,
        "reason": firing.reason,
        "references": list(firing.references),
        "formula": f"按规则 {firing.rule} 计得 {yuan(int(ask.data['amount_fen']))} 元，实付 {yuan(paid_fen)} 元",
        "facts": {name: str(value) for name, value in facts.items()},
        "parameters": {name: {"value": str(value), **told.get(name, {})} for name, value in values.items()},
        "unsigned": list(ask.unsigned),
        "sign_offs": [{name: getattr(each, name) for name in SIGNED} for each in firing.sign_offs],
        "effect_id": ask.effect_id,
        "decision_id": ask.decision_id,
        "event_id": ask.judged.event.id,
    }


def _parameters(ask: Ask) -> Iterable[Parameter]:
    """Those of the rule's pack, as it is in force."""
    live = ask.parts.live
    packs = live.current.engine.packs if live.is_ready else ()
    return [each for pack in packs if pack.name == ask.firing.pack for each in pack.parameters.values()]
