"""Events come from files too: each once, wrong lines told with their number, the rest taken."""

from __future__ import annotations

import orjson
from click.testing import CliRunner
from sqlalchemy import select

from app.cli import main
from app.models import Order

AT = "2026-11-20T10:00:00+08:00"


def run(service, path, monkeypatch):
    monkeypatch.setenv("WEIHENG_DATABASE_URL", service.parts.settings.url)
    monkeypatch.setenv("WEIHENG_DATA_DIR", str(service.parts.settings.data_dir))
    return CliRunner().invoke(main, ["events", "import", str(path)])


def orders(service):
    with service.parts.db.read() as session:
        return {row.subject: row.paid_fen for row in session.scalars(select(Order))}


def line(number, **data):
    event = {"id": f"e-{number}", "kind": "order.paid", "subject": f"o-{number}", "shop_id": "shop-1"}
    return orjson.dumps(event | {"occurred_at": AT, "data": {"paid_fen": 100 + number} | data}).decode()


def test_json_lines_are_taken_and_wrong_ones_told_by_number(service, tmp_path, monkeypatch):
    path = tmp_path / "orders.jsonl"
    path.write_text("\n".join([line(1), "{", line(2, paid_fen="x"), line(3), '{"id": "e-4"}']), "utf-8")

    first = run(service, path, monkeypatch)
    second = run(service, path, monkeypatch)

    assert first.exit_code == 1
    assert "accepted 2 · duplicate 0 · invalid 3" in first.output
    assert f"{path}:2: not JSON" in first.output
    assert f"{path}:3: data.paid_fen" in first.output
    assert f"{path}:5: kind: is missing" in first.output
    assert "accepted 0 · duplicate 2 · invalid 3" in second.output
    assert orders(service) == {"o-1": 101, "o-3": 103}


def test_a_line_that_names_a_fact_twice_is_told_and_not_taken(service, tmp_path, monkeypatch):
    path = tmp_path / "orders.jsonl"
    path.write_text(line(1).replace('"paid_fen":', '"paid_fen":1,"paid_fen":') + "\n" + line(2), "utf-8")

    done = run(service, path, monkeypatch)

    assert f"{path}:1: the name 'paid_fen' stands twice" in done.output
    assert orders(service) == {"o-2": 102}


def test_a_table_has_a_column_for_each_fact(service, tmp_path, monkeypatch):
    path = tmp_path / "orders.csv"
    head = "id,kind,subject,shop_id,occurred_at,paid_fen,stock_type,perishable"
    path.write_text(f"{head}\ne-1,order.paid,3705115058471208928,shop-1,{AT},19900,spot,true\n", "utf-8")

    done = run(service, path, monkeypatch)

    assert done.exit_code == 0, done.output
    assert orders(service) == {"3705115058471208928": 19900}
