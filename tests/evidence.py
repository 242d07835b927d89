"""What tests of the registry share: a small file, a piece over HTTP, and one that somebody else has verified."""

from __future__ import annotations

import base64

PDF = b"%PDF-1.4\n1 0 obj <<>> endobj\ntrailer <<>>\n%%EOF\n"


def file_of(body=PDF, name="report.pdf"):
    return {"name": name, "content_base64": base64.b64encode(body).decode()}


def piece(**more):
    said = {"shop_id": "shop-1", "kind": "test_report", "number": "R-2026-1", "issuer": "某检测中心"}
    said |= {"valid_from": "2026-06-01", "valid_until": "2027-05-31", "files": [file_of()]}
    return {name: value for name, value in (said | more).items() if value is not None}


def second_of(service, *scopes, **more):
    """A client of another key than ``service.client()``."""
    client = service.app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {service.key(*scopes, name='second', **more)}"
    return client


def put_evidence(service, **more):
    """The id of a verified piece."""
    made = service.client("screen").post("/v1/evidence", json=piece(**more))
    assert made.status_code == 201, made.text
    evidence_id = made.get_json()["evidence_id"]
    decided = second_of(service, "cases").post(
        f"/v1/evidence/{evidence_id}/decide", json={"verify": True, "reason": "与原件一致"}
    )
    assert decided.status_code == 200, decided.text
    return evidence_id


def notice(**more):
    said = {
        "shop_id": "shop-1",
        "kind": "assistance",
        "number": "市监协〔2026〕18号",
        "authority": "某市市场监督管理局",
    }
    said |= {"title": "调取店铺七月交易记录", "received_on": "2026-11-20", "files": [file_of(name="协查函.pdf")]}
    return said | more


def recorded(service, **more):
    answer = service.client("cases").post("/v1/notices", json=notice(**more))
    assert answer.status_code == 201, answer.text
    return answer.get_json()
