"""The pages of claims and the fund: what waits and why, deciding with a reason, the stop switch."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from app.flows.match_bill import match_bill
from app.flows.open_claims import open_for_buyer
from app.models import Claim, PayoutStop
from tests.console import officer_of, put_officer, sign_in, token
from tests.flows.test_matching import bill_of
from tests.money import LIN
from tests.service import make_service


@pytest.fixture
def service(database, judge, tmp_path):
    return make_service(database, tmp_path, judge)


@pytest.fixture
def claim(service):
    asked = {"shop_id": "shop-1", "order_id": "o-1", "cause": "unsafe_food", "paid_fen": 12_800, "reason": "变质"}
    return open_for_buyer(service.parts, **asked, caller=LIN, now=service.clock()).claim


def post(client, path, **form):
    return client.post(path, data={"csrf_token": token(client, "/console/claims")} | form)


def state_of(service, claim):
    with service.parts.db.read() as session:
        return session.get(Claim, claim.id).state


def test_the_list_says_what_each_claim_waits_for_and_that_the_books_hold(service, claim):
    client = officer_of(service, roles=["finance"])
    before = client.get("/console/claims").text
    post(client, "/console/fund/check")
    page = client.get("/console/claims").text

    assert "1,280.00" in page
    assert "法定惩罚性赔偿须人工确认" in page
    assert claim.id in page
    assert "尚未核对账目" in before
    assert "账目相符" in page


def test_a_claim_shows_its_calculation_and_what_both_sides_are_told(service, claim):
    page = officer_of(service, roles=["viewer"]).get(f"/console/claims/{claim.id}").text

    assert "价款 128.00 元 × 10" in page
    assert "基金拟先行赔付买家" in page
    assert "此状态下无需人工处理" in page


def test_the_case_of_a_claim_leads_to_it_with_its_amount_and_what_it_waits_for(service, claim):
    client = officer_of(service, roles=["officer"])

    page = client.get(f"/console/cases/{claim.case_id}").text

    assert f'href="/console/claims/{claim.id}">o-1</a>' in page
    assert "共 1 件，合计 1,280.00 元" in page
    assert page.count("法定惩罚性赔偿须人工确认") >= 2


def test_what_bill_and_books_do_not_agree_about_is_explained_once_with_a_reason_by_finance(service):
    data = bill_of(service.clock(), ("f-1", "", "+5.00"))
    match_bill(service.parts, data, channel="wechat_pay", caller=LIN, now=service.clock())
    client = officer_of(service, roles=["finance"])
    page = client.get("/console/claims").text
    [path] = re.findall(r"/console/fund/differences/[0-9a-f-]{36}", page)

    assert "账单有收入、账本无" in page
    assert "款项已退回" in page
    assert "已付给应付买家" not in page  # no way of explaining money that came
    assert post(client, path, how="returned").status_code == 422
    assert post(client, path, how="loss", reason="x").status_code == 422
    assert post(client, path, how="returned", reason="转错账户").status_code == 303
    assert post(client, path, how="returned", reason="转错账户").status_code == 409
    assert "没有未查明的差异" in client.get("/console/claims").text
    put_officer(service, "bo", roles=["officer"])
    assert post(sign_in(service, "bo")[0], path, how="returned", reason="x").status_code == 403


def test_a_claim_is_approved_with_a_reason_and_not_without(service, claim):
    client = officer_of(service, roles=["officer"])
    path = f"/console/claims/{claim.id}/decide"

    assert post(client, path, decision="approve").status_code == 422
    assert post(client, path, decision="approve", reason="属实", amount="12.345").status_code == 422
    assert state_of(service, claim) == "assessed"
    assert post(client, path, decision="approve", reason="属实", amount="1,280.00").status_code == 303
    assert state_of(service, claim) == "approved"


def test_what_was_typed_stays_when_an_approval_is_refused(service):
    asked = {"shop_id": "shop-1", "order_id": "o-2", "cause": "late_dispatch", "paid_fen": 10_000, "reason": "迟"}
    made = open_for_buyer(service.parts, **asked, caller=LIN, now=service.clock()).claim
    client = officer_of(service, roles=["finance"])

    answer = post(client, f"/console/claims/{made.id}/decide", decision="approve", amount="800.00", reason="证据齐全")

    assert answer.status_code == 409
    assert re.search(r"超过订单 o-2 的赔付上限：还可赔付 \d+\.\d\d 元", answer.text)
    assert 'value="800.00"' in answer.text
    assert 'value="证据齐全"' in answer.text
    assert state_of(service, made) != "approved"


def test_of_two_persons_each_is_told_who_approved_first_and_the_first_is_refused_in_words(service):
    put_officer(service, roles=["finance"])
    put_officer(service, username="wen", display_name="温如", roles=["finance"])
    lin, wen = sign_in(service)[0], sign_in(service, "wen")[0]
    dear = {"shop_id": "shop-1", "order_id": "o-dear", "cause": "guarantee_fake", "paid_fen": 280_000}
    opened = open_for_buyer(service.parts, **dear, reason="仿品", caller=LIN, now=service.clock())
    path = f"/console/claims/{opened.claim.id}"
    before = lin.get(path).text

    assert post(lin, f"{path}/decide", decision="approve", reason="鉴定结论有效").status_code == 303
    own, others = lin.get(path).text, wen.get(path).text
    again = post(lin, f"{path}/decide", decision="approve", reason="再批一次")
    approved = post(wen, f"{path}/decide", decision="approve", reason="复核无误")

    assert "须两人批准" in before
    assert "您已作第一位批准（8,400.00 元），须由另一位专员批准后生效" in own
    assert "林晓雯 已作第一位批准（8,400.00 元），您批准后生效" in others
    assert (again.status_code, "您已提出、批准或撤销在先，须由另一人决定。" in again.text) == (403, True)
    assert approved.status_code == 303
    assert "第一位批准（" not in wen.get(path).text


def opened(service, *orders):
    """Claims of these orders, each a minute after the one before."""
    made = []
    for order in orders:
        service.clock.advance(minutes=1)
        asked = {"shop_id": "shop-1", "order_id": order, "cause": "unsafe_food", "paid_fen": 12_800, "reason": "变质"}
        made.append(open_for_buyer(service.parts, **asked, caller=LIN, now=service.clock()).claim)
    return made


def turns(page):
    """Where J and K lead, by key."""
    return dict(re.findall(r'data-key="([jk])" href="([^"]+)"', page))


def test_claims_are_turned_over_in_the_order_of_the_list_and_within_its_filter(service, claim):
    old, new = opened(service, "o-2", "o-3")
    client = officer_of(service, roles=["officer"])
    where = "/console/claims/"
    assert post(client, f"{where}{old.id}/decide", decision="approve", reason="属实").status_code == 303

    of_all, of_some = (turns(client.get(f"{where}{new.id}{sent}").text) for sent in ("", "?state=assessed"))

    assert of_all == {"j": f"{where}{old.id}"}
    assert turns(client.get(f"{where}{old.id}").text) == {"j": f"{where}{claim.id}", "k": f"{where}{new.id}"}
    assert of_some == {"j": f"{where}{claim.id}?state=assessed"}
    assert f'href="{where}{new.id}?state=assessed"' in client.get("/console/claims?state=assessed").text


def test_after_a_decision_the_next_claim_that_waits_for_this_officer_is_opened(service):
    put_officer(service, roles=["finance"])
    put_officer(service, username="wen", display_name="温如", roles=["finance"])
    lin, wen = sign_in(service)[0], sign_in(service, "wen")[0]
    last, done, dear, first = opened(service, "o-1", "o-2", "o-3", "o-4")
    where = "/console/claims/"
    assert post(lin, f"{where}{done.id}/decide", decision="reject", ground="evidence", reason="x").status_code == 303
    assert post(lin, f"{where}{dear.id}/decide", decision="approve", amount="6,000", reason="属实").status_code == 303

    asked = {"decision": "approve", "reason": "属实", "go_on": "next"}
    of_first = post(lin, f"{where}{first.id}/decide", **asked)
    after_first = lin.get(of_first.headers["Location"]).text
    of_last = post(lin, f"{where}{last.id}/decide", **asked)

    assert of_first.headers["Location"] == f"{where}{last.id}"  # not the one whose second approval is another's
    assert "订单 o-4 的理赔单：已批准。" in after_first
    assert of_last.headers["Location"] == "/console/claims"
    assert "须由另一位专员批准后生效" in lin.get(f"{where}{dear.id}").text
    assert post(wen, f"{where}{dear.id}/decide", **asked).headers["Location"] == "/console/claims"


@pytest.mark.parametrize("decision", ["approve", "reject"])
def test_what_happened_since_the_page_was_opened_is_looked_at_before_it_is_decided(service, claim, decision):
    put_officer(service, roles=["finance"])
    put_officer(service, username="wen", display_name="温如", roles=["finance"])
    lin, wen = sign_in(service)[0], sign_in(service, "wen")[0]
    path = f"/console/claims/{claim.id}"
    [seen] = re.findall(r'name="seen" value="(\d+)"', lin.get(path).text)
    assert post(wen, f"{path}/decide", decision="approve", amount="6,000", reason="鉴定为假").status_code == 303

    said = {"decision": decision, "ground": "evidence", "reason": "看过"}
    stale = post(lin, f"{path}/decide", **said, seen=seen)
    [fresh] = re.findall(r'name="seen" value="(\d+)"', stale.text)
    again = post(lin, f"{path}/decide", **said, amount="6,000", seen=fresh)

    assert stale.status_code == 409
    assert "理赔单在您打开后有了变化（第一位批准：鉴定为假），请看过再定" in stale.text
    assert 'value="看过"' in stale.text
    assert again.status_code == 303
    assert state_of(service, claim) == {"approve": "approved", "reject": "rejected"}[decision]


def test_a_claim_is_not_refused_without_a_ground_that_was_chosen(service, claim):
    client = officer_of(service, roles=["officer"])
    page = client.get(f"/console/claims/{claim.id}").text

    answer = post(client, f"/console/claims/{claim.id}/decide", decision="reject", reason="不属实")

    assert '<select class="form-select" id="ground" name="ground"><option value="">' in page
    assert answer.status_code == 422
    assert "驳回须有正当理由" in answer.text
    assert state_of(service, claim) == "assessed"


def test_a_viewer_decides_nothing(service, claim):
    client = officer_of(service, roles=["viewer"])

    assert post(client, f"/console/claims/{claim.id}/decide", decision="approve", reason="x").status_code == 403
    assert post(client, "/console/fund/stop", scope="all", reason="x").status_code == 403


def test_one_stops_and_another_of_finance_agrees_to_start(service):
    put_officer(service, roles=["finance"])
    put_officer(service, username="wen", display_name="温如", roles=["finance"])
    first, second = sign_in(service)[0], sign_in(service, "wen")[0]
    assert post(first, "/console/fund/stop", scope="all", value="", reason="异常").status_code == 303
    with service.parts.db.read() as session:
        stop_id = session.scalar(select(PayoutStop.id))
    path = f"/console/fund/stops/{stop_id}/start"

    put_officer(service, username="bo", roles=["finance"], shop_ids=["shop-1"])
    bound = sign_in(service, "bo")[0]
    assert post(bound, path, decision="ask", reason="已查明").status_code == 403
    assert post(first, path, decision="ask", reason="已查明").status_code == 303
    assert post(first, path, decision="agree", reason="同意").status_code == 403
    assert post(bound, path, decision="agree", reason="同意").status_code == 403
    assert post(second, path, decision="agree", reason="同意").status_code == 303
    assert "付款正常" in first.get("/console/claims").text


def test_an_officer_of_one_shop_sees_their_claims_and_no_balances(service, claim):
    client = officer_of(service, roles=["officer"], shop_ids=["shop-2"])
    page = client.get("/console/claims").text

    assert claim.id not in page
    assert "账户余额" not in page
    assert client.get(f"/console/claims/{claim.id}").status_code == 404


def test_an_approval_is_undone_with_a_ground_a_reason_and_a_tick_and_the_claims_life_tells_it(service, claim):
    client = officer_of(service, roles=["officer"])
    path = f"/console/claims/{claim.id}"
    assert "/undo" not in client.get(path).text  # nothing is approved yet
    assert post(client, f"{path}/undo", ground="evidence", reason="补到回执", sure="1").status_code == 409
    assert post(client, f"{path}/decide", decision="approve", reason="属实").status_code == 303
    page = client.get(path).text

    unsure = post(client, f"{path}/undo", ground="evidence", reason="补到回执")
    baseless = post(client, f"{path}/undo", reason="补到回执", sure="1")
    silent = post(client, f"{path}/undo", ground="evidence", sure="1")
    assert state_of(service, claim) == "approved"
    undone = post(client, f"{path}/undo", ground="evidence", reason="补到回执", sure="1")
    after = client.get(path).text

    assert f'action="{path}/undo"' in page
    assert "我已核对：订单 o-1 的 1,280.00 元不应赔付" in page
    assert [each.status_code for each in (unsure, baseless, silent)] == [422, 422, 422]
    assert "请勾选确认后再撤销" in unsure.text
    assert 'value="补到回执"' in unsure.text
    assert undone.status_code == 303
    assert state_of(service, claim) == "rejected"
    assert "订单 o-1 的理赔单：已驳回" in after
    assert "撤销了 林晓雯 的批准" in after
    assert "/undo" not in after


def test_what_two_approved_stays_unpaid_once_one_of_them_takes_it_back_and_the_other_rejects_it(service):
    put_officer(service, roles=["finance"])
    put_officer(service, username="wen", display_name="温如", roles=["finance"])
    lin, wen = sign_in(service)[0], sign_in(service, "wen")[0]
    dear = {"shop_id": "shop-1", "order_id": "o-dear", "cause": "guarantee_fake", "paid_fen": 280_000}
    opened = open_for_buyer(service.parts, **dear, reason="仿品", caller=LIN, now=service.clock())
    path = f"/console/claims/{opened.claim.id}"
    for client in (lin, wen):
        assert post(client, f"{path}/decide", decision="approve", reason="鉴定有效").status_code == 303

    page = lin.get(path).text
    taken = post(lin, f"{path}/undo", ground="evidence", reason="鉴定已撤回", sure="1")
    own, others = lin.get(path).text, wen.get(path).text
    alone = post(lin, f"{path}/decide", decision="reject", ground="evidence", reason="鉴定已撤回")

    assert "您撤销后立即停付，须由另一位专员驳回" in page
    assert (taken.status_code, state_of(service, opened.claim)) == (303, "assessed")
    assert "您已撤销批准并提请驳回（证据表明商家已履约：鉴定已撤回）" in own
    assert "林晓雯 已撤销批准并提请驳回（证据表明商家已履约：鉴定已撤回）。您驳回后生效" in others
    assert "撤销了 林晓雯、温如 的批准" in others
    assert (alone.status_code, "须由另一人决定" in alone.text) == (403, True)
    assert post(wen, f"{path}/decide", decision="reject", ground="evidence", reason="属实").status_code == 303
    assert state_of(service, opened.claim) == "rejected"


def test_whoever_only_reads_is_offered_no_undo(service, claim):
    client = officer_of(service, roles=["officer"])
    post(client, f"/console/claims/{claim.id}/decide", decision="approve", reason="属实")
    put_officer(service, "bo", roles=["viewer"])
    bo = sign_in(service, "bo")[0]

    assert "/undo" not in bo.get(f"/console/claims/{claim.id}").text
    refused = post(bo, f"/console/claims/{claim.id}/undo", ground="evidence", reason="x", sure="1")
    assert (refused.status_code, state_of(service, claim)) == (403, "approved")
