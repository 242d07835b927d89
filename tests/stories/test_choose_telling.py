"""An officer says which of several contradicting tellings counts: all is as if the others had never been told."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from app import queue
from app.flows.decide_bulk import BULK_JOB, work_bulk
from app.flows.due_deadlines import due_deadlines
from app.flows.watch_feeds import beat
from app.models import AuditRow, BulkDeed, Case, Claim, Deadline, Effect, Order, Refund, Split
from tests.stories.test_told_twice import ASKED, REFUND, REQUEST, RETURN, TWICE, paid
from tests.tellings import another, choose, tell, things

R_1 = "refund.finished|R-1"


def rows(service, shop):
    """The order of a shop with all that rests on it, without what is noted of who told what when."""
    own = {"id", "version", "updated_at", "payments", "contested_count", "shop_id", "split", "created_at"}
    own |= {"settled_at", "moved"}
    with service.parts.db.read() as session:
        found = [
            (table.__tablename__, {name: getattr(row, name) for name in row.__table__.c.keys() if name not in own})  # noqa: SIM118
            for table in (Order, Refund, Split, Deadline)
            for row in session.scalars(select(table).where(table.shop_id == shop))
        ]
        standing = session.scalars(select(Effect).where(Effect.shop_id == shop, Effect.state == "open"))
        found += [("effect", (row.rule, row.verb, row.subject)) for row in standing if not row.rule.startswith("S8-16")]
    return sorted(found, key=str)


SWAPPED = [
    ("order.cancel", "o-1", {"cancel_type": "oversold"}, {"cancel_type": "buyer"}),
    ("split.return", "S-1", RETURN | {"result": "failed"}, {"result": "success", "hours": -60}),
    ("split.request", "S-1", REQUEST | {"receivers": [ASKED | {"amount_fen": 99_000}]}, {"receivers": [ASKED]}),
]
"""The wrong telling first, from which something followed."""


@pytest.mark.parametrize(("kind", "subject", "data", "other"), [*TWICE, *SWAPPED])
def test_all_is_as_if_only_the_chosen_telling_had_been_told(service, kind, subject, data, other):
    client, hours = paid(service), other.get("hours", -50.0)
    otherwise = data | {name: value for name, value in other.items() if name != "hours"}
    tell(client, "first", kind, subject, data)
    tell(client, "other", kind, subject, otherwise, hours=hours)
    [(thing, told)] = things(client).items()
    assert [(each["event"], each["in_force"]) for each in told["tellings"]] == [("first", True), ("other", False)]
    assert told["tellings"][1]["contests"]

    for by in (client, another(service)):
        answer = choose(by, thing, "other")
        assert answer.status_code == 200, answer.get_json()
        if not answer.get_json()["items"][0]["is_contested"]:
            break

    alone = {"paid_fen": 100_000, "transaction_id": "T-1"}
    tell(client, "paid-alone", "order.paid", "o-1", alone, hours=-65, shop="shop-2")
    tell(client, "alone", kind, subject, otherwise, hours=hours, shop="shop-2")
    assert rows(service, "shop-1") == rows(service, "shop-2")
    now = things(client, shop_id="shop-1")[thing]
    assert [(each["event"], each["in_force"]) for each in now["tellings"]] == [("other", True), ("first", False)]
    with service.parts.db.read() as session:
        cases = session.scalars(select(Case).where(Case.natural_key.contains("|S8-16i|"), Case.shop_id == "shop-1"))
        assert {each.state for each in cases} == {"superseded"}
        row = session.scalars(select(AuditRow).where(AuditRow.action == "order.settle_telling")).one()
    assert (row.details["thing"], len(row.details["told"])) == (thing, 2)


def refunds(client, *told):
    """Tellings of one refund as (event, what it says, hours)."""
    for event, more, hours in told:
        tell(client, event, "refund.finished", "R-1", REFUND | more, hours=hours)


def refunded(client):
    found = client.get("/v1/orders/o-1").get_json()
    return found["refunded_fen"], found["contested_count"]


def cases_of(service):
    with service.parts.db.read() as session:
        found = session.scalars(select(Case).where(Case.natural_key.contains("|S8-16i|")).order_by(Case.state))
        return [each for each in found if each.state != "superseded"]


def decide(client, case):
    said = {"decision": "pass", "reason": "已核对"}
    return client.post(f"/v1/cases/{case.id}/decide", json=said)


@pytest.mark.parametrize("hours", [-49, -60], ids=["later", "dated back"])
def test_the_last_word_of_a_person_holds_however_the_tellings_are_dated(service, hours):
    client = paid(service)
    refunds(client, ("r-1", {}, -50), ("r-2", {"amount_fen": 8_000}, -50))
    assert choose(client, R_1, "r-2").status_code == 200
    assert refunded(client) == (8_000, None)

    refunds(client, ("r-3", {"amount_fen": 7_000}, hours))
    assert refunded(client) == (8_000, 1)
    assert choose(client, R_1, "r-3").status_code == 200

    assert refunded(client) == (7_000, None)


def test_a_case_decided_after_a_choice_leaves_what_was_chosen_in_force(service):
    client = paid(service)
    refunds(client, ("r-1", {}, -50), ("r-2", {"amount_fen": 8_000}, -50))
    choose(client, R_1, "r-2")
    refunds(client, ("r-3", {"amount_fen": 7_000}, -49))
    [case] = cases_of(service)

    assert decide(client, case).status_code == 200

    assert refunded(client) == (8_000, None)


def test_a_decision_weighs_only_what_its_case_is_about(service):
    client = paid(service)
    refunds(client, ("r-1", {}, -50), ("r-2", {"amount_fen": 8_000}, -50))
    [case] = cases_of(service)
    refunds(client, ("r-3", {"result": "closed"}, -49))

    assert decide(client, case).status_code == 200

    assert refunded(client) == (9_000, 1)
    assert [each.state for each in cases_of(service)] == ["decided", "open"]
    assert decide(client, cases_of(service)[1]).status_code == 200
    assert refunded(client) == (9_000, None)


def test_what_was_told_meanwhile_is_not_weighed_unseen(service):
    client = paid(service)
    refunds(client, ("r-1", {}, -50), ("r-2", {"amount_fen": 8_000}, -50))
    seen = [each["telling"] for each in things(client)[R_1]["tellings"]]
    refunds(client, ("r-3", {"amount_fen": 7_000}, -50))

    answer = choose(client, R_1, "r-2", seen=seen)

    assert (answer.status_code, refunded(client)) == (409, (9_000, 2))


def test_much_money_takes_two_persons_who_choose_the_same(service):
    client, second = paid(service), another(service)
    refunds(client, ("r-1", {"amount_fen": 90_000}, -50), ("r-2", {"amount_fen": 50_000}, -50))

    assert choose(client, R_1, "r-2").get_json()["items"][0]["first"]["by"] == "key:hook"
    assert choose(second, R_1, "r-1").get_json()["items"][0]["first"]["by"] == "key:second"
    assert choose(second, R_1, "r-1").get_json()["type"] == "urn:weiheng:problem:same_person"
    assert refunded(client) == (90_000, 1)
    assert choose(client, R_1, "r-1").status_code == 200

    assert refunded(client) == (90_000, None)
    with service.parts.db.read() as session:
        deeds = session.scalars(
            select(AuditRow.action).where(AuditRow.action.like("order.settle%")).order_by(AuditRow.id)
        )
        assert list(deeds) == ["order.settle_telling_first"] * 2 + ["order.settle_telling"]


def test_a_first_word_does_not_hold_for_tellings_it_has_not_seen(service):
    client, second = paid(service), another(service)
    refunds(client, ("r-1", {"amount_fen": 90_000}, -50), ("r-2", {"amount_fen": 50_000}, -50))
    choose(client, R_1, "r-2")
    refunds(client, ("r-3", {"amount_fen": 40_000}, -50))

    assert choose(second, R_1, "r-2").get_json()["items"][0]["first"]["by"] == "key:second"

    assert refunded(client) == (90_000, 2)


@pytest.mark.parametrize(
    ("more", "status"),
    [({"telling": "nothing"}, 422), ({"reason": " "}, 422), ({"of": "order.cancel"}, 409), ({"seen": []}, 422)],
)
def test_what_cannot_be_chosen_is_refused(service, more, status):
    client = paid(service)
    refunds(client, ("r-1", {}, -50), ("r-2", {"amount_fen": 8_000}, -50))

    assert choose(client, R_1, "r-2", **more).status_code == status
    assert refunded(client) == (9_000, 1)


def test_what_agrees_is_no_choice(service):
    client = paid(service)
    refunds(client, ("r-1", {}, -50), ("r-2", {}, -50))

    assert things(client) == {}


@pytest.mark.parametrize(("first", "other"), [(-60, 1), (1, -60)], ids=["in time after all", "late after all"])
def test_a_claim_for_lateness_goes_by_the_dispatch_that_counts(service, first, other):
    client = service.client()
    service.clock.advance(hours=3)
    tell(client, "paid", "order.paid", "o-1", {"paid_fen": 40_000, "stock_type": "spot"}, hours=-65)
    for event, hours in (("d-1", first), ("d-2", other)):
        tell(client, event, "order.deliver", "o-1", {"waybill_id": "SF1"}, hours=hours)
    lapse(service)
    before = claims(service)
    choose(client, "order.deliver|SF1", "d-2")
    lapse(service)

    assert before == ([] if first < 0 else ["late"])
    assert claims(service) == ([] if other < 0 else ["late"])


def lapse(service):
    beat(service.parts, "shop-1", now=service.clock())
    while due_deadlines(service.parts, now=service.clock()):
        pass


def claims(service):
    with service.parts.db.read() as session:
        found = session.scalars(select(Claim).where(Claim.cause == "late_dispatch"))
        return ["late" for each in found if each.state not in {"voided", "rejected", "cleared"}]


def bulk(service, client):
    """Decide the open case as a bulk of one, not carried out yet."""
    [case] = cases_of(service)
    body = {"case_ids": [case.id], "decision": "pass", "reason": "以最先报送的为准"}
    answer = client.post("/v1/cases/bulk", json=body)
    assert answer.status_code == 200, answer.get_json()
    return answer.get_json()["bulk_id"]


def carry_out(service):
    now, db = service.clock(), service.parts.db
    for row in db.write(lambda session: queue.claim(session, worker="test", now=now)):
        if row.kind == BULK_JOB:
            work_bulk(service.parts, row, now=now)


def test_a_bulk_decision_that_is_taken_back_has_settled_nothing(service):
    client = paid(service)
    refunds(client, ("r-1", {}, -50), ("r-2", {"amount_fen": 8_000}, -50))
    bulk_id = bulk(service, client)

    assert client.post(f"/v1/cases/bulk/{bulk_id}/undo").status_code == 200
    service.clock.advance(hours=1)
    carry_out(service)

    assert refunded(client) == (9_000, 1)
    assert choose(client, R_1, "r-2").status_code == 200
    assert refunded(client) == (8_000, None)


def test_a_bulk_decision_that_has_begun_by_another_clock_is_not_taken_back(service):
    client = paid(service)
    refunds(client, ("r-1", {}, -50), ("r-2", {"amount_fen": 8_000}, -50))
    bulk_id, at = bulk(service, client), service.clock()
    service.clock.advance(hours=1)
    carry_out(service)
    assert refunded(client) == (9_000, None)
    halfway = {"state": "waiting", "ended_at": None}
    service.parts.db.write(lambda session: session.execute(update(BulkDeed).values(halfway)))
    service.clock.at = at

    answer = client.post(f"/v1/cases/bulk/{bulk_id}/undo")

    assert (answer.status_code, "carried out" in answer.get_json()["detail"]) == (409, True)
    assert refunded(client) == (9_000, None)


def test_why_says_that_another_telling_counts_and_nothing_follows(service):
    client = paid(service)
    tell(client, "first", "order.cancel", "o-1", {"cancel_type": "oversold"})
    tell(client, "other", "order.cancel", "o-1", {"cancel_type": "buyer"})
    [thing] = things(client)
    for by in (client, another(service)):
        choose(by, thing, "other")

    asked = {"shop_id": "shop-1", "source": "shop:shop-1"}
    [lost, won] = [
        client.get("/v1/events/why", query_string=asked | {"event_id": event}).get_json()["items"][0]
        for event in ("first", "other")
    ]

    assert (lost["void"], lost["decision"], lost["replayed"]) == (True, "pass", {"same": True})
    assert "fired" in {each["outcome"] for each in lost["rules"]}
    assert won["void"] is False
