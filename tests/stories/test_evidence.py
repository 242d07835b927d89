"""An evidence pack: verified by a stand-alone program, on paper with Chinese letters, and on record itself."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from app.flows.decide_case import decide_case
from app.flows.seal_audit import open_signer
from app.review.cases import Said
from app.values.access import Caller

CLIENTS = Path(__file__).parents[2] / "clients"
LIN = Caller("lin", "officer:lin", frozenset({"officer"}), None)
PHONE = "138" + "0013" + "8000"


@pytest.fixture
def case_id(service):
    answer = service.screen(service.client("screen"), f"全网最佳面膜，电话 {PHONE}", author_id="u-1").get_json()
    decide_case(service.parts, answer["case_id"], Said("block", "绝对化用语"), caller=LIN, now=service.clock())
    return answer["case_id"]


def pack_of(service, case_id, **body):
    return service.client("cases").post(f"/v1/cases/{case_id}/evidence", json={"reason": "协查"} | body)


def verified(service, pack, folder):
    path = folder / "evidence.json"
    path.write_text(json.dumps(pack, ensure_ascii=False), "utf-8")
    command = [sys.executable, str(CLIENTS / "verify_evidence.py"), str(path)]
    command += ["--key", str(open_signer(service.parts).public)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)  # noqa: S603 - our own


def test_a_pack_verifies_and_a_changed_one_does_not(service, case_id, tmp_path):
    pack = pack_of(service, case_id).get_json()
    document = json.loads(pack["document"])

    good = verified(service, pack, tmp_path)
    forged = pack | {"document": pack["document"].replace("绝对化用语", "没有问题")}
    without_export = pack | {"rows": [row for row in pack["rows"] if "case.export" not in row["leaf"]]}
    other_row = pack | {
        "rows": [{**row, "leaf": row["leaf"].replace("officer:lin", "officer:eve")} for row in pack["rows"]]
    }

    assert (good.returncode, good.stderr) == (0, "")
    assert case_id in good.stdout
    assert document["case"]["outcome"] == "block"
    assert [json.loads(row["leaf"])["action"] for row in pack["rows"]] == [
        "content.screen",
        "case.decide",
        "case.export",
    ]
    for bad in (forged, without_export, other_row):
        assert verified(service, bad, tmp_path).returncode == 1


def test_a_pack_holds_no_personal_data(service, case_id):
    answer = pack_of(service, case_id)

    assert PHONE not in answer.text
    assert "138****8000" in json.loads(answer.get_json()["document"])["screening"]["fields"]["text"]


def test_the_paper_embeds_its_font_and_carries_the_pack(service, case_id):
    answer = pack_of(service, case_id, format="pdf")

    assert answer.status_code == 200
    assert answer.content_type == "application/pdf"
    assert answer.data.startswith(b"%PDF-")
    assert b"evidence.json" in answer.data
    assert re.search(rb"/FontFile[23]", answer.data)


def test_a_caller_of_other_shops_gets_nothing(service, case_id):
    client = service.client("cases", shops=["shop-9"])

    assert client.post(f"/v1/cases/{case_id}/evidence", json={"reason": "看看"}).status_code == 404
