"""What others are told of claims: cases while they wait, webhooks at each turn; what holds money at the last moment."""

from __future__ import annotations

import orjson
import pytest
from sqlalchemy import select

from app import queue
from app.errors import Conflict, InvalidInput, NotFound
from app.flows.dead_letters import ALL, dead_letters, discard_letter, retry_letter, watch_inbox
from app.flows.decide_claim import appeal_claim, approve_claim, reject_claim
from app.flows.move_fund import recover
from app.models import AuditRow, Case, ClaimStep, OutboxMessage, QueueRow, WebhookEndpoint
from app.money.channel import Answer, Outcome
from app.values.claiming import Doubt, FreshFacts
from tests.money import CAI, LIN, Fund
from tests.service import shipped_judge


@pytest.fixture(scope="session")
def judge(tmp_path_factory):
    return shipped_judge(tmp_path_factory.mktemp("judge"))


@pytest.fixture
def fund(sqlite_database, tmp_path):
    return Fund(sqlite_database, tmp_path)


@pytest.fixture
def fund_on_both(database, tmp_path):
    return Fund(database, tmp_path)


def approve(fund, claim, by=LIN):
    return approve_claim(fund.parts, claim.id, reason="核实无误", caller=by, now=fund.clock())


def cases_of(fund):
    with fund.parts.db.read() as session:
        rows = session.scalars(select(Case).where(Case.category == "claim").order_by(Case.opened_at, Case.id)).all()
    return [(row.subject_type, row.state) for row in rows]


def told(fund):
    """Webhook types and the states they told."""
    with fund.parts.db.read() as session:
        rows = session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)).all()
    bodies = [orjson.loads(row.body) for row in rows]
    return [(body["type"], body["data"]["state"]) for body in bodies if body["type"].startswith("claim.")]


def listen(fund):
    types = ["claim.opened", "claim.paid", "claim.refused", "claim.recovered"]
    row = WebhookEndpoint(url="https://x", secrets=b"x", event_types=types, shop_ids=None, created_at=fund.clock())
    fund.parts.db.write(lambda session: session.add(row))


def test_a_claim_that_waits_for_a_person_is_a_case_until_somebody_decides_it(fund_on_both):
    fund = fund_on_both
    approved, rejected = (fund.open(order_id=f"o-{n}", doubts=(Doubt.CONSUMER,)) for n in range(2))
    assert cases_of(fund) == [("claim", "open")] * 2

    approve(fund, approved)
    assert cases_of(fund).count(("claim", "open")) == 1

    reject_claim(fund.parts, rejected.id, ground="withdrawn", reason="买家撤回", caller=LIN, now=fund.clock())
    assert cases_of(fund) == [("claim", "superseded")] * 2

    appeal_claim(fund.parts, rejected.id, reason="并未撤回", caller=CAI, now=fund.clock())
    assert cases_of(fund).count(("claim", "open")) == 1


def test_a_claim_that_another_of_the_same_harm_excludes_ends_its_case_and_opens_one_when_it_stands_again(fund_on_both):
    fund = fund_on_both
    fund.open(doubts=(Doubt.UNSIGNED,))
    stock = fund.open(cause="out_of_stock", doubts=(Doubt.UNSIGNED,))
    assert sorted(cases_of(fund)) == [("claims", "open"), ("claims", "superseded")]

    reject_claim(fund.parts, stock.id, ground="evidence", reason="有货", caller=LIN, now=fund.clock.advance(days=1))

    assert fund.claims() == [("late_dispatch", "assessed"), ("out_of_stock", "rejected")]
    assert sorted(state for _, state in cases_of(fund)) == ["open", "superseded", "superseded"]


def test_claims_that_wait_for_the_same_number_share_one_case_that_ends_with_the_last_of_them(fund):
    first, second = (fund.open(order_id=f"o-{n}", doubts=(Doubt.UNSIGNED,)) for n in range(2))
    assert cases_of(fund) == [("claims", "open")]

    approve(fund, first)
    assert cases_of(fund) == [("claims", "open")]
    approve(fund, second)
    assert cases_of(fund) == [("claims", "superseded")]


def test_a_claim_that_is_paid_by_itself_is_no_case(fund):
    fund.open()
    fund.pay()

    assert cases_of(fund) == []


