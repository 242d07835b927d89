"""WeChat ids and QQ numbers, which count only beside a word that names them, however their digits are written.

A number may stand in one piece (with what nobody sees or hearts between its digits) or be spread digit by digit
(`1 0 0 …`, `1、0、0 …`, keycaps). One that is spread out, or in Chinese numerals, and only counts upwards
(`QQ群1、2、3、4、5`) is a list.

What would surprise: everything runs over the digit view, once with Chinese numerals read as digits and once without,
because in `加QQ10000123一起玩` the 一 belongs to the sentence; see `chat_ids`.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

from app.text.number_runs import INVISIBLE, JOIN

Span = tuple[int, int, str]

_APART = f"(?:[{INVISIBLE}]+|[{INVISIBLE}]*(?:[^0-9a-z\n一-鿿{INVISIBLE}][{INVISIBLE}]*){{1,3}})"
# What follows an amount rather than a number of one's own; and not a piece of a decimal.
_NO_AMOUNT = r"(?![0-9])(?!\.[0-9])(?!\s?[+%w元块万亿千人位名个粉次条折分页集款套])"


def _number(least: int, most: int) -> str:
    """Digits apart, else digits in one piece; `least` and `most` count the digits after the first."""
    apart = f"[1-9](?:{_APART}[0-9]){{{least},{most}}}(?!{_APART}?[0-9])"
    return f"(?:{apart}|[1-9](?:{JOIN}[0-9]){{{least},{most}}})" + _NO_AMOUNT


_NOT_A_PERSONS = "(?!支付|交易|订单|商户|流水|公众|转账|红包|读书|视频|小程序|小店|小商店|版本|运动|账单|收款)"
_WECHAT = re.compile(
    r"(?P<asks>[加+➕联系找]{0,2}[^a-z0-9\n]{0,2})"
    rf"(?:[微薇威徽][信❤]{_NOT_A_PERSONS}|(?:(?<![一-鿿])|(?<=[加我的]))[微薇威徽溦卫🛰💚]\ufe0f?我?(?=[:：])"
    r"|(?<![a-z0-9])(?:v信|vx|wx|wechat|weixin|v(?=[^a-z])))"
    r"(?P<mark>[^a-z0-9\n]{0,4}(?:号码?|id|账号|:|=|是|为)[^a-z0-9\n]{0,4}|[^a-z0-9\n]{0,2})"
    rf"(?P<id>[a-z][-_a-z]{{2,15}}[0-9](?:{_APART}[0-9]){{2,8}}(?!{_APART}?[0-9])"
    rf"|[a-z][-_a-z0-9]{{5,19}}(?![0-9a-z_-])|{_number(5, 9)}(?![a-z_-]))"
)
_WECHAT_ASKS = re.compile(r"[加+➕联系找]")
_WECHAT_MARK = re.compile(r"号|id|:|=|是|为")
_QQ = re.compile(
    r"(?<![a-z0-9])(?:qq|扣扣|抠抠|蔻蔻|企鹅|🐧|q群|q号|[扣q](?=[:：]))(?:号码?|群号?|是|为)?"
    rf"[\s:,=【\[(「“\"'{INVISIBLE}]{{0,4}}(?P<id>{_number(4, 10)})"
)
# What names other channels, or WeChat by its colour or sound, and then a sign: without one it says too little.
OTHER_CHANNELS = (
    "(?:(?<![a-z])(?:tg|telegram|ins|line|whatsapp|we chat|skype|kakao)|[纸小]?飞机|电报|绿泡泡|绿色的"
    "|[维围唯喂崴葳][信芯心星]|卫[信芯心])"
)
NAMED_IDS = re.compile(
    rf"{OTHER_CHANNELS}(?:号|id)?\s{{0,2}}(?:[:：]\s{{0,2}}@?|@)(?P<id>[a-z][-_a-z0-9]{{3,19}}[0-9])(?![0-9a-z_-])",
    re.IGNORECASE,
)
_COUNTED = 5


def chat_ids(view: str, with_numerals: str) -> list[Span]:
    """Spans of WeChat ids and QQ numbers, found in either view; of two that begin alike the better reading is first."""
    plain = [*_ids(view, view)]
    if with_numerals == view:
        return plain
    ends = {start: end for start, end, _ in plain}
    return [span for span in _ids(with_numerals, view) if not _ends_in_the_sentence(view, span, ends)] + plain


def _ends_in_the_sentence(view: str, span: Span, ends: dict[int, int]) -> bool:
    """Whether the only numeral of a number is its last and Chinese goes on after it: `10000123一起`."""
    start, end, _ = span
    return ends.get(start) == end - 1 and "一" <= view[end : end + 1] <= "鿿"


def _ids(view: str, plain: str) -> Iterator[Span]:
    for match in _WECHAT.finditer(view):
        if _names_an_id(match) and not _counts_up(match, plain):
            yield *match.span("id"), "wechat_id"
    for match in _QQ.finditer(view):
        if not _counts_up(match, plain):
            yield *match.span("id"), "qq"


def _names_an_id(match: re.Match[str]) -> bool:
    """A chat id needs more than a word before it: a mark (`号`, `:`), or an invitation (`加`) and more than letters."""
    if _WECHAT_MARK.search(match["mark"]):
        return True
    return bool(_WECHAT_ASKS.search(match["asks"])) and not match["id"].isalpha()


def _counts_up(match: re.Match[str], plain: str) -> bool:
    """Whether numerals, or digits written apart, go 1, 2, 3 …: the numbers of groups, verses or storeys."""
    number = match["id"]
    digits = [int(char) for char in number if char.isdecimal()]
    is_said = number[0].isdecimal() and (len(digits) < len(number) or plain[slice(*match.span("id"))] != number)
    return is_said and len(digits) >= _COUNTED and all(b - a == 1 for a, b in itertools.pairwise(digits))
