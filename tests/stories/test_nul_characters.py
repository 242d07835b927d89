"""U+0000, which PostgreSQL keeps in no text, is the caller's mistake wherever it stands, on both databases."""

from __future__ import annotations

import base64

import pytest

from tests.console import put_officer, sign_in
from tests.service import make_service

PACKED = base64.urlsafe_b64encode(b"\0").decode().rstrip("=")


@pytest.fixture
def served(database, tmp_path):
    """A service whose failures are answers, as in life; it needs no rules to refuse."""
    service = make_service(database, tmp_path)
    service.app.config["PROPAGATE_EXCEPTIONS"] = False
    return service


@pytest.mark.parametrize(
    ("address", "where"),
    [
        ("/v1/cases/a%00", "path"),
        ("/v1/cases/a%00/timeline", "path"),
        ("/v1/cases?shop_id=a%00", "query"),
        ("/v1/claims?order_id=%00", "query"),
        ("/v1/campaigns?type=a%00b", "query"),
    ],
)
def test_in_an_address_it_is_named(served, address, where):
    answer = served.client().get(address)

    assert answer.status_code == 422
    assert [each["field"] for each in answer.get_json()["errors"]] == [where]


@pytest.mark.parametrize("call", ["orders", "handovers", "cases", "claims"])
def test_no_cursor_brings_it_past(served, call):
    client = served.client()

    assert client.get(f"/v1/{call}?cursor=a%00").status_code == 422
    assert client.get(f"/v1/{call}?cursor={PACKED}").status_code in {200, 422}


def test_percent_signs_and_other_texts_are_let_through(served):
    assert served.client().get("/v1/cases?shop_id=a%2500").status_code == 200
    assert served.client().get("/v1/cases?shop_id=%E5%BA%97").status_code == 200


def test_pages_and_forms_refuse_it_too(served):
    put_officer(served)
    officer = sign_in(served)[0]

    assert officer.get("/console/cases/a%00").status_code == 422
    assert officer.get("/console/cases?q=a%00").status_code == 422
    assert officer.post("/console/sign-in", data={"username": "a\0", "password": "x"}).status_code == 422
