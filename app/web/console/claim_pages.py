"""The pages of claims and the fund: what waits, one claim with its calculation, the fund's balance, the stop switch."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app import approvals
from app.errors import AppError, Forbidden, InvalidInput, Problem, SamePerson
from app.flows.check_books import last_check
from app.flows.claim_news import WAITING
from app.flows.decide_claim import GROUNDS, approve_claim, first_approval, reject_claim, taken_back
from app.flows.match_bill import resolve_difference
from app.flows.stop_payouts import ACTION, ask_start, decide_start, stop_payouts
from app.money import claims, differences, payouts, stops
from app.money.amounts import yuan
from app.money.balances import balances, fund_fen, lines
from app.money.bills import fen_of
from app.money.causes import CAUSES
from app.money.lifecycle import find, steps
from app.money.report import daily_fund
from app.values.access import Caller, Role
from app.values.change import said_by_name
from app.values.china_days import day_of, starts_at
from app.values.claiming import State
from app.values.given_numbers import read_whole
from app.web.auth import parts
from app.web.console import signed_in, stuck_pages
from app.web.console.charts import line_chart
from app.web.console.fact_words import fact_word
from app.web.console.language import told_in
from app.web.console.words import name, say
from app.web.cursors import read_cursor, write_cursor
from app.web.money_answers import whole_claim
from app.web.schema_fields import starred

DECIDERS = frozenset({Role.OFFICER, Role.SENIOR, Role.FINANCE, Role.ADMIN})
FINANCE = frozenset({Role.FINANCE, Role.ADMIN})
_SHOWN, _DAYS, _REASON_MAX = 50, 14, 2_000
_DECIDABLE = frozenset({State.OPENED, State.ASSESSED, State.FAILED})


def install(console: Blueprint) -> None:
    """Add the pages."""
    console.add_url_rule("/claims", "claims", list_claims)
    console.add_url_rule("/claims/<string:claim_id>", "claim", show_claim)
    console.add_url_rule("/claims/<string:claim_id>/decide", "decide_claim", decide, methods=["POST"])
    console.add_url_rule("/claims/<string:claim_id>/undo", "undo_claim", undo, methods=["POST"])
    where = "/fund/differences/<string:difference_id>"
    console.add_url_rule(where, "explain_difference", explain, methods=["POST"])
    console.add_url_rule("/fund/stop", "stop_payouts", stop, methods=["POST"])
    console.add_url_rule("/fund/stops/<string:stop_id>/start", "start_payouts", start, methods=["POST"])


def list_claims() -> str:
    """The list, and the fund for officers of all shops."""
    return _list(told=None)


def show_claim(claim_id: str) -> str:
    """One claim."""
    return _claim(claim_id, told=None)


def decide(claim_id: str) -> Response:
    """Approve or reject, then show the claim or go to the next one; what cannot be done is said there."""
    by, state = _with_role(DECIDERS), _state(request.form)

    def deed() -> None:
        reason, now, seen = _reason(), parts().now(), read_whole(request.form.get("seen", ""))
        if request.form.get("decision") == "approve":
            done = approve_claim(
                parts(), claim_id, reason=reason, amount_fen=_amount(), caller=by, now=now, seen_steps=seen
            )
        else:
            ground = request.form.get("ground", "")
            done = reject_claim(parts(), claim_id, ground=ground, reason=reason, caller=by, now=now, seen_steps=seen)
        key = "claim.done_first" if done.state == State.ASSESSED else "claim.done"
        flash(say(key, order=done.order_id, state=name("claim_state", done.state)))

    goes_on = request.form.get("go_on") == "next"
    return _done(
        deed,
        lambda: _next_address(claim_id, by, state) if goes_on else _address(claim_id, state),
        lambda told: _claim(claim_id, told=told),
    )


def undo(claim_id: str) -> Response:
    """Take an approval back before its money is on its way, and show the claim as it is then."""
    by, state = _with_role(DECIDERS), _state(request.form)

    def deed() -> None:
        ground, seen = request.form.get("ground", ""), read_whole(request.form.get("seen", ""))
        reason = _reason()
        if request.form.get("sure") != "1":
            raise InvalidInput(say("claim.not_sure"))
        done = reject_claim(
            parts(), claim_id, ground=ground, reason=reason, caller=by, now=parts().now(), seen_steps=seen, undoes=True
        )
        key = "claim.undone_first" if done.state == State.ASSESSED else "claim.done"
        flash(say(key, order=done.order_id, state=name("claim_state", done.state)))

    return _done(deed, lambda: _address(claim_id, state), lambda told: _claim(claim_id, told=told))


def stop() -> Response:
    """Throw the stop switch."""
    by = _with_role(DECIDERS)

    def deed() -> None:
        scope, value = request.form.get("scope", ""), request.form.get("value", "").strip()[:128]
        stop_payouts(parts(), scope=scope, value=value, reason=_reason(), caller=by, now=parts().now())

    return _done(deed, lambda: url_for("console.claims"), lambda told: _list(told=told))


def start(stop_id: str) -> Response:
    """Ask that a stop may end, or agree to it."""
    by = _with_role(FINANCE)
    if by.shop_ids is not None:
        raise Forbidden("payouts are started again by officers of all shops: the fund belongs to all")

    def deed() -> None:
        reason, now = _reason(), parts().now()
        if request.form.get("decision") == "agree":
            decide_start(parts(), stop_id, approve=True, reason=reason, caller=by, now=now)
        else:
            ask_start(parts(), stop_id, reason=reason, caller=by, now=now)

    return _done(deed, lambda: url_for("console.claims"), lambda told: _list(told=told))


def explain(difference_id: str) -> Response:
    """Say what a difference between bill and books was."""
    by = _with_role(FINANCE)
    if by.shop_ids is not None:
        raise Forbidden("differences are explained by officers of all shops: the fund belongs to all")

    def deed() -> None:
        how, now = request.form.get("how", ""), parts().now()
        resolve_difference(parts(), difference_id, how=how, reason=_reason(), caller=by, now=now)

    return _done(deed, lambda: url_for("console.claims"), lambda told: _list(told=told))


def _list(*, told: str | None) -> str:
    own, by, now = parts(), signed_in.officer().caller, parts().now()
    state = _state(request.args)
    sees_fund = by.shop_ids is None
    today = day_of(now)
    with own.db.read() as session:
        found = claims.listed(
            session, caller=by, state=state, before=read_cursor(request.args.get("before") or None), limit=_SHOWN + 1
        )
        counts = claims.counts(session, caller=by)
        held, available = fund_fen(session)
        daily = (
            daily_fund(session, starts_at(today - timedelta(days=_DAYS - 1)), now + now.resolution) if sees_fund else []
        )
        standing = [
            (row, approvals.newest_of(session, action=ACTION, object_id=row.id)) for row in stops.standing(session)
        ]
        shown = {
            "accounts": balances(session) if sees_fund else [],
            "differences": (open_ := differences.open_differences(session, limit=20) if sees_fund else []),
            "ways": {row.id: list(differences.ways(session, row)) for row in open_},
            "checked": last_check(session) if sees_fund else None,
            "left": payouts.left_on(session, today),
        }
    page = found[:_SHOWN]
    return render_template(
        "console/claims.html",
        rows=page,
        more=write_cursor(page[-1].opened_at, page[-1].id) if len(found) > _SHOWN else None,
        state=state or "",
        states=[each.value for each in State],
        counts=counts,
        held=held,
        available=available,
        settings=own.settings,
        chart=line_chart(daily),
        daily=daily,
        standing=standing,
        sees_fund=sees_fund,
        may_check=bool(by.grants & stuck_pages.READERS),
        may_stop=bool(by.grants & DECIDERS),
        may_start=bool(by.grants & FINANCE) and sees_fund,
        me=by.name,
        same=approvals.is_same_person,
        causes=CAUSES,
        waiting_states=WAITING,
        yuan=yuan,
        told=told,
        **shown,
    )


def _claim(claim_id: str, *, told: str | None) -> str:
    own, by, state = parts(), signed_in.officer().caller, _state(request.values)
    with own.db.read() as session:
        claim = find(session, claim_id, caller=by)
        life = steps(session, claim_id)
        entries = lines(session, claim_id=claim_id, limit=100)
        first, back = first_approval(session, claim), taken_back(session, claim)
        previous, following = claims.neighbours(session, claim, caller=by, state=state)
    return render_template(
        "console/claim.html",
        state=state,
        previous=previous,
        following=following,
        claim=claim,
        whole=whole_claim(claim, life),
        life=life,
        entries=entries,
        cause=CAUSES[claim.cause],
        grounds=GROUNDS,
        may_decide=bool(by.grants & DECIDERS) and State(claim.state) in _DECIDABLE,
        first=first,
        may_undo=bool(by.grants & DECIDERS) and claim.state == State.APPROVED,
        back=back,
        is_own_back=back is not None and approvals.is_same_person(back.requested_by, by.name),
        is_dear=claim.amount_fen > own.settings.fund_two_person_fen,
        is_due=claim.settles_at <= own.now(),
        is_own_first=first is not None and approvals.is_same_person(first, by.name),
        two_person_fen=own.settings.fund_two_person_fen,
        waiting_states=WAITING,
        yuan=yuan,
        told=told,
        fact_word=lambda name: fact_word(None, name),
        told_value=lambda name, value: said_by_name(name, value, told_in()),
    )


def _with_role(roles: frozenset[Role]) -> Caller:
    by = signed_in.officer().caller
    if not by.grants & roles:
        raise Forbidden(f"this needs one of {', '.join(sorted(roles))}")
    return by


def _state(sent: Mapping[str, str]) -> str | None:
    """What the list is narrowed to, which goes along from claim to claim."""
    wanted = sent.get("state", "")
    return wanted if wanted in set(State) else None


def _address(claim_id: str, state: str | None) -> str:
    return url_for("console.claim", claim_id=claim_id, state=state)


def _next_address(claim_id: str, by: Caller, state: str | None) -> str:
    """The next claim down the list that waits for this officer, or the list where there is none."""
    wanted = _DECIDABLE if state is None else _DECIDABLE & {State(state)}
    with parts().db.read() as session:
        claim = find(session, claim_id, caller=by)
        for each in claims.older(session, claim, caller=by, states=wanted):
            first, back = first_approval(session, each), taken_back(session, each)
            begun = {first, back.requested_by if back else None} - {None}
            if not any(approvals.is_same_person(one, by.name) for one in begun if one):
                return _address(each.id, state)
    return url_for("console.claims", state=state)


def _done(deed: Callable[[], None], then: Callable[[], str], page: Callable[[str], str]) -> Response:
    """Do it and go on, or show the page with what was wrong."""
    try:
        deed()
    except AppError as error:
        why = say("claim.not_second") if isinstance(error, SamePerson) else error.detail
        return make_response(page(say("claims.not_done", why=why)), error.status)
    return redirect(then(), 303)


def _reason() -> str:
    reason = starred(request.form.get("reason", "").strip()[:_REASON_MAX])
    if not reason:
        raise InvalidInput(say("claims.needs_reason"))
    return reason


def _amount() -> int | None:
    given = request.form.get("amount", "").strip().replace(",", "")
    if not given:
        return None
    if (fen := fen_of(given)) is None:
        raise InvalidInput(say("claims.bad_amount"), problems=[Problem("amount", given[:20], "12.34")])
    return fen
