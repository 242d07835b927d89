"""The page of one rule: what it says and does, its breaker with a button that closes it, and what was done to it."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app import breakers, sign_offs
from app.breakers import Rate
from app.errors import Forbidden, NotFound
from app.events.kind import load_kinds
from app.flows.follow_soon import follow_soon
from app.flows.review_rules import review_state
from app.flows.watch_rules import band_of, reset_rule
from app.models import AuditRow, RuleBreaker
from app.rules.definition import Rule
from app.rules.diff import parameters_of
from app.rules.notices import unsigned
from app.rules.tree import FactRef, walk
from app.text.words import CHINA_TIME
from app.values.access import Caller, Role
from app.values.change import said_value
from app.values.facts import Fact
from app.web.auth import parts
from app.web.console import signed_in
from app.web.console.edit_pages import may_edit
from app.web.console.fact_words import fact_word, kind_word
from app.web.console.language import told_in
from app.web.console.rule_pages import Row, packs_of
from app.web.schema_fields import starred

RESETTERS = frozenset({Role.RULE_APPROVER, Role.ADMIN})
_HISTORY = 30
_REASON_MAX = 2_000


def install(console: Blueprint) -> None:
    """Add the pages."""
    console.add_url_rule("/rules/<string:rule_id>", "rule", show)
    console.add_url_rule("/rules/<string:rule_id>/reset", "reset_rule", reset, methods=["POST"])


def show(rule_id: str) -> str:
    """The page."""
    return _page(rule_id, told=None)


def reset(rule_id: str) -> Response:
    """Close the rule's breaker, with a reason; then it acts again as it is written."""
    caller = signed_in.officer().caller
    if not _may_reset(caller):
        raise Forbidden(f"this needs one of {', '.join(sorted(RESETTERS))}, for all shops")
    reason = starred(request.form.get("reason", "").strip()[:_REASON_MAX])
    if not reason:
        return make_response(_page(rule_id, told="rules.needs_reason"), 422)
    try:
        reset_rule(parts(), rule_id, reason=reason, by=caller.name, now=parts().now())
    except NotFound:
        return make_response(_page(rule_id, told="rule.not_tripped"), 409)
    follow_soon(parts())
    return redirect(url_for("console.rule", rule_id=rule_id), 303)


def _may_reset(caller: Caller) -> bool:
    """Whether an officer resets breakers, which stop a rule in all shops."""
    return bool(caller.grants & RESETTERS) and caller.shop_ids is None


def _page(rule_id: str, *, told: str | None) -> str:
    own, caller = parts(), signed_in.officer().caller
    now = own.now()
    today = now.astimezone(CHINA_TIME).date()
    with own.db.read() as session:
        packs = packs_of(session, own.live.current.rules_id)
        found = next(((pack, rule) for pack in packs for rule in pack.rules if rule.id == rule_id), None)
        if found is None:
            raise NotFound(f"no rule {rule_id}")
        pack, rule = found
        hour, day = (
            breakers.rates(session, since=now - span, rules=[rule_id]).get(rule_id, Rate())
            for span in (timedelta(hours=1), timedelta(days=1))
        )
        breaker = session.get(RuleBreaker, rule_id)
        history = _history(session, rule_id)
        signed = sign_offs.in_force(session)
    is_tripped = breaker is not None and breaker.reset_at is None
    return render_template(
        "console/rule.html",
        pack=pack,
        rule=rule,
        row=Row(rule, hour, day, band_of(rule, own.settings), is_tripped, review_state(rule, today)),
        breaker=breaker,
        history=history,
        parameters=[pack.parameters[name] for name in sorted(parameters_of(rule)) if name in pack.parameters],
        asked=_asked(rule),
        on=[(name, kind_word(load_kinds().get(name), name)) for name in rule.on],
        examples=[each for each in pack.examples if each.rule == rule_id],
        unsigned=[each.need for each in unsigned(packs, today=today, sign_offs=signed) if rule in each.rules],
        value=lambda parameter, value: said_value(value, told_in(), unit=parameter.unit),
        may_edit=may_edit(caller),
        may_reset=_may_reset(caller),
        done=request.args.get("done"),
        told=told,
    )


def _asked(rule: Rule) -> list[tuple[str, Fact]]:
    """The facts a rule asks for, each once, with what people call it."""
    found: dict[str, tuple[str, Fact]] = {}
    for name, by_kind in rule.by_kind.items():
        kind = load_kinds().get(name)
        for each in (by_kind.condition, *by_kind.amounts.values()):
            for node in walk(each.root):
                if isinstance(node, FactRef):
                    found.setdefault(node.fact.name, (fact_word(kind, node.fact.name), node.fact))
    return [found[name] for name in sorted(found)]


def _history(session: Session, rule_id: str) -> list[AuditRow]:
    about = (AuditRow.object_type == "rule") & (AuditRow.object_id == rule_id)
    return list(session.scalars(select(AuditRow).where(about).order_by(AuditRow.id.desc()).limit(_HISTORY)))
