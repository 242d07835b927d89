"""A payment told twice: the page of its case shows the tellings side by side, and an officer says which counts."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from app.models import AuditRow, Case, Order
from tests.console import Page, put_officer, sign_in, token
from tests.service import make_service
from tests.stories.test_payments_told_twice import PAID
from tests.tellings import tell


@pytest.fixture
def service(database, judge, tmp_path):
    return make_service(database, tmp_path, judge)


def told_twice(service, **other):
    """The address of the case of an order whose payment was told twice."""
    client = service.client()
    tell(client, "p-1", "order.paid", "o-1", PAID, hours=-65)
    tell(client, "p-2", "order.paid", "o-1", PAID | {"paid_fen": 900_000} | other, hours=-64.5)
    with service.parts.db.read() as session:
        case = session.scalars(select(Case).where(Case.natural_key.contains("S8-16"))).one()
    return f"/console/cases/{case.id}"


def officer(service, *roles, name="lin", **more):
    put_officer(service, name, roles=list(roles), **more)
    return sign_in(service, name)[0]


def box(page):
    [found] = re.findall(r'<section class="card-box payments".*?</section>', page, re.DOTALL)
    return found


def choices(page):
    return re.findall(r'<input type="radio" name="telling" value="([^"]+)"', page)


def settle(client, address, **form):
    page = client.get(address).text
    seen = re.findall(r'<input type="hidden" name="seen" value="([^"]+)"', page)
    things = re.findall(r'<input type="hidden" name="thing" value="([^"]+)"', page)
    sent = {"csrf_token": token(client, address), "seen": seen, "thing": things} | form
    return client.post(f"{address}/telling", data=sent)


def order(service):
    with service.parts.db.read() as session:
        return session.scalars(select(Order).where(Order.subject == "o-1")).one()


def test_the_tellings_stand_side_by_side_and_what_differs_is_marked(service):
    page = officer(service, "finance").get(told_twice(service, transaction_id="T-2")).text

    rows = [Page(each).text for each in re.findall(r"<tr>\s*<th scope=\"row\">.*?</tr>", box(page), re.DOTALL)]
    assert len(rows) == 2
    for said in ("第 1 次", "生效中", "1,000.00 元", "T-1", "p-1"):
        assert said in rows[0], said
    for said in ("第 2 次", "9,000.00 元", "T-2", "p-2"):
        assert said in rows[1], said
    assert (rows[0].count("不一致"), rows[1].count("不一致")) == (0, 2)
    assert len(choices(page)) == 2


def test_an_officer_with_the_right_says_which_counts_and_it_is_on_record(service):
    address = told_twice(service)
    client = officer(service, "finance")
    second = choices(client.get(address).text)[1]

    other = officer(service, "senior", name="wen")
    first = settle(other, address, telling=second, reason="账单为准")
    assert (first.status_code, order(service).contested_count) == (303, 1)
    assert "已记下您的选择" in Page(other.get(address).text).text
    again = settle(other, address, telling=second, reason="账单为准")
    assert (again.status_code, order(service).contested_count) == (403, 1)
    assert "您已选定过这一次，第二位须是另一人" in Page(again.text).text
    [decision] = re.findall(r'<textarea[^>]* id="reason".*?</textarea>', again.text, re.DOTALL)
    assert "账单为准" not in decision
    said = Page(box(client.get(address).text))
    assert "已选定第 2 次" in said.text
    assert "须由另一人选定同一次，才算核定" in said.text
    answer = settle(client, address, telling=second, reason="与支付平台账单一致")
    page = client.get(address).text

    assert answer.status_code == 303
    assert (order(service).paid_fen, order(service).contested_count) == (900_000, None)
    with service.parts.db.read() as session:
        audit = session.scalars(select(AuditRow).where(AuditRow.action == "order.settle_payment")).one()
        assert session.scalars(select(Case.state)).all() == ["superseded"]
    assert (audit.actor, audit.reason) == ("officer:lin", "与支付平台账单一致")
    assert "与支付平台账单一致" in box(page)
    assert "林晓雯（lin） 核定于" in Page(box(page)).text
    assert choices(page) == []


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ({"reason": " "}, "请写明理由"),
        ({"telling": ""}, "请选择以哪一次报送为准"),
        ({"telling": "nothing"}, "请选择以哪一次报送为准"),
        ({"seen": ["x"]}, "此间又有新的报送"),
    ],
)
def test_what_is_missing_is_said_and_nothing_typed_is_lost(service, form, told):
    address = told_twice(service)
    client = officer(service, "senior")
    second = choices(client.get(address).text)[1]
    sent = {"telling": second, "reason": "与账单一致"} | form

    answer = settle(client, address, **sent)

    assert answer.status_code in {409, 422}
    assert told in Page(answer.text).text
    [reason] = re.findall(r'<input[^>]* name="reason"[^>]*>', box(answer.text))
    assert f'value="{sent["reason"]}"' in reason
    assert ("autofocus" in reason) is (told == "请写明理由")
    assert len(re.findall(r"<input[^>]* autofocus", box(answer.text))) == 1
    assert ("checked" in box(answer.text)) is (sent["telling"] == second)
    assert order(service).contested_count == 1


def test_a_telling_that_came_meanwhile_is_not_weighed_unseen(service):
    address = told_twice(service)
    client = officer(service, "admin")
    page = client.get(address).text
    seen = re.findall(r'name="seen" value="([^"]+)"', page)
    tell(service.client(), "p-3", "order.paid", "o-1", PAID | {"paid_fen": 1}, hours=-64)

    answer = settle(client, address, telling=choices(page)[0], reason="与账单一致", seen=seen)

    assert answer.status_code == 409
    assert "此间又有新的报送" in Page(answer.text).text
    assert order(service).contested_count == 2


@pytest.mark.parametrize("role", ["viewer", "officer", "auditor", "rule_approver"])
def test_other_roles_read_the_tellings_and_settle_nothing(service, role):
    address = told_twice(service)
    client = officer(service, role)

    page = client.get(address).text
    answer = settle(client, address, telling="x", reason="与账单一致")

    assert "p-2" in box(page)
    assert "<form" not in box(page)
    assert answer.status_code == 403
    assert order(service).contested_count == 1


def test_an_officer_of_another_shop_finds_no_such_case(service):
    address = told_twice(service)
    client = officer(service, "finance", shop_ids=["shop-2"])

    answer = client.post(f"{address}/telling", data={"csrf_token": token(client, "/console/cases"), "reason": "x"})

    assert answer.status_code == 404


def test_a_refund_told_twice_is_settled_on_the_page_of_its_case(service):
    client = service.client()
    tell(client, "p-1", "order.paid", "o-1", PAID, hours=-65)
    for event, amount_fen in (("r-1", 9_000), ("r-2", 8_000)):
        data = {"order_id": "o-1", "refund_id": "R-1", "result": "success", "amount_fen": amount_fen}
        tell(client, event, "refund.finished", "R-1", data)
    with service.parts.db.read() as session:
        case = session.scalars(select(Case).where(Case.natural_key.contains("S8-16i"))).one()
    address, lin = f"/console/cases/{case.id}", officer(service, "finance")
    page = lin.get(address).text
    rows = [Page(each).text for each in re.findall(r"<tr>\s*<th scope=\"row\">.*?</tr>", box(page), re.DOTALL)]
    assert "R-1 的几次报送" in Page(box(page)).text
    assert [("90.00 元" in each, "80.00 元" in each, each.count("不一致")) for each in rows] == [
        (True, False, 0),
        (False, True, 1),
    ]

    answer = settle(lin, address, telling=choices(page)[1], reason="与账单一致")

    assert (answer.status_code, order(service).refunded_fen, order(service).contested_count) == (303, 8_000, None)
    page = lin.get(address).text
    assert "林晓雯 核定于" in Page(box(page)).text
    assert choices(page) == []


def test_which_shop_has_an_order_is_said_on_the_page_of_its_case(service):
    client = service.client()
    tell(client, "p-1", "order.paid", "o-1", PAID | {"paid_fen": 4_000}, hours=-65)
    tell(client, "p-2", "order.paid", "o-1", PAID | {"paid_fen": 4_000}, hours=-64, shop="shop-2")
    with service.parts.db.read() as session:
        case = session.scalars(select(Case).where(Case.natural_key.contains("S8-16k"))).one()
    address = f"/console/cases/{case.id}"
    limited = officer(service, "finance", name="wen", shop_ids=["shop-2"])
    shown = limited.get(address).text
    assert "您无权查看的店铺" in Page(box(shown)).text
    assert "shop-1" not in box(shown)
    assert "对所报的各家店铺都有权限" in Page(box(shown)).text
    assert (
        settle(limited, address, thing="shop", telling="shop-2", seen=["shop-1", "shop-2"], reason="x").status_code
        == 403
    )
    lin = officer(service, "finance")
    page = lin.get(address).text
    assert "订单属于哪家店铺" in Page(box(page)).text
    assert "支付单号" in Page(box(page)).text
    assert choices(page) == ["shop-1", "shop-2"]

    answer = settle(lin, address, telling="shop-2", reason="与账单一致")

    assert answer.status_code == 303
    page = lin.get(address).text
    assert "林晓雯（lin） 核定于" in Page(box(page)).text
    assert choices(page) == []
    with service.parts.db.read() as session:
        held = session.execute(select(Order.shop_id, Order.belongs_elsewhere, Order.paid_fen).order_by(Order.shop_id))
        assert [tuple(row) for row in held] == [("shop-1", True, None), ("shop-2", None, 4_000)]


def test_the_history_of_a_case_says_that_what_it_rests_on_does_not_count(service):
    client = service.client()
    tell(client, "p-1", "order.paid", "o-1", PAID | {"paid_fen": 4_000, "stock_type": "presale"}, hours=-65)
    tell(client, "p-2", "order.paid", "o-1", PAID | {"paid_fen": 3_000}, hours=-65)
    with service.parts.db.read() as session:
        case = session.scalars(select(Case).where(Case.natural_key.contains("S3-12"))).one()
    address, lin = f"/console/cases/{case.id}", officer(service, "finance")

    assert settle(lin, address, telling=choices(lin.get(address).text)[1], reason="与账单一致").status_code == 303

    assert "所依据的报送经核定不算数" in Page(lin.get(address).text).text
