"""Personal data is seen where it stands in the original, and nowhere else. All numbers are made by formula."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.text.digit_view import DIGITS, as_digits
from app.text.identifiers import is_credit_code
from app.text.personal_data import find_personal_data, redact

HONEST = Path(__file__).with_name("honest_titles.txt").read_text(encoding="utf-8").splitlines()
TRAPS = Path(__file__).with_name("honest_numbers.txt").read_text(encoding="utf-8").splitlines()
ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
USCC_LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def mobile(seed: int = 0) -> str:
    return f"1{3 + seed % 7}{(seed * 7_654_321 + 123_456_789) % 10**9:09d}"


def landline(seed: int = 0) -> str:
    return f"0571-8{(seed * 54_321 + 1_234_567) % 10**7:07d}"


def resident_id(seed: int = 0, *, region: str = "110101", born: str = "19620214") -> str:
    body = f"{region}{born}{(seed * 37 + 101) % 1000:03d}"
    remainder = sum(int(digit) * weight for digit, weight in zip(body, ID_WEIGHTS, strict=True)) % 11
    return body + "10X98765432"[remainder]


def with_luhn(body: str) -> str:
    total = 0
    for position, digit in enumerate(reversed(body)):
        value = int(digit) * (2 if position % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return body + str(-total % 10)


def bank_card(seed: int = 0) -> str:
    return with_luhn(f"622848{(seed * 987_654 + 123_456_789_012) % 10**12:012d}")


def uscc(seed: int = 0) -> str:
    body = f"91350100M{(seed * 7919 + 1234567) % 10**8:08d}"
    total = sum(USCC_LETTERS.index(char) * pow(3, i, 31) for i, char in enumerate(body))
    return body + USCC_LETTERS[-total % 31]


def kinds_in(text: str) -> list[str]:
    return [kind for _, _, kind in find_personal_data(text)]


def found_in(text: str) -> list[tuple[str, str]]:
    return [(text[start:end], kind) for start, end, kind in find_personal_data(text)]


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize(
    ("kind", "value", "sentence"),
    [
        ("mobile", mobile, "有事打电话{}找我"),
        ("landline", landline, "座机{}白天有人"),
        ("resident_id", resident_id, "身份证号{}请核对"),
        ("bank_card", bank_card, "卡号{}建设银行"),
        ("uscc", uscc, "营业执照{}可查"),
    ],
)
def test_a_datum_between_chinese_is_found_exactly(kind, value, sentence, seed) -> None:
    text = sentence.format(value(seed))

    assert found_in(text) == [(value(seed), kind)]


@pytest.mark.parametrize(
    ("text", "value", "kind"),
    [
        ("护照号E12340987已过期", "E12340987", "passport"),
        ("车牌京A12B45请挪车", "京A12B45", "plate"),
        ("新能源粤BD12345停这里", "粤BD12345", "plate"),
        ("发到li.hua_01@example.com吧", "li.hua_01@example.com", "email"),
        ("微信号：abc_12345 备注来意", "abc_12345", "wechat_id"),
        ("加徽❤信 vx12345", "vx12345", "wechat_id"),
        ("QQ：312345678", "312345678", "qq"),
    ],
)
def test_the_other_kinds_are_found_exactly(text, value, kind) -> None:
    assert (value, kind) in found_in(text)


@pytest.mark.parametrize("region", ["810000", "820000", "830000", "911840", "944156"])
def test_a_residence_permit_has_a_kind_of_its_own(region) -> None:
    number = resident_id(3, region=region)

    assert found_in(f"证件{number}有效") == [(number, "residence_permit")]
    assert find_personal_data(f"证件{wrong_check(number)}有效") == []


def test_an_old_permanent_residence_card_needs_a_word_for_it() -> None:
    assert found_in("永居证号USA110190010112已换发") == [("USA110190010112", "residence_permit")]
    assert find_personal_data("料号USA110190010112已换发") == []
    assert find_personal_data("永居证号USA110190019912已换发") == []


@pytest.mark.parametrize(
    ("text", "address"),
    [
        (
            "我住在浙江省杭州市西湖区文三路5号阳光小区3栋2单元501室。",
            "浙江省杭州市西湖区文三路5号阳光小区3栋2单元501室",
        ),
        ("我家住在阳光小区三栋二单元501，来玩", "阳光小区三栋二单元501"),
        ("收货地址：上海市浦东新区世纪大道100号，谢谢", "上海市浦东新区世纪大道100号"),
        ("寄到四川省成都市武侯区人民南路四段九號院3棟1201室", "四川省成都市武侯区人民南路四段九號院3棟1201室"),
        ("地址北京市朝阳区建国路甲９２号院３号楼１单元１２０１", "北京市朝阳区建国路甲９２号院３号楼１单元１２０１"),
    ],
)
def test_a_home_address_is_found_where_it_stands(text, address) -> None:
    assert found_in(text) == [(address, "address")]


def spaced(number: str, gap: str) -> str:
    return gap.join((number[:3], number[3:7], number[7:]))


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(
    ("trick", "hide"),
    [
        ("spaces", lambda n: spaced(n, " ")),
        ("dashes", lambda n: spaced(n, "-")),
        ("full width", lambda n: n.translate({48 + i: 0xFF10 + i for i in range(10)})),
        ("bold", lambda n: n.translate({48 + i: 0x1D7CE + i for i in range(10)})),
        ("circled", lambda n: n.translate({48: 0x24EA} | {49 + i: 0x2460 + i for i in range(9)})),
        ("Chinese numerals", lambda n: n.translate(dict(zip(range(48, 58), "零一二三四五六七八九", strict=True)))),
        ("banker's numerals", lambda n: n.translate(dict(zip(range(48, 58), "零壹贰叁肆伍陆柒捌玖", strict=True)))),
        ("zero width", "\u200b".join),
    ],
)
def test_a_hidden_mobile_is_found_where_it_stands(trick, hide, seed) -> None:
    hidden = hide(mobile(seed))
    text = f"拨打{hidden}，谢谢"

    assert found_in(text) == [(hidden, "mobile")], trick


PLAIN = "0123456789"
APART = {"space": " ", "hyphen": "-", "dot": ".", "star": "*", "comma": "、", "heart": "♥", "zero width": "\u200b"}
WRITTEN = {
    "numerals": "零一二三四五六七八九",
    "banker's": "零壹贰叁肆伍陆柒捌玖",
    "negative circled": "⓿❶❷❸❹❺❻❼❽❾",
    "parenthesised": "⓪⑴⑵⑶⑷⑸⑹⑺⑻⑼",
    "with a full stop": "🄀⒈⒉⒊⒋⒌⒍⒎⒏⒐",
    "double circled": "⓪⓵⓶⓷⓸⓹⓺⓻⓼⓽",
    "mixed": "⓿壹②三4❺⑹⒎八9",
}
HIDDEN = [
    *[
        (name, lambda n, written=written: n.translate(str.maketrans(PLAIN, written)))
        for name, written in WRITTEN.items()
    ],
    *[(name, lambda n, gap=gap: gap.join(n)) for name, gap in APART.items()],
    ("keycaps", lambda n: "".join(f"{digit}\ufe0f\u20e3" for digit in n)[:-2]),
    ("keycaps apart", lambda n: " ".join(f"{digit}\ufe0f\u20e3" for digit in n)[:-2]),
    ("many joiners", ("\u200d" * 9).join),
]


@pytest.mark.parametrize(("trick", "hide"), HIDDEN, ids=[name for name, _ in HIDDEN])
@pytest.mark.parametrize(
    ("sentence", "number", "kind"),
    [
        ("打{}就行", mobile(5), "mobile"),
        ("加QQ{}", "1000097531", "qq"),
        ("QQ群：{}，备注视频", "10000864", "qq"),
        ("扣扣{}聊", "100002468", "qq"),
        ("微信号：{}", "1000013579", "wechat_id"),
        ("想要的加薇信 {} 哈", "10000975", "wechat_id"),
    ],
)
def test_a_number_is_found_whole_in_any_script(sentence, number, kind, trick, hide) -> None:
    hidden = hide(number)

    assert found_in(sentence.format(hidden)) == [(hidden, kind)], trick


@pytest.mark.parametrize(
    "hidden", ["xiaodian一二〇七", "mami_1 2 0 7", "shop-1、2、0、7", "lulu1\ufe0f\u20e32\ufe0f\u20e30"]
)
def test_a_chat_id_whose_digits_are_hidden_is_found_whole(hidden) -> None:
    assert found_in(f"加微信{hidden}，备注小店") == [(hidden, "wechat_id")]


@pytest.mark.parametrize("text", ["加QQ10000975一起玩", "加微信10000975一起拍"])
def test_the_numeral_of_a_sentence_is_no_part_of_a_chat_id(text) -> None:
    assert [value for value, _ in found_in(text)] == ["10000975"]


@pytest.mark.parametrize("hidden", ["1380OO12345"[:9] + "34", "l3812345678", "138 OO12 l234", "1390000O12l"])
def test_letters_for_0_and_1_do_not_hide_a_mobile_of_eight_digits(hidden) -> None:
    assert found_in(f"打{hidden}找我") == [(hidden, "mobile")]


@pytest.mark.parametrize("text", ["打l3OOOOOl234找我", "型号A1380OO12345", "1380OO123456", "油耗 l3.8OO12345"])
def test_letters_are_no_digits_where_little_else_is_a_mobile(text) -> None:
    assert find_personal_data(text) == []


def test_the_class_of_digits_is_what_the_view_shows_as_digits() -> None:
    everything = "".join(chr(code) for code in range(0x110000) if not 0xD800 <= code < 0xE000)
    digit = re.compile(f"[{DIGITS}]")

    view = as_digits(everything, numerals=True)

    assert [
        char for char, seen in zip(everything, view, strict=True) if (seen in PLAIN) != bool(digit.match(char))
    ] == []


@pytest.mark.parametrize("text", ["唯一{}联系", "周三{}可打", "星期一至五{}", "打{}一定接", "电话{}三号楼"])
def test_a_chinese_numeral_of_the_sentence_does_not_swallow_a_mobile(text) -> None:
    assert found_in(text.format(mobile(6))) == [(mobile(6), "mobile")]


def test_a_country_code_does_not_hide_a_mobile() -> None:
    ((start, end, kind),) = find_personal_data(f"call +86 {mobile(1)} now")

    assert kind == "mobile"
    assert end == len(f"call +86 {mobile(1)}")
    assert start in {5, 9}


def wrong_check(number: str) -> str:
    return number[:-1] + ("1" if number[-1] != "1" else "2")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "原价1999现价899，库存12345件",
        "2026-11-23 10:04:31 准时开播",
        "快递单号" + "7" * 3 + mobile(2) + "99",
        "订单号3705115058471208928已发货",
        "ISBN " + "978" + "7" + "111" + "12345" + "6",
        "型号XK-2026A，尺码160/165/170/175",
        "尺码 160 165 170 175 180 全",
        "编号" + wrong_check(resident_id(1)),
        "代码" + wrong_check(uscc(1)),
        "长长的数字" + "9" * 60,
        "第一千二百三十四条 本法自二〇二一年十一月一日起施行。",
        "处二十万元以上一百万元以下的罚款；情节严重的，处一百万元以上二百万元以下的罚款。",
        "网址 https://example.com/a?id=123456789",
        "比赛得分3:2，用时1小时23分45秒",
        "iPhone17ProMax 256GB",
        "新A级纯棉婴儿服",
        "今日上新A12345款连衣裙",
        "全新B20045型滤芯",
    ],
)
def test_what_only_looks_like_a_number_is_left_alone(text) -> None:
    assert find_personal_data(text) == []


def test_honest_texts_full_of_numbers_hold_no_personal_data() -> None:
    assert len(TRAPS) > 100
    assert [(trap, found_in(trap)) for trap in TRAPS if find_personal_data(trap)] == []


def test_honest_titles_hold_no_personal_data() -> None:
    assert [(title, found_in(title)) for title in HONEST if find_personal_data(title)] == []


@pytest.mark.parametrize("value", ["abc_12345", "312345678"])
def test_an_account_name_needs_a_context(value) -> None:
    assert find_personal_data(f"编码 {value} 的零件") == []


def test_a_card_number_that_fails_its_check_counts_only_beside_a_word_for_cards() -> None:
    wrong = wrong_check(bank_card(5))

    assert find_personal_data(f"数字{wrong}结束") == []
    assert kinds_in(f"银行卡号{wrong}结束") == ["bank_card"]


@pytest.mark.parametrize("first", "34569")
@pytest.mark.parametrize("digits", range(14, 20))
def test_a_number_that_ends_with_an_x_is_nobodys_unless_it_is_an_identity_number(first, digits) -> None:
    assert find_personal_data(f"编号{first}{'12345678900987654321'[:digits]}X的") == []


@pytest.mark.parametrize("width", [0, 0xFEE0], ids=["narrow", "wide"])
def test_a_credit_code_with_six_digits_among_letters_is_found(width) -> None:
    code = next(code for last in USCC_LETTERS if is_credit_code((code := f"MA350211MAHNPQRTU{last}").lower()))

    assert kinds_in("执照" + "".join(chr(ord(letter) + width) for letter in code) + "可查") == ["uscc"]


def test_several_data_of_one_text_come_in_order_and_apart() -> None:
    text = f"电话{mobile(1)}或{mobile(2)}，邮箱li@example.com，身份证{resident_id(7)}"

    assert kinds_in(text) == ["mobile", "mobile", "email", "resident_id"]


@pytest.mark.parametrize("make", [mobile, landline, resident_id, bank_card, uscc])
def test_a_redacted_text_keeps_its_length_and_gives_nothing_away(make) -> None:
    value = make(4)
    text = f"联系{value}卡号"

    clean = redact(text, find_personal_data(text))

    assert len(clean) == len(text)
    assert clean.startswith("联系")
    assert clean.endswith("卡号")
    assert value not in clean
    assert find_personal_data(clean) == []
    assert sum(a != b for a, b in zip(text, clean, strict=True)) >= 4


VALUES = (mobile(1), resident_id(2), bank_card(3), uscc(4), "li@example.com", "京A12B45", "护照E12340987")
SMALL = ("微信", "QQ", "1", "a", " ", "-", "，", "号", "\u200b", "😀", "\ud800", "八", "①", "@", ".", "\0")
PIECES = st.sampled_from(VALUES + SMALL)


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES | st.text(max_size=5), max_size=20).map("".join))
def test_spans_are_ordered_apart_and_inside_and_redaction_touches_nothing_else(text) -> None:
    spans = find_personal_data(text)

    clean = redact(text, spans)

    edges = [edge for start, end, _ in spans for edge in (start, end)]
    outside = set(range(len(text))).difference(*(range(start, end) for start, end, _ in spans))
    assert edges == sorted(edges)
    assert all(0 <= start < end <= len(text) for start, end, _ in spans)
    assert len(clean) == len(text)
    assert all(clean[at] == text[at] for at in outside)


@pytest.mark.parametrize(
    "unit",
    [
        "1",
        "13",
        "138 ",
        "1-",
        "一",
        "微信",
        "微信a",
        "a@",
        "a.",
        "a@a.",
        "京A",
        "京A1",
        "0571-",
        "E",
        "6",
        "62",
        "①",
        "qq1",
        "\u200b1",
        "qq1 0 ",
        "加微信a1 ",
        "加微信1\u200b",
        "1️⃣",
        "⑴",
        "壹",
        "3栋2单元",
        "阳光小区3栋",
        "住在路1号",
        "l3OOOO",
        "永居",
    ],
)
def test_almost_data_without_end_costs_linear_time(unit) -> None:
    assert seconds_for(unit, 100_000) < 6  # what is not linear takes minutes


@pytest.mark.parametrize(
    "unit", ["138 ", "a@a.", "一", "1️⃣", "qq1 0 0 ", "加微信a一", "小区3栋2单元", "1" + "\u200b" * 999]
)
def test_a_megabyte_of_almost_data_is_read_in_seconds(unit) -> None:
    assert seconds_for(unit, 1_000_000) < 50


def seconds_for(unit: str, length: int) -> float:
    text = unit * (length // len(unit))
    began = time.process_time()
    find_personal_data(text)
    return time.process_time() - began
