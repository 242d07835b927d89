"""协查 export: made in the background, starred unless somebody may see more, verified by a stand-alone program."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from app.cli import main
from app.flows.inquiry_columns import COLUMNS
from app.flows.inquiry_rows import FILES
from app.flows.inquiry_tables import LONGEST, table_head, table_rows
from app.flows.seal_audit import open_signer
from app.models import AuditRow, InquiryPart
from tests.console import put_officer
from tests.evidence import put_evidence, recorded
from tests.service import SECRET
from tests.working import work

CLIENTS = Path(__file__).parents[2] / "clients"
MOBILE = "138" + "0013" + "8000"
PAID = {"paid_fen": 12900, "buyer_ref": "b-77", "transaction_id": "4200002026112000123456789012"}
PERIOD = {"from_at": "2026-11-01T00:00:00+08:00", "to_at": "2026-12-01T00:00:00+08:00"}


def filled(service):
    client = service.client("screen", "events")
    service.screen(client, f"全网最佳面膜，电话 {MOBILE}", author_id="u-1")
    service.screen(client, "今天天气不错", content_id="v-2", shop_id="shop-2")
    paid = {"id": "e-1", "kind": "order.paid", "subject": "o-1", "shop_id": "shop-1", "source": "t"}
    paid |= {"occurred_at": "2026-11-20T09:00:00+08:00", "data": PAID}
    del paid["source"]
    assert client.post("/v1/events", json=paid).status_code < 300
    put_evidence(service)
    recorded(service)
    service.clock.advance(hours=1)


def asked(service, *scopes, **more):
    body = {"shop_id": "shop-1", "reason": "市监协〔2026〕18号"} | PERIOD | more
    return service.client(*(scopes or ("cases",))).post("/v1/inquiries", json=body)


def made(service, *scopes, **more):
    """The bytes of an export that the worker has made."""
    run = asked(service, *scopes, **more).get_json()
    work(service)
    client = service.client(*(scopes or ("cases",)))
    told = client.get(f"/v1/inquiries/{run['inquiry_id']}").get_json()
    assert (told["state"], told["done"]) == ("done", told["total"])
    answer = client.get(f"/v1/inquiries/{run['inquiry_id']}/file")
    assert answer.status_code == 200, answer.text
    return answer.data


def lines(data, name):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return [json.loads(line) for line in archive.read(f"{name}.jsonl").splitlines()]


def verified(service, data, folder):
    path = folder / "inquiry.zip"
    path.write_bytes(data)
    command = [sys.executable, str(CLIENTS / "verify_inquiry.py"), str(path)]
    command += ["--key", str(open_signer(service.parts).public)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)  # noqa: S603 - our own


def changed(data, name, turn):
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(target, "w") as archive:
        for each in source.namelist():
            archive.writestr(each, turn(source.read(each)) if each == name else source.read(each))
    return target.getvalue()


def test_an_export_holds_the_shops_records_starred_and_verifies(service, tmp_path):
    filled(service)

    data = made(service)
    good = verified(service, data, tmp_path)

    assert (good.returncode, good.stderr) == (0, "")
    assert MOBILE.encode() not in b"".join(zipfile.ZipFile(io.BytesIO(data)).read(n) for n in names(data))
    [content] = lines(data, "contents")
    assert "138****8000" in content["fields"]["text"]
    assert [order["subject"] for order in lines(data, "orders")] == ["o-1"]
    assert "buyer_ref" not in lines(data, "orders")[0]
    assert len(lines(data, "cases")) == 2  # the content's and the notice's
    assert [each["kind"] for each in lines(data, "evidence")] == ["test_report"]
    assert {"content.screen", "notice.record"} <= {each["action"] for each in lines(data, "audit")}
    with service.parts.db.read() as session:
        assert all(b"fields" not in part.body for part in session.scalars(select(InquiryPart)))


def names(data):
    return zipfile.ZipFile(io.BytesIO(data)).namelist()


def test_its_cover_says_the_period_in_chinas_time_and_how_much_there_is(sqlite_service):
    filled(sqlite_service)

    with zipfile.ZipFile(io.BytesIO(made(sqlite_service))) as archive:
        cover = archive.read("说明.txt").decode()

    assert "期间：2026-11-01 00:00:00 至 2026-11-23 19:00:00（不含），北京时间" in cover
    assert "目的：履行法定义务" in cover
    assert "orders.csv　订单（表格），共 1 条" in cover
    assert "orders.jsonl　订单，每行一条 JSON，共 1 条" in cover


def table(data, name):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        written = archive.read(f"{name}.csv")
    assert written.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(written.decode("utf-8-sig"), newline="")))


def test_tables_say_the_same_rows_in_chinese_with_beijing_time_and_yuan(sqlite_service):
    filled(sqlite_service)

    data = made(sqlite_service)
    [content] = table(data, "contents")
    [order] = table(data, "orders")

    assert {name: len(table(data, name)) for name in COLUMNS} == {name: len(lines(data, name)) for name in COLUMNS}
    assert (order["订单"], order["实付金额（元）"]) == ("o-1", "129.00")
    assert order["付款时间（北京时间）"] == "2026-11-20 09:00:00"
    assert order["支付交易号"] == "'4200002026112000123456789012"
    assert "买家" not in order
    assert content["现行裁决"] == "拦截"
    assert "全网最佳面膜，电话 138****8000" in content["内容"]
    assert "最佳" in content["命中词"]


def test_no_column_of_an_export_lacks_its_heading():
    told = {file.name: {*file.columns, *file.personal} for file in FILES if file.name != "contents"}

    assert {name: set(columns) for name, columns in COLUMNS.items() if name != "contents"} == told
    assert [name for name, columns in COLUMNS.items() if len(set(columns.values())) < len(columns)] == []


def test_headings_of_contents_are_those_of_what_is_told(sqlite_service):
    filled(sqlite_service)

    [told] = lines(made(sqlite_service, "cases", "reveal", with_personal=True), "contents")

    assert COLUMNS["contents"].keys() - {"erased"} == told.keys()


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("@SUM", "'@SUM"),
        ("4200002026112000123456789012", "'4200002026112000123456789012"),
        ("12345", "12345"),
        ("一行\n二行", "一行\n二行"),
        ("字" * 40_000, "字" * LONGEST + "…（全文见 cases.jsonl）"),
        (None, ""),
    ],
)
def test_a_spreadsheet_reads_every_cell_as_it_is_written(value, cell):
    written = table_head("cases", with_personal=False) + table_rows("cases", [{"reason": value}], with_personal=False)
    [head, row] = csv.reader(io.StringIO(written.decode("utf-8-sig"), newline=""))

    assert dict(zip(head, row, strict=True))["理由"] == cell


def test_every_change_of_an_export_is_found(sqlite_service, tmp_path):
    filled(sqlite_service)
    data = made(sqlite_service)

    forged = [
        changed(data, "contents.jsonl", lambda body: body.replace(b"v-1", b"v-9")),
        changed(data, "orders.jsonl", lambda _: b""),
        changed(data, "orders.csv", lambda body: body.replace(b"129.00", b"129.01")),
        changed(data, "说明.txt", lambda body: body.replace(b"shop-1", b"shop-9")),
        changed(data, "manifest.json", lambda body: body.replace(b"shop-1", b"shop-9")),
        changed(data, "manifest.note", lambda body: body.replace(b"sha256:", b"sha256:0", 1)),
        changed(data, "proof.json", lambda body: body.replace(b"inquiry.finish", b"inquiry.finisH")),
    ]

    assert [verified(sqlite_service, each, tmp_path).returncode for each in forged] == [1] * 7


def test_personal_data_needs_the_right_to_it_and_is_on_record(sqlite_service):
    filled(sqlite_service)

    refused = asked(sqlite_service, with_personal=True)
    data = made(sqlite_service, "cases", "reveal", with_personal=True)

    assert refused.status_code == 403
    assert MOBILE in lines(data, "contents")[0]["fields"]["text"]
    assert lines(data, "orders")[0]["buyer_ref"] == "b-77"
    with sqlite_service.parts.db.read() as session:
        rows = session.scalars(select(AuditRow).where(AuditRow.object_type == "inquiry").order_by(AuditRow.id)).all()
        assert [row.action for row in rows] == ["inquiry.ask", "inquiry.finish", "inquiry.download"]
        assert rows[0].details["with_personal"] is True
        inquiry_id = rows[0].object_id
    assert sqlite_service.client("cases").get(f"/v1/inquiries/{inquiry_id}/file").status_code == 403


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"to_at": "2026-10-01T00:00:00+08:00"}, 422),
        ({"from_at": "2020-01-01T00:00:00+08:00"}, 422),
        ({"reason": " "}, 422),
        ({"purpose": "marketing"}, 422),
        ({"notice_id": "none"}, 404),
    ],
)
def test_what_cannot_be_exported_is_refused(sqlite_service, more, status):
    assert asked(sqlite_service, **more).status_code == status


def test_an_export_can_be_cancelled_and_foreign_shops_do_not_see_it(sqlite_service):
    filled(sqlite_service)
    run = asked(sqlite_service).get_json()
    where = f"/v1/inquiries/{run['inquiry_id']}"
    foreign = sqlite_service.client("cases", shops=["shop-2"])

    early = sqlite_service.client("cases").get(f"{where}/file")
    cancelled = sqlite_service.client("cases").post(f"{where}/cancel")

    assert run["state"] == "running"
    assert early.status_code == 409
    assert cancelled.get_json()["state"] == "cancelled"
    assert sqlite_service.client("cases").post(f"{where}/cancel").status_code == 409
    assert foreign.get(where).status_code == 404
    assert foreign.post("/v1/inquiries", json={"shop_id": "shop-1", "reason": "x"} | PERIOD).status_code == 403
    assert foreign.get("/v1/inquiries").get_json()["items"] == []


def test_the_commands_write_an_export_and_a_month(sqlite_service, tmp_path, monkeypatch):
    filled(sqlite_service)
    put_officer(sqlite_service, roles=["senior"])
    monkeypatch.setenv("WEIHENG_DATABASE_URL", sqlite_service.parts.settings.url)
    monkeypatch.setenv("WEIHENG_DATA_DIR", str(sqlite_service.parts.settings.data_dir))
    monkeypatch.setenv("WEIHENG_SECRET_KEY", SECRET)
    target, book, paper = (tmp_path / name for name in ("out.zip", "month.xlsx", "month.pdf"))
    period = ["--from", "2026-11-01T00:00:00+08:00", "--to", "2026-11-24T00:00:00+08:00"]
    command = ["inquiry", "export", "--shop", "shop-1", *period, "--reason", "协查函", "--by", "lin", "-o", str(target)]

    done = CliRunner().invoke(main, command)
    reports = [
        CliRunner().invoke(main, ["report", "compliance", "--month", "2026-11", "-o", str(path)]).exit_code
        for path in (book, paper, tmp_path / "month.doc")
    ]

    assert done.exit_code == 0, done.output
    assert verified(sqlite_service, target.read_bytes(), tmp_path).returncode == 0
    assert reports == [0, 0, 2]
    assert book.read_bytes().startswith(b"PK")
    assert paper.read_bytes().startswith(b"%PDF-")
