"""Dead letters: work whose attempts are used up and that needs a person; listed, worked again, or put away.

Inbound messages and questions to platforms, payouts whose outcome nobody could tell, webhooks nobody took. What is
shown is where each stands and why it failed; messages stay sealed. Putting one away says why; for a payout it also says
what became of the money, because the ledger has to know.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from app import audit, inbox, queue
from app.errors import InvalidInput, NotFound, Problem
from app.flows.claim_news import keep_case
from app.flows.fetch_bills import FETCH_BILL
from app.flows.fetch_fund_bill import FETCH_FUND_BILL
from app.flows.parts import Parts
from app.flows.pay_claim import settled_by_person
from app.flows.platform_keys import FETCH_KEYS
from app.flows.start_payment import PAY
from app.metrics import DEAD_LETTERS, INBOUND_DEAD, INBOUND_WAITING_SECONDS
from app.models import Claim, InboundMessage, OutboxMessage, Payout, QueueRow
from app.money import payouts
from app.outbox.messages import DELIVER

KINDS = (inbox.WORK, inbox.LOOK_UP)
ALL = (*KINDS, PAY, DELIVER, FETCH_BILL, FETCH_FUND_BILL, FETCH_KEYS)
OUTCOMES = ("paid", "failed")
_GIVEN_UP = "付款渠道多次未给出结果，已停止询问，请人工查明"


def dead_letters(session: Session, *, kinds: Collection[str] = KINDS) -> list[dict[str, Any]]:
    """Up to 200 of them, oldest first."""
    return [_told(session, row) for row in queue.failed(session, kinds=kinds)]


def retry_letter(
    parts: Parts, letter_id: str, *, by: str, now: datetime, kinds: Collection[str] = KINDS, reason: str | None = None
) -> dict[str, Any]:
    """Have one worked again with all its attempts; raises NotFound."""

    def work(session: Session) -> dict[str, Any]:
        row = queue.revive(session, letter_id, kinds=kinds, now=now)
        if row is None:
            raise NotFound(f"no dead letter {letter_id}")
        if row.kind == PAY:
            _asks_again(session, row, now=now)
        _record(session, "inbound.retry" if row.kind in KINDS else "dead_letter.replay", row, by, reason, now=now)
        return _told(session, row)

    return parts.db.write(work)


def discard_letter(
    parts: Parts, letter_id: str, *, reason: str, by: str, now: datetime, outcome: str | None = None
) -> dict[str, Any]:
    """Put one away for good.

    Raises:
        NotFound: there is no such letter.
        InvalidInput: no reason; a payout without what became of the money, or something else with it.
    """
    if not reason.strip():
        raise InvalidInput("须说明理由", problems=[Problem("reason", "is empty", "why it is put away")])

    def work(session: Session) -> dict[str, Any]:
        row = queue.drop(session, letter_id, kinds=ALL, now=now)
        if row is None:
            raise NotFound(f"no dead letter {letter_id}")
        if (row.kind == PAY) is (outcome is None):
            expected = ", ".join(OUTCOMES) if row.kind == PAY else "to be left out"
            raise InvalidInput("付款单须说明款项去向", problems=[Problem("outcome", f"{outcome}", expected)])
        if row.kind == PAY:
            is_paid = outcome == "paid"
            settled_by_person(session, parts, row.payload["payout_id"], is_paid=is_paid, why=reason, by=by, now=now)
        _record(session, "dead_letter.discard", row, by, reason, now=now, outcome=outcome)
        return _told(session, row)

    return parts.db.write(work)


def watch_inbox(parts: Parts, *, now: datetime) -> None:
    """Show how the inbox and the dead letters stand, forget old bodies, and have a person look at lost payouts."""
    with parts.db.read() as session:
        INBOUND_DEAD.set(queue.count_failed(session, kinds=KINDS))
        for kind in ALL:
            DEAD_LETTERS.labels(kind).set(queue.count_failed(session, kinds=[kind]))
        INBOUND_WAITING_SECONDS.set(inbox.oldest_waiting(session, now=now).total_seconds())
        lost = [row.payload["payout_id"] for row in queue.failed(session, kinds=[PAY])]
    before = now - timedelta(days=parts.settings.inbound_keep_days)
    parts.db.write(lambda session: inbox.forget_bodies(session, before=before))
    for payout_id in lost:
        parts.db.write(lambda session, payout_id=payout_id: _needs_person(session, payout_id, now=now))  # type: ignore[misc]


def _needs_person(session: Session, payout_id: str, *, now: datetime) -> None:
    claim = session.get_one(Claim, payouts.find(session, payout_id).claim_id, with_for_update=True)
    if not claim.needs_person:
        claim.needs_person, claim.changed_at = True, now
        keep_case(session, claim, now=now, why=_GIVEN_UP)


def _asks_again(session: Session, row: QueueRow, *, now: datetime) -> None:
    claim = session.get_one(Claim, payouts.find(session, row.payload["payout_id"]).claim_id, with_for_update=True)
    claim.needs_person, claim.changed_at = False, now
    keep_case(session, claim, now=now)


def _record(
    session: Session,
    action: str,
    row: QueueRow,
    by: str,
    reason: str | None,
    *,
    now: datetime,
    outcome: str | None = None,
) -> None:
    details = {"kind": row.kind} | ({"outcome": outcome} if outcome else {})
    audit.record(
        session,
        actor=by,
        action=action,
        object_type="queue_row",
        object_id=row.id,
        reason=reason,
        details=details,
        now=now,
    )


def _told(session: Session, row: QueueRow) -> dict[str, Any]:
    """Where a letter comes from and what it is about."""
    provider, account, message_id, what, asked = _about(session, row)
    return {
        "id": row.id,
        "kind": row.kind,
        "provider": provider,
        "account": account,
        "message_id": message_id,
        "what": what,
        "asked": asked,
        "state": row.state,
        "attempts": row.attempts,
        "error": row.last_error,
        "created_at": row.created_at,
        "failed_at": row.finished_at,
    }


def _about(session: Session, row: QueueRow) -> tuple[str, str, str | None, str, dict[str, Any]]:
    payload = row.payload
    if row.kind == PAY:
        payout = session.get_one(Payout, payload["payout_id"])
        claim = session.get_one(Claim, payout.claim_id)
        about = {"claim_id": claim.id, "order_id": claim.order_id, "amount_fen": payout.amount_fen}
        return payout.channel, claim.shop_id, payout.id, claim.cause, about
    if row.kind == DELIVER:
        sent = session.get(OutboxMessage, payload["message_id"])
        return "webhook", sent.endpoint_id if sent else "-", payload["message_id"], sent.type if sent else "-", {}
    message = session.get(InboundMessage, payload["inbound_id"]) if "inbound_id" in payload else None
    if message is not None:
        return message.provider, message.account, message.message_id, message.kind, {}
    return payload["provider"], payload["account"], None, payload["what"], payload["asked"]
