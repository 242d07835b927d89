"""A number or an id that is given to be written to is for a person, however its digits are written; others are not."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.text.constructions import read_closely, with_contacts
from app.text.passage import TextField
from app.text.personal_data import find_personal_data
from app.text.words import Context
from app.values.deciding import Verdict
from tests.parts.text.test_constructions import NO_WORDS

CONTEXT = Context("comment", datetime(2026, 11, 25, tzinfo=UTC))
GIVEN = [
    ("加我 一三八零零一三八零零零", "加我"),
    ("要的微①③⑧⓪⓪①③⑧⓪⓪⓪", "微"),
    ("138零零一38000加我", "加我"),
    ("wx：aa778899", "wx"),
    ("威：lili6677 备注来意", "威"),
    ("🐧2233445566", "🐧"),
    ("纸飞机：xiaomei66", "纸飞机"),
    ("维信：xiaomei66", "维信"),
]
DISGUISED = [
    ("一③八0０一叁8零〇0", "一③八"),
    ("1⃣3⃣8⃣0⃣0⃣1⃣3⃣8⃣0⃣0⃣0⃣", "1⃣3⃣8"),
    ("ⅠⅢⅧ00138000", "ⅠⅢⅧ"),
    ("138 0013 8OOO", "138"),
]
KEPT = [
    "13800138000",
    "１３８００１３８０００",
    "收货电话13800138000",
    "客服电话 13800138000",
    "有人冒充店主，让加微信 wx：aa778899，是骗子",
    "有没有人加过 wx：aa778899",
    "参加活动编号 13800138000",
    "比例尺：abc1234",
]


def given(text: str):
    fields = [TextField("text", text)]
    personal = [(fields[0], spans)] if (spans := find_personal_data(text)) else []
    scan = read_closely(NO_WORDS, fields, CONTEXT)._replace(hits=())
    return with_contacts(NO_WORDS, scan, fields, CONTEXT, personal).hits


@pytest.mark.parametrize(("text", "place"), [*GIVEN, *DISGUISED])
def test_a_contact_given_is_for_a_person_and_shown_without_its_number(text, place):
    [hit] = given(text)

    assert (hit.text, text[hit.start : hit.end]) == (place, place)
    assert (hit.category, hit.verdict) == ("off_platform_diversion", Verdict.REVIEW)


@pytest.mark.parametrize("text", KEPT)
def test_a_number_that_nobody_is_asked_to_use_is_none(text):
    assert given(text) == ()
