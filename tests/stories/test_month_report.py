"""基金月报 as a file: what came, what left by cause, what came back, and whether it adds up."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import timedelta

import pytest
from click.testing import CliRunner
from defusedxml import ElementTree

from app.cli import main
from app.flows.move_fund import fund_in, recover
from app.money.month_tables import month_tables
from app.money.report import daily_fund, month_report
from app.values.china_days import starts_at
from tests.money import LIN, Fund

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@pytest.fixture
def fund(database, tmp_path):
    """A fund that was opened in October, paid twice in November, and was repaid once."""
    fund = Fund(database, tmp_path, fund_fen=0)
    fund.clock.at -= timedelta(days=34)
    fund_in(fund.parts, transfer_id="first", amount_fen=5_000_000, note="开户", caller=LIN, now=fund.clock())
    fund.clock.advance(days=34)
    fund_in(fund.parts, transfer_id="more", amount_fen=1_234_567, note="增资", caller=LIN, now=fund.clock())
    first = fund.open(order_id="o-1", amount_fen=1_050)
    fund.open(order_id="o-2", cause="cold_chain", amount_fen=2_000)
    fund.pay()
    recover(fund.parts, first.id, how="repaid", reason="到账", caller=LIN, now=fund.clock())
    return fund


def tables(fund):
    with fund.parts.db.read() as session:
        return {each.title: each.rows for each in month_tables(month_report(session, "2026-11", now=fund.clock()))}


def test_a_month_begins_where_the_last_one_ended_and_adds_up(fund):
    told = tables(fund)

    assert dict(told["基金收支"]) == {
        "期间": "2026-11-01 至 2026-11-24",
        "期初余额": "50000.00",
        "注资": "12345.67",
        "赔付付款": "-30.50",
        "商家偿还": "10.50",
        "期末余额": "62325.67",
        "核对": "期初加收支等于期末",
    }
    assert ("延迟发货", 1, 1, "10.50") in told["赔付（按事由）"]
    assert ("冷链断链", 1, 1, "20.00") in told["赔付（按事由）"]
    assert told["每日余额"][-1] == ("2026-11-24", "62325.67")
    assert told["每日余额"][0] == ("2026-11-01", "50000.00")


def test_the_days_of_a_chart_are_those_of_the_postings(fund):
    with fund.parts.db.read() as session:
        now = fund.clock()
        days = daily_fund(session, starts_at(now.date() - timedelta(days=2)), now + now.resolution)

    assert days == [("2026-11-22", 5_000_000), ("2026-11-23", 6_234_567), ("2026-11-24", 6_232_567 + 0)]


def sheets(data):
    """Sheet by name: rows of cells as texts, read as a spreadsheet program reads them."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        names = [
            each.get("name") for each in ElementTree.fromstring(archive.read("xl/workbook.xml")).iter(f"{MAIN}sheet")
        ]
        found = {}
        for number, name in enumerate(names, 1):
            sheet = ElementTree.fromstring(archive.read(f"xl/worksheets/sheet{number}.xml"))
            found[name] = [["".join(cell.itertext()) for cell in row] for row in sheet.iter(f"{MAIN}row")]
    return found


def test_the_workbook_over_http_has_every_table_with_numbers_as_numbers(sqlite_service):
    client = sqlite_service.client("money")
    client.post("/v1/fund/deposits", json={"transfer_id": "t", "into": "fund", "amount_fen": 123_456, "note": "首期"})

    answer = client.get("/v1/fund/report?month=2026-11")

    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"] == 'attachment; filename="fund-2026-11.xlsx"'
    found = sheets(answer.data)
    assert list(found) == ["基金收支", "账户余额", "赔付（按事由）", "发生额（按用途）", "未查明差异", "每日余额"]
    assert ["注资", "1234.56"] in found["基金收支"]
    assert b'<c r="B4" s="1"><v>1234.56</v></c>' in zipfile.ZipFile(io.BytesIO(answer.data)).read(
        "xl/worksheets/sheet1.xml"
    )


def test_text_and_json_say_the_same_and_what_is_no_month_is_refused(sqlite_service):
    client = sqlite_service.client("money")
    client.post("/v1/fund/deposits", json={"transfer_id": "t", "into": "fund", "amount_fen": 100, "note": "首期"})

    text = client.get("/v1/fund/report?month=2026-11&format=csv")
    told = client.get("/v1/fund/report?month=2026-11&format=json").get_json()

    rows = list(csv.reader(io.StringIO(text.data.decode("utf-8-sig"))))
    assert rows[0] == ["基金月报 2026-11", "未结账"]
    assert ["注资", "1.00"] in rows
    assert ["注资", "1.00"] in told["tables"][0]["rows"]
    assert client.get("/v1/fund/report?month=2026-13").status_code == 422
    assert client.get("/v1/fund/report?format=doc").status_code == 422
    assert sqlite_service.client("money", shops=["shop-1"]).get("/v1/fund/report").status_code == 403


def test_the_command_writes_a_workbook_or_text_by_the_files_ending(sqlite_service, tmp_path, monkeypatch):
    monkeypatch.setenv("WEIHENG_DATABASE_URL", sqlite_service.parts.settings.url)
    monkeypatch.setenv("WEIHENG_DATA_DIR", str(sqlite_service.parts.settings.data_dir))
    book, text, wrong = (tmp_path / f"m.{ending}" for ending in ("xlsx", "csv", "doc"))

    done = [
        CliRunner().invoke(main, ["fund", "report", "--month", "2026-11", "-o", str(path)]).exit_code
        for path in (book, text, wrong)
    ]

    assert done == [0, 0, 2]
    assert "基金收支" in sheets(book.read_bytes())
    assert text.read_text("utf-8-sig").startswith("基金月报 2026-11")
