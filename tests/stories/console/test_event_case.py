"""A case about an order is on the list and has a page that says what the rule saw."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.models import Case
from tests.console import officer_of
from tests.service import START, make_service


@pytest.fixture
def service(database, judge, tmp_path):
    return make_service(database, tmp_path, judge)


def test_a_case_about_an_order_is_listed_and_shown(service):
    at = (START - timedelta(hours=1)).isoformat()
    event = {"id": "e-1", "kind": "order.paid", "subject": "order-1", "shop_id": "shop-1", "occurred_at": at}
    data = {"paid_fen": 100, "stock_type": "presale"}
    service.client("events").post("/v1/events", json=event | {"data": data})
    client = officer_of(service)
    with service.parts.db.read() as session:
        [case] = session.scalars(select(Case))

    listed, shown = client.get("/console/cases"), client.get(f"/console/cases/{case.id}")

    assert (listed.status_code, shown.status_code) == (200, 200)
    assert "order-1" in listed.text
    assert "预售须公示发货时间" in listed.text
    assert "订单 order-1" in shown.text
    assert "S3-12" in shown.text
    assert "stock_type" in shown.text
