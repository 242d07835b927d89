"""One field finds the case a customer on the telephone means, whatever number or words they have."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from app.models import Appeal, Case, CaseMember, Claim, Content, Order, Screening, Shop
from tests.console import officer_of, put_case, put_officer, sign_in
from tests.factories import make_content, make_screening
from tests.service import START, make_service

LINK = re.compile(r'class="row-link" href="/console/cases/([0-9a-f-]{36})')


@pytest.fixture
def service(database, tmp_path):
    return make_service(database, tmp_path)


def found(client, search):
    return LINK.findall(client.get("/console/cases", query_string={"q": search}).text)


def put_shop(session, shop_id, name):
    session.add(Shop(id=shop_id, name=name, created_at=START))


def of_claims(service):
    """A claim with a case, one without, and the order they are about; their numbers."""
    case_id = put_case(service, subject_type="claim", subject="?", content={"content_id": "c-9"})

    def work(session):
        values = {
            "shop_id": "shop-1",
            "cause": "late_dispatch",
            "state": "waiting",
            "amount_fen": 500,
            "paid_fen": 0,
            "basis": {},
        }
        values |= {"opened_by": "t", "opened_at": START, "settles_at": START, "event_id": "e", "changed_at": START}
        values |= {"needs_person": True, "waits_for": ["person"], "payouts": 0, "recovered_fen": 0}
        put_shop(session, "shop-1", "shop-1")
        made = [Claim(**values, order_id=f"ORD-{number}", item=str(number)) for number in (1, 2)]
        session.add_all(
            [*made, Order(shop_id="shop-1", order_id="ORD-1", subject="ORD-1", version=1, updated_at=START)]
        )
        session.flush()
        session.scalar(select(Order)).transaction_id = "4200002026112000123456789012"
        session.get(Case, case_id).subject = made[0].id
        return [each.id for each in made]

    return case_id, service.parts.db.write(work)


def test_a_case_is_found_by_its_own_its_contents_its_screenings_and_its_appeals_number(service):
    case_id = put_case(service, content={"content_id": "Video-ABC-1"})
    put_case(service, content={"content_id": "other"})
    client = officer_of(service)

    def work(session):
        case = session.get(Case, case_id)
        appeal = Appeal(case_id=case_id, shop_id="shop-1", state="offered", offered_by="t", offered_at=START)
        appeal.link_expires_at = START
        session.add(appeal)
        session.flush()
        return case.screening_id, appeal.id

    numbers = [case_id, *service.parts.db.write(work), "Video-ABC-1"]

    for number in numbers:
        wide = "".join(chr(ord(each) + 0xFEE0) for each in number)
        for typed in (number, f"  {number}\u3000", f"\u200b{number}\t", wide):
            assert found(client, typed) == [case_id], typed
    assert all(found(client, number.upper()) == [case_id] for number in numbers[:3])
    assert found(client, "Video-ABC-2") == []


def test_a_content_behind_a_case_is_found_by_its_number_and_its_screenings(service):
    case_id = put_case(service, size=2)

    def work(session):
        made = make_content(session, shop_id="shop-1", content_id="behind-1")
        row = make_screening(session, made)
        member = {"folded_digest": row.folded_digest, "content_pk": made.id, "screening_id": row.id}
        session.add(CaseMember(case_id=case_id, **member, joined_at=START))
        return row.id

    client, screening_id = officer_of(service), service.parts.db.write(work)

    assert found(client, "behind-1") == found(client, screening_id) == [case_id]


def test_claims_orders_and_payments_lead_to_their_case_and_to_the_claim(service):
    case_id, (first, second) = of_claims(service)
    order_case = put_case(service, subject_type="order", subject="ORD-1", content={"content_id": "c-8"})
    client = officer_of(service)

    assert found(client, first) == found(client, first.upper()) == [case_id]
    assert set(found(client, " ord-1 ")) == {case_id, order_case}
    assert found(client, "4200002026112000123456789012") == [order_case]
    page = client.get("/console/cases", query_string={"q": second}).text
    assert (f'href="/console/claims/{second}"' in page, LINK.findall(page)) == (True, [])


def test_a_shop_is_found_by_a_part_of_its_name_and_words_in_texts_of_open_cases(service):
    case_id = put_case(service, fields={"text": "全网 Best 面膜"}, shop_id="shop-7", content={"content_id": "c-7"})

    def work(session):
        put_shop(session, "shop-7", "小满茶铺 100%")
        session.get(Screening, session.get(Case, case_id).screening_id).excerpt = "全网 Best 面膜"

    service.parts.db.write(work)
    other = put_case(service, content={"content_id": "c-6"})
    client = officer_of(service)

    assert found(client, "满茶") == found(client, "茶铺 １００％") == found(client, "shop-7") == [case_id]
    assert found(client, "网Ｂest面") == [case_id]
    assert found(client, "%") != [other]
    assert "文字只在最先到期的" in client.get("/console/cases", query_string={"q": "没有的字"}).text
    assert 'href="/console/cases?state=all&amp;shop=shop-7"' in client.get("/console/cases?q=小满茶铺").text


def test_nothing_of_other_shops_is_found(service):
    case_id, (first, second) = of_claims(service)
    put_officer(service, shop_ids=["shop-2"])
    client, _ = sign_in(service)
    with service.parts.db.read() as session:
        content = session.get(Content, session.get(Case, case_id).content_pk)

    for typed in (case_id, first, second, "ORD-1", "4200002026112000123456789012", content.content_id, "shop-1"):
        page = client.get("/console/cases", query_string={"q": typed}).text
        assert LINK.findall(page) == []
        assert "/console/claims/" not in page
        assert "shop=shop-1" not in page
