"""The page of rules: what is in force and how often it fires, and the candidates that wait for a second officer.

Rules are written in files or in the editor and proposed from there; here they are read, and a waiting candidate is
decided. Whoever proposed it may only withdraw it, and the flow refuses them anything else all the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app import breakers, snapshots
from app.breakers import Rate
from app.errors import BadDefinition, Conflict, SamePerson
from app.events.kind import load_kinds
from app.flows.decide_candidate import decide_candidate, waiting_candidates
from app.flows.diff_snapshots import Diff, diff_stored
from app.flows.parts import Parts
from app.flows.past_versions import past_versions
from app.flows.review_rules import review_state
from app.flows.watch_rules import band_of
from app.models import Approval
from app.rules.definition import Pack, Rule, Status
from app.rules.limits import Band
from app.rules.notices import unsigned
from app.rules.pack import load_packs
from app.sign_offs import in_force
from app.text.words import CHINA_TIME
from app.values.access import Caller
from app.values.change import said_value
from app.values.deciding import Verdict
from app.web.auth import parts
from app.web.console import signed_in
from app.web.console.backtest_pages import WEEK, may_start
from app.web.console.candidate_choices import (
    Choices,
    check_may_decide,
    choices_of,
    is_withdrawal,
    may_decide,
    reason,
    settled,
    withdraw,
)
from app.web.console.edit_pages import may_edit
from app.web.console.fact_words import kind_word
from app.web.console.language import told_in
from app.web.console.rule_alarms import alarms
from app.web.console.rule_filters import WHOLE_UP_TO, RuleFilters, kinds_of
from app.web.console.version_pages import SHOWN

_CHANGES_SHOWN = 50
_ALARMS_SHOWN = 5
_PACKS: dict[str, tuple[Pack, ...]] = {}  # of the snapshot in force: it never changes, so it is read once


@dataclass(frozen=True, slots=True)
class Row:
    """A rule with what the page shows beside it."""

    rule: Rule
    hour: Rate
    day: Rate
    band: Band | None
    is_tripped: bool
    review: str | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """A candidate that waits, its difference, and what this officer may do with it."""

    asked: Approval
    diff: Diff | None
    choices: Choices


def install(console: Blueprint) -> None:
    """Add the pages."""
    console.add_url_rule("/rules", "rules", show_rules)
    console.add_url_rule("/rules/candidates/<string:snapshot_id>", "decide_candidate", decide, methods=["POST"])


def show_rules() -> str:
    """The page."""
    return _page(told=None)


def decide(snapshot_id: str) -> Response:
    """Approve, refuse or withdraw a candidate, then show the page; what cannot be done is said there."""
    caller, choice = signed_in.officer().caller, request.form.get("decision")
    try:
        if is_withdrawal():
            withdraw(snapshot_id, caller)
            return redirect(url_for("console.rules", done="withdrawn"), 303)
        check_may_decide(caller)
        if not (why := reason()):
            return make_response(_page(told="rules.needs_reason"), 422)
        if choice not in {"approve", "refuse"}:
            return make_response(_page(told="rules.not_decided"), 409)
        approve = choice == "approve"
        decide_candidate(parts(), snapshot_id, approve=approve, reason=why, by=caller.name, now=parts().now())
    except (Conflict, SamePerson, BadDefinition):
        return make_response(_page(told="rules.not_decided"), 409)
    return redirect(url_for("console.rules"), 303)


def _page(*, told: str | None) -> str:
    own, caller = parts(), signed_in.officer().caller
    judge = own.live.current
    now = own.now()
    with own.db.read() as session:
        packs = packs_of(session, judge.rules_id)
        filters = RuleFilters.read(request.args, packs)
        rows = _rows(own, session)
        waiting = [_waiting(session, each, caller) for each in waiting_candidates(session, "rules")]
        today = now.astimezone(CHINA_TIME).date()
        active = snapshots.pointer(session, "rules").snapshot_id
        versions = past_versions(session, "rules", limit=SHOWN)
        ended = settled(session, "rules", now=now)
        found = alarms(session, packs, judge.engine.rules, breakers.tripped(session), today=today)
        waits = {rule.id for each in unsigned(packs, today=today, sign_offs=in_force(session)) for rule in each.rules}
    return render_template(
        "console/rules.html",
        judge=judge,
        packs=packs,
        filters=filters,
        chosen=_chosen(packs, filters),
        kinds=[(kind, kind_word(load_kinds().get(kind), kind)) for kind in kinds_of(packs)],
        states=[each.value for each in Status],
        verdicts=[each.value for each in Verdict],
        rows=rows,
        unsigned_of=lambda pack: sum(rule.id in waits for rule in pack.rules),
        fired_of=lambda pack: sum(rows[rule.id].day.fired for rule in pack.rules if rule.id in rows),
        waiting=waiting,
        versions=versions,
        active=active,
        alarms=found,
        alarms_shown=_ALARMS_SHOWN,
        may_edit=may_edit(caller),
        may_try=may_start(caller),
        week=WEEK,
        done=request.args.get("done"),
        may_decide=may_decide(caller),
        settled=ended,
        shown=_CHANGES_SHOWN,
        live=sum(row.rule.status == "live" for row in rows.values()),
        shadow=sum(row.rule.status == "shadow" for row in rows.values()),
        tripped=[row for row in rows.values() if row.is_tripped],
        due=[row for row in rows.values() if row.review is not None],
        value=lambda parameter: said_value(parameter.default, told_in(), unit=parameter.unit),
        told=told,
        now=now,
    )


def _chosen(packs: Sequence[Pack], filters: RuleFilters) -> list[tuple[Pack, list[Rule]]] | None:
    """The packs with those of their rules that are meant; None where packs are shown instead of rules."""
    if not filters.is_narrow and sum(len(pack.rules) for pack in packs) > WHOLE_UP_TO:
        return None
    found = [(pack, filters.of(pack)) for pack in packs]
    return [(pack, rules) for pack, rules in found if rules or not filters.is_narrow]


def packs_of(session: Session, rules_id: str) -> tuple[Pack, ...]:
    """The packs in force with their examples."""
    if rules_id not in _PACKS:
        loaded = load_packs(snapshots.load(session, rules_id), kinds=load_kinds())
        _PACKS.clear()
        _PACKS[rules_id] = loaded
    return _PACKS[rules_id]


def _rows(own: Parts, session: Session) -> dict[str, Row]:
    now = own.now()
    today = now.astimezone(CHINA_TIME).date()
    hour = breakers.rates(session, since=now - timedelta(hours=1))
    day = breakers.rates(session, since=now - timedelta(days=1))
    tripped = breakers.tripped(session)
    return {
        rule.id: Row(
            rule,
            hour.get(rule.id, Rate()),
            day.get(rule.id, Rate()),
            band_of(rule, own.settings),
            rule.id in tripped,
            review_state(rule, today),
        )
        for rule in own.live.current.engine.rules
    }


def _waiting(session: Session, asked: Approval, caller: Caller) -> Waiting:
    try:
        diff = diff_stored(session, "rules", asked.payload["base"], asked.object_id)
    except BadDefinition:
        diff = None
    return Waiting(asked, diff, choices_of(session, asked, caller))
