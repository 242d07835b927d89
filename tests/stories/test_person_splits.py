"""S8-21: how often one person receives of splits is counted by the service itself, over all shops."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.models import Case, SplitReceiver
from tests.service import START

PERSON = {"type": "PERSONAL_OPENID", "account": "oA1", "amount_fen": 10, "relation": "DISTRIBUTOR"}
COMPANY = PERSON | {"type": "MERCHANT_ID", "account": "1900000109"}


def event(number, receivers, *, days=0.0, shop_id="shop-1"):
    at = (START - timedelta(days=days)).isoformat()
    data = {
        "transaction_id": f"t{shop_id}{number}",
        "receivers": [each | {"name_encrypted": True} for each in receivers],
    }
    told = {"id": f"s-{number}", "kind": "split.request", "subject": f"P{number}", "shop_id": shop_id}
    return told | {"occurred_at": at, "data": data | {"unsplit_fen": 10_000, "max_ratio_bp": 3_000}}


def splits(client, *events):
    return client.post("/v1/events", json={"events": list(events)}).get_json()["results"]


def split(client, number, receivers, **more):
    return splits(client, event(number, receivers, **more))[0]


def rules(told):
    return {firing["rule"] for firing in told["firings"]}


@pytest.fixture
def client(service):
    return service.client("events", "money")


def test_the_two_hundred_and_first_split_of_a_person_in_thirty_days_goes_to_a_person(service, client):
    earlier = [event(n, [PERSON], days=29 - n / 10, shop_id=f"shop-{1 + n % 2}") for n in range(200)]
    assert not any("S8-21" in rules(told) for told in splits(client, *earlier)), "two hundred are allowed"

    one_more = split(client, 200, [COMPANY, PERSON])
    company = split(client, 201, [COMPANY])
    other = split(client, 202, [PERSON | {"account": "oA2"}])

    assert "S8-21" in rules(one_more)
    assert one_more["decision"] == "review"
    assert "S8-21" not in rules(company) | rules(other)
    with service.parts.db.read() as session:
        assert session.scalar(select(func.count()).select_from(Case).where(Case.category == "profit_sharing")) >= 1


def test_what_lies_before_the_window_or_after_the_request_does_not_count(client):
    splits(client, *(event(n, [PERSON], days=20) for n in range(199)), event(199, [PERSON], days=40))

    at_the_border = split(client, 200, [PERSON], days=2)
    told_late = split(client, 201, [PERSON], days=3)
    newest = split(client, 202, [PERSON])

    assert "S8-21" not in rules(at_the_border), "199 within the window and itself are 200"
    assert "S8-21" not in rules(told_late), "of the three, one came afterwards"
    assert "S8-21" in rules(newest)


def test_a_split_told_twice_or_anew_counts_once(service, client):
    split(client, 1, [PERSON])
    split(client, 1, [PERSON])
    split(client, 2, [PERSON, PERSON | {"amount_fen": 20}])

    with service.parts.db.read() as session:
        kept = session.execute(select(SplitReceiver.split, SplitReceiver.receiver)).all()
    assert sorted(kept) == [("P1", "PERSONAL_OPENID:oA1"), ("P2", "PERSONAL_OPENID:oA1")]


def test_the_check_before_the_request_counts_as_the_request_would(client):
    splits(client, *(event(n, [PERSON], days=5) for n in range(200)))
    asked = {"shop_id": "shop-1", "out_order_no": "P900", "transaction_id": "t9", "receivers": [PERSON]}

    told = client.post("/v1/profit-sharing/check", json=asked).get_json()

    assert told["facts"]["past.person_split_count"] == 201
    assert "S8-21" in rules(told)
