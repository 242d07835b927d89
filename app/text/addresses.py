"""Home addresses: a road, village or estate with building and room behind it.

Conservative on purpose. Where a shop is (`文三路12号`, `万达广场3号楼2层201铺`) is no personal datum, and sellers say
it all day; so a find needs a room behind a building (`阳光小区3栋2单元501室`), or words that say somebody lives there
or wants parcels there (`家住`, `收货地址`) before a road and a number.

Everything is anchored at the numbers and looks a bounded way back, so the time is linear.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

Span = tuple[int, int, str]

_COUNT = "(?:[0-9十百]{1,5}[a-z]?|(?<![a-z])[a-z])"
_PART = f"{_COUNT}(?:-[0-9]{{1,4}})?\\s?(?:号楼|号院|号|弄|栋|幢|座|单元|楼|层|室|户|房)"
_TAIL = re.compile(f"(?<![0-9十百a-z.])(?:{_PART}[,、\\s]{{0,2}}){{1,6}}(?:[0-9]{{3,4}}(?![0-9]))?")
_PARTS = re.compile(_PART)
_ROOM = re.compile("[0-9][室户房]|(?:单元|栋|幢|号楼|座)[,、\\s]{0,2}[0-9]{3,4}$")
_HOUSE = re.compile("[号栋幢弄]")
_NO_HOME = re.compile(r"\s?(?:铺|商铺|店|档口|摊|柜|展|仓|教室|包厢|包间|厅)")
_PLACE = re.compile(
    "(?:路|街|大道|道|巷|胡同|村|屯|小区|花园|家园|苑|公寓|城|园|里|庭|府|湾|坊|区|镇|乡|庄|宿舍|期|段)[甲乙丙丁]?\\s?$"
)
_LIVES = re.compile("(?:家住|住在|住址|(?:收货|收件|邮寄|家庭|寄件|快递)地址|寄到|寄往)")
_LEADS = re.compile("家住|住在|住址|地址|寄到|寄往|发到|送到|位于|就在|我在|在|[是为]")
_PROVINCE = re.compile(
    "北京|天津|上海|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州|云南|陕西"
    "|甘肃|青海|台湾|内蒙古|广西|西藏|宁夏|新疆|香港|澳门"
)
_STRETCH = re.compile("[一-鿿0-9 ]{2,40}$")
_LOOK_BACK, _UNSAID = 48, 14


def addresses_in(view: str) -> list[Span]:
    """Spans of home addresses in a digit view with numerals, by start, not overlapping; linear."""
    found: list[Span] = []
    for start, end in _addresses(view):
        goes_on = bool(found) and start < found[-1][1]  # a road with its number, and then the estate in it
        found.append((found.pop()[0] if goes_on else start, end, "address"))
    return found


def _addresses(view: str) -> Iterator[tuple[int, int]]:
    for tail in _TAIL.finditer(view):
        before = view[max(0, tail.start() - _LOOK_BACK) : tail.start()]
        stretch = _STRETCH.search(before)
        if stretch is None or not _PLACE.search(before) or _NO_HOME.match(view, tail.end()):
            continue
        said = tail[0].rstrip(" ,、\t\n")
        has_room = len(_PARTS.findall(said)) > 1 or not said.endswith(("室", "户", "房"))
        if (has_room and _ROOM.search(said)) or (_LIVES.search(before) and _HOUSE.search(said)):
            end = tail.start() + len(said)
            yield tail.start() - len(stretch[0]) + _begins(stretch[0]), end


def _begins(stretch: str) -> int:
    """Where in the words before its numbers an address begins: at its province, else behind `住在` and the like."""
    leads = [lead.end() for lead in _LEADS.finditer(stretch)]
    start = leads[-1] if leads else 0
    province = _PROVINCE.search(stretch, start) or _PROVINCE.search(stretch)
    if province:
        start = province.start()
    elif not leads:
        start = max(0, len(stretch) - _UNSAID)
    return start + len(stretch[start:]) - len(stretch[start:].lstrip())