def test_webhooks_tell_each_turn_of_a_claim_once(fund_on_both):
    fund = fund_on_both
    listen(fund)
    paid, refused = fund.open(order_id="o-1"), fund.open(order_id="o-2", doubts=(Doubt.CONSUMER,))
    fund.open(order_id="o-1")
    fund.pay()
    reject_claim(fund.parts, refused.id, ground="not_harmed", reason="已核实", caller=LIN, now=fund.clock())
    recover(fund.parts, paid.id, how="repaid", reason="到账", caller=LIN, now=fund.clock())

    assert told(fund) == [
        ("claim.opened", "assessed"),
        ("claim.opened", "assessed"),
        ("claim.paid", "recovering"),
        ("claim.refused", "rejected"),
        ("claim.recovered", "recovered"),
    ]


@pytest.mark.parametrize(
    "facts", [FreshFacts(compensated_fen=1), FreshFacts(refunded_fen=19_001)], ids=["platform paid", "refunded"]
)
def test_what_was_refunded_after_an_officers_approval_brings_the_claim_back_to_a_person(fund_on_both, facts):
    fund = fund_on_both
    claim = fund.open(doubts=(Doubt.CONSUMER,))
    approve(fund, claim)
    fund.platform.facts = facts

    fund.pay()

    held = fund.claim(claim)
    assert (held.state, held.waits_for, held.approved_by) == ("assessed", ["overlap"], None)
    assert held.basis["overlap"] == {"refunded_fen": facts.refunded_fen, "compensated_fen": facts.compensated_fen}
    assert fund.channel.paid == {}
    assert cases_of(fund)[-1] == ("claim", "open")

    approve(fund, claim)  # with the refund before their eyes
    fund.pay()
    assert fund.claim(claim).state == "recovering"


def test_a_refund_that_grew_after_it_was_looked_at_is_looked_at_again(fund):
    claim = fund.open(doubts=(Doubt.CONSUMER,))
    approve(fund, claim)
    fund.platform.facts = FreshFacts(refunded_fen=19_001)
    fund.pay()
    approve(fund, claim)
    fund.platform.facts = FreshFacts(refunded_fen=19_002)

    fund.pay()

    assert (fund.claim(claim).state, fund.channel.paid) == ("assessed", {})


def test_a_refund_that_leaves_room_for_the_claim_stops_no_approved_payment(fund):
    claim = fund.open(doubts=(Doubt.CONSUMER,))
    approve(fund, claim)
    fund.platform.facts = FreshFacts(refunded_fen=19_000)

    fund.pay()

    assert fund.claim(claim).state == "recovering"


def test_rules_on_fund_payout_hold_what_the_ledger_says_is_paid_twice(sqlite_database, tmp_path, judge):
    fund = Fund(sqlite_database, tmp_path, judge=judge)
    first = fund.open(item="a", cause="late_dispatch")
    fund.pay()
    assert fund.claim(first).state == "recovering"
    rule = judge.engine.evaluate(
        "fund.payout", {"claim_id": "c", "amount_fen": 1, "same_harm_fen": 5}, now=fund.clock()
    )

    assert "S8-45a" in {firing.rule for firing in rule.firings}


def test_a_payment_that_a_rule_holds_says_which_rule_in_its_step_and_its_case(sqlite_database, tmp_path, judge):
    fund = Fund(sqlite_database, tmp_path, judge=judge, fund_daily_cap_fen=1_500)
    fund.open(order_id="o-1")
    held = fund.open(order_id="o-2")

    fund.pay()

    claim = fund.claim(held)
    assert set(claim.waits_for) == {"daily_cap", "rule"}
    with fund.parts.db.read() as session:
        steps = session.scalars(select(ClaimStep).where(ClaimStep.claim_id == held.id)).all()
        case = session.get(Case, claim.case_id)
    assert "S8-44c" in next(step.details for step in steps if "rules" in step.details)["rules"]
    assert "S8-44c" in case.summary


def stuck_payout(fund):
    """A payout whose channel never says what became of it, until its attempts are used up."""
    fund.open()
    fund.settle()
    fund.channel.answers = [Answer(Outcome.UNKNOWN, code="TIMEOUT")] * 500
    for _ in range(80):
        fund.clock.advance(hours=2)
        fund.work()
    fund.channel.answers = []
    with fund.parts.db.read() as session:
        [letter] = dead_letters(session, kinds=ALL)
    return letter


