"""Phone numbers, QQ numbers and WeChat ids as sellers hide them. All made up by formula, none anybody's.

A mobile number has 0000 after its operator's prefix, a QQ number begins with 10000, a WeChat id is a word and digits.
"""

from __future__ import annotations

from random import Random
from typing import NamedTuple

SENTENCES = {
    "mobile": (
        "有问题打{}就行",
        "电话{}",
        "{}随时打给我",
        "下单请拨 {} 咨询",
        "联系：{}，谢谢",
        "老板手机{}😊",
        "看中了就call我{}",
        "厂家直发【{}】",
    ),
    "qq": ("加QQ{}", "QQ号：{}", "扣扣{}聊", "进群找我，QQ群{}", "qq: {} 备注视频"),
    "wechat_id": ("加微信{}", "微信号：{}", "想要的加薇信 {} 哈", "加我vx{}", "加v信{}，备注小店", "联系微信{}"),
}
PLAIN = "0123456789"
NUMERALS = {
    "full-width digits": "０１２３４５６７８９",
    "一三八": "零一二三四五六七八九",
    "壹叁捌": "零壹贰叁肆伍陆柒捌玖",
    "circled digits": "⓪①②③④⑤⑥⑦⑧⑨",
    "negative circled digits": "⓿❶❷❸❹❺❻❼❽❾",
    "bold digits": "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗",
    "superscript digits": "⁰¹²³⁴⁵⁶⁷⁸⁹",
    "parenthesised digits": "⓪⑴⑵⑶⑷⑸⑹⑺⑻⑼",
    "digits with a full stop": "🄀⒈⒉⒊⒋⒌⒍⒎⒏⒐",
}
SEPARATORS = {
    "space between": " ",
    "hyphen between": "-",
    ". between": ".",
    "* between": "*",
    "、 between": "、",
    "♥ between": "♥",
    "zero width space between": "\u200b",
}
BARRED = {"as written", *list(NUMERALS)[:5], "mixed digits", *SEPARATORS}


class Contact(NamedTuple):
    """A text with a contact planted, its first digit or letter at `start` and its last before `end`, and its kind."""

    text: str
    start: int
    end: int
    kind: str


def rows() -> list[str]:
    return ["as written", *NUMERALS, "mixed digits", "keycaps", "O and l for 0 and 1", *SEPARATORS]


def contacts(row: str, *, count: int) -> list[Contact]:
    """`count` contacts of each kind, hidden in the row's way."""
    chance = Random(f"contacts {row}")
    found = []
    for kind, sentences in SENTENCES.items():
        if kind == "wechat_id" and row in {"hyphen between", "O and l for 0 and 1"}:
            continue  # both may stand in an id
        for _ in range(count):
            head, tail = chance.choice(sentences).split("{}")
            hidden = _hidden(row, _made(kind, chance), chance)
            last = max(place for place, char in enumerate(hidden) if char.isalnum())
            found.append(Contact(head + hidden + tail, len(head), len(head) + last + 1, kind))
    return found


def _made(kind: str, chance: Random) -> str:
    if kind == "mobile":
        return f"1{chance.choice('3456789')}{chance.randrange(10)}0000{chance.randrange(10_000):04}"
    if kind == "qq" or chance.random() < 0.5:  # an id may be a number too
        return f"10000{chance.randrange(10_000, 100_000)}"[: chance.randint(8, 10)]
    return chance.choice(("xiaodian", "mami_", "shop-", "lulu")) + f"{chance.randrange(1000, 100_000)}"


def _hidden(row: str, value: str, chance: Random) -> str:
    if row in NUMERALS:
        return _by_digit(value, lambda digit: NUMERALS[row][digit])
    if row == "mixed digits":
        choices = (PLAIN, *list(NUMERALS.values())[:5])
        return _by_digit(value, lambda digit: chance.choice(choices)[digit])
    if row == "keycaps":
        return _by_digit(value, lambda digit: f"{digit}\ufe0f\u20e3")
    if row in SEPARATORS:
        letters = value.rstrip(PLAIN)
        return letters + SEPARATORS[row].join(value.removeprefix(letters))
    return value.replace("0", "O").replace("1", "l") if row.startswith("O ") else value


def _by_digit(value: str, write) -> str:
    return "".join(write(int(char)) if char.isdigit() else char for char in value)
