"""No text is left out in which personal data is found, whatever stands beside it in an archive."""

from __future__ import annotations

import re
import sys

from hypothesis import given, settings
from hypothesis import strategies as st

from app.text.personal_data import find_personal_data
from app.text.personal_together import CLASSES, may_hold_personal_data
from bench.tricks import contacts

PARTS = (
    *("138", "0013", "8000", "１３８", "壹三八", "①③⑧", "❤", "\u200b", "-", " ", "x", "\n", "l3OO", "I", "O8", "🄀"),
    *(
        "加",
        "微",
        "信",
        "v",
        "X",
        "扣",
        "群",
        "号",
        "➕",
        "@",
        "＠",
        "a.com",
        "qq",
        "京",
        "A",
        "12345",
        "护照",
        "e1234567",
        "91350211M000100Y4",
        "93123456",
        "MAHNPQRTU",
    ),
    *("幸福路", "3号", "楼", "2单元", "室", "住", "电话", "010", "的", "。", "\ud800", "𠮷", ""),
)
TEXTS = st.lists(st.lists(st.sampled_from(PARTS), max_size=9).map("".join), max_size=9)


@settings(max_examples=600, deadline=None)
@given(TEXTS)
def test_no_text_with_personal_data_is_left_out(texts) -> None:
    assert _holding(texts) <= set(may_hold_personal_data(texts))


def test_no_hidden_contact_is_left_out() -> None:
    for row in contacts.rows():
        texts = [contact.text for contact in contacts.contacts(row, count=40)]

        assert _holding(texts) <= set(may_hold_personal_data(texts)), row


def test_what_only_looks_like_it_from_far_is_left_out() -> None:
    texts = [
        "第20480期 3号",
        "第204801期 3号",
        "一二三四五六 第204802",
        "打13个蛋",
        "138",
        "0013",
        "8000",
        "沪牌",
        "微笑",
        "室",
        "1号",
        "二三四五六的七",
        "1380OO",
    ]

    assert may_hold_personal_data(texts) == []
    assert may_hold_personal_data([]) == []


def test_no_character_beyond_those_told_apart_is_of_any_class() -> None:
    beyond = "".join(map(chr, range(0x1FFFF, sys.maxunicode + 1)))

    assert re.search(f"[{''.join(CLASSES)}]", beyond) is None


def _holding(texts):
    return {at for at, text in enumerate(texts) if find_personal_data(text)}