def test_a_payout_whose_attempts_are_used_up_is_a_dead_letter_and_a_case(fund_on_both):
    fund = fund_on_both
    letter = stuck_payout(fund)

    watch_inbox(fund.parts, now=fund.clock())
    watch_inbox(fund.parts, now=fund.clock())

    assert (letter["kind"], letter["account"], letter["error"]) == ("pay_claim", "shop-1", "TIMEOUT")
    assert letter["asked"]["amount_fen"] == 1_000
    assert cases_of(fund) == [("claim", "open")]


def test_a_dead_payout_worked_again_asks_by_the_same_number_and_pays_once(fund):
    letter = stuck_payout(fund)
    watch_inbox(fund.parts, now=fund.clock())

    retry_letter(fund.parts, letter["id"], by="officer:lin", now=fund.clock(), kinds=ALL, reason="渠道已恢复")
    fund.work()

    assert [claim for _, claim in fund.claims()] == ["recovering"]
    assert len({number for _, number in fund.channel.calls}) == 1
    assert cases_of(fund) == [("claim", "superseded")]
    assert fund.findings() == []


@pytest.mark.parametrize(
    ("outcome", "state", "fund_fen"), [("paid", "recovering", 9_999_000), ("failed", "failed", 10_000_000)]
)
def test_a_dead_payout_put_away_says_what_became_of_the_money(fund_on_both, outcome, state, fund_fen):
    fund = fund_on_both
    letter = stuck_payout(fund)

    discard_letter(fund.parts, letter["id"], reason="银行回单", outcome=outcome, by="officer:lin", now=fund.clock())

    assert [each for _, each in fund.claims()] == [state]
    assert fund.books()["fund"] == fund_fen
    assert fund.findings() == []
    with fund.parts.db.read() as session:
        assert dead_letters(session, kinds=ALL) == []
        row = session.scalar(select(AuditRow).where(AuditRow.action == "dead_letter.discard"))
        assert (row.reason, row.details["outcome"]) == ("银行回单", outcome)
    with pytest.raises(NotFound):
        discard_letter(fund.parts, letter["id"], reason="再次", outcome=outcome, by="officer:lin", now=fund.clock())


def test_a_payout_is_not_put_away_without_what_became_of_the_money_nor_anything_without_a_reason(fund):
    letter = stuck_payout(fund)

    with pytest.raises(InvalidInput, match="去向"):
        discard_letter(fund.parts, letter["id"], reason="不查了", by="officer:lin", now=fund.clock())
    with pytest.raises(InvalidInput, match="理由"):
        discard_letter(fund.parts, letter["id"], reason=" ", outcome="paid", by="officer:lin", now=fund.clock())
    with fund.parts.db.read() as session:
        assert len(dead_letters(session, kinds=ALL)) == 1


def test_a_payout_that_was_answered_meanwhile_is_not_overwritten_by_a_person(fund):
    letter = stuck_payout(fund)
    retry_letter(fund.parts, letter["id"], by="officer:lin", now=fund.clock(), kinds=ALL)
    fund.work()

    def fail(session):
        row = session.get(QueueRow, letter["id"])
        row.state = "failed"

    fund.parts.db.write(fail)
    with pytest.raises(Conflict):
        discard_letter(fund.parts, letter["id"], reason="回单", outcome="failed", by="officer:lin", now=fund.clock())


def test_an_order_number_of_two_hundred_characters_can_be_claimed_for(fund_on_both):
    fund = fund_on_both
    claim = fund.open(order_id="8" * 200)

    fund.pay()

    assert fund.claim(claim).state == "recovering"


def test_other_dead_work_is_listed_too_and_put_away_with_a_reason(fund):
    def work(session):
        made = queue.add(
            session, kind="deliver_webhook", payload={"message_id": "gone"}, due_at=fund.clock(), now=fund.clock()
        )
        session.get(QueueRow, made).state = "failed"
        return made

    made = fund.parts.db.write(work)
    with fund.parts.db.read() as session:
        assert [each["kind"] for each in dead_letters(session, kinds=ALL)] == ["deliver_webhook"]

    said = discard_letter(fund.parts, made, reason="接收方已下线", by="officer:lin", now=fund.clock())

    assert said["state"] == "dropped"
    with pytest.raises(InvalidInput, match="去向"):
        discard_letter(fund.parts, dead_webhook(fund), reason="x", outcome="paid", by="x", now=fund.clock())


def dead_webhook(fund):
    def work(session):
        made = queue.add(
            session, kind="deliver_webhook", payload={"message_id": "gone"}, due_at=fund.clock(), now=fund.clock()
        )
        session.get(QueueRow, made).state = "failed"
        return made

    return fund.parts.db.write(work)
