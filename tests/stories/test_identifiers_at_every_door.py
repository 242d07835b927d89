"""An identifier is one at every door: screening, events, vault, consents and addresses refuse the same with 422."""

from __future__ import annotations

import pytest

from tests.service import START

AT = START.isoformat()
SCREENED = {"content_id": "v-1", "kind": "comment", "shop_id": "shop-1", "text": "好"}
TOLD = {"id": "e-1", "kind": "order.confirm", "subject": "o-1", "shop_id": "shop-1", "occurred_at": AT}
SPLIT = {"shop_id": "shop-1", "out_order_no": "S-1", "transaction_id": "T-1", "receivers": []}
CLAIM = {"shop_id": "shop-1", "order_id": "o-1", "cause": "late_dispatch", "paid_fen": 1, "reason": "迟发"}
BODIES = [
    ("/v1/screenings", SCREENED, ("content_id", "shop_id")),
    ("/v1/events", TOLD, ("id", "subject", "shop_id")),
    ("/v1/profit-sharing/check", SPLIT, ("shop_id", "out_order_no", "transaction_id")),
    ("/v1/claims", CLAIM, ("shop_id", "order_id")),
]
ADDRESSES = ["/v1/orders/{}", "/v1/contents/{}", "/v1/people/{}/consents", "/v1/segments/{}"]


@pytest.mark.parametrize("value", [" ", "　", " x", "x\u00a0", "x\ty", "x\u200b"])
def test_no_door_takes_what_is_no_identifier(service, value):
    client = service.client()
    for address, body, names in BODIES:
        for name in names:
            answer = client.post(address, json=body | {name: value})
            assert answer.status_code == 422, (address, name)
            assert [each["field"].rpartition(".")[2] for each in answer.get_json()["errors"]] == [name]
    for address in ADDRESSES:
        path = address.format("".join(f"%{byte:02X}" for byte in value.encode()))
        assert client.get(path, query_string={"shop_id": "shop-1"}).status_code == 422, address
