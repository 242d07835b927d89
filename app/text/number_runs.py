"""Telling which runs of digits are somebody's number: mobile, landline, resident id, bank card.

A run is cut into groups by spaces, dashes and the like; stray symbols that nobody writes in a number (hearts,
zero-width characters) join instead of cutting. The groups must then have a number's shape, so that a list of sizes is
none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from app.text.identifiers import is_card_number, is_residence_permit, is_resident_id

Group = tuple[int, int, str]
Span = tuple[int, int, str]

# What nobody sees, any number of which may stand between two digits: joiners, direction marks, keycap frames, tags.
INVISIBLE = (
    "\u00ad\u0300-\u036f\u200b-\u200f\u202a-\u202e\u2060-\u2069\u20d0-\u20f0\ufe00-\ufe0f\ufeff\U000e0000-\U000e01ef"
)
CUTS = r"\s.,;:/|~*#()\[\]+=_—–、，。·\-"


def _between(symbols: str, *, most: int) -> str:
    """At most some visible symbols with invisible ones about them; no two ways to read one text, so linear."""
    return f"[{INVISIBLE}]*(?:[{symbols}{INVISIBLE}][{INVISIBLE}]*){{0,{most}}}"


GAP = _between(r"^0-9a-zA-Z\n一-鿿", most=2)
JOIN = _between(f"^0-9a-z一-鿿{CUTS}", most=2)
_RUN = re.compile(f"[0-9](?:{GAP}[0-9])*x?")
_GROUP = re.compile(f"[0-9](?:{JOIN}[0-9])*")
# Shapes by how many groups they take: the lengths of the groups of a number written apart.
_SHAPES: tuple[tuple[int, ...], ...] = (
    (4, 4, 4, 4, 3),
    (4, 4, 4, 4, 2),
    (4, 4, 4, 4, 1),
    (4, 4, 4, 4),
    (6, 8, 4),
    (3, 4, 4),
)
_ONES: tuple[tuple[int, ...], ...] = ((1,) * 18, (1,) * 11)
_LANDLINE = re.compile(r"(?:010|02[0-57-9]|0[3-9][0-9]{2})[2-8][0-9]{6,7}")
_MOBILE = re.compile(r"(?:(?:00)?86)?1[3-9][0-9]{9}")
_LETTERED = re.compile(r"(?<![0-9a-z.])[1l][3-9][0-9oli][ -]?[0-9oli]{4}[ -]?[0-9oli]{4}(?![0-9a-z])")
_ENOUGH_DIGITS, _MOBILE_DIGITS = 8, 11
_CALL = re.compile(r"(?:电话|座机|热线|致电|来电|手机|传真|tel|phone)[^0-9\n]{0,6}$")
_CARD = re.compile(r"(?:银行卡|信用卡|储蓄卡|卡号|账号|账户|帐号|card)[^0-9\n]{0,8}$")
_CALLS = frozenset({"tel", "phone", "mobile", "v", "vx", "wx", "wechat", "weixin", "qq", "call", "mob"})
_LETTERS_BEFORE = re.compile(r"[a-z]+$")
_LETTERS_AFTER = re.compile(r"[a-z]+")
_LOOK_BACK = 16
_CARD_LENGTHS = range(16, 20)
_LANDLINE_SHAPES: tuple[tuple[int, ...], ...] = ((3, 8), (3, 7), (4, 7), (4, 8), (3, 4, 4), (4, 4, 4), (4, 3, 4))


def numbers_in(view: str) -> Iterator[Span]:
    """Spans of numbers in a digit view, by start; linear."""
    for run in _RUN.finditer(view):
        groups = _groups(view, run)
        lengths = tuple([len(digits) for _, _, digits in groups])
        place = 0
        while place < len(groups):
            taken, kind = _kind_at(view, groups, lengths, place)
            if kind:
                yield groups[place][0], groups[place + taken - 1][1], kind
            place += taken


def _groups(view: str, run: re.Match[str]) -> list[Group]:
    """The run's groups of digits as (start, end, digits); a final x belongs to the last."""
    groups = [
        (found.start(), found.end(), digits if digits.isdigit() else "".join(filter(str.isdigit, digits)))
        for found in _GROUP.finditer(view, *run.span())
        for digits in (found[0],)
    ]
    if run[0].endswith("x"):
        start, _, digits = groups[-1]
        groups[-1] = start, run.end(), digits + "x"
    return groups


def _kind_at(view: str, groups: Sequence[Group], lengths: tuple[int, ...], place: int) -> tuple[int, str]:
    """How many groups from `place` on make one number, and its kind; (1, "") when they make none."""
    if lengths[place] == 1 and place > 0 and lengths[place - 1] == 1:
        return 1, ""
    for shape in _SHAPES if lengths[place] > 1 else _ONES:
        after = place + len(shape)
        if lengths[place:after] != shape or (shape in _ONES and lengths[after : after + 1] == (1,)):
            continue
        kind = _kind_of("".join([digits for _, _, digits in groups[place:after]]))
        if kind and _stands_alone(view, groups[place][0], groups[after - 1][1]):
            return len(shape), kind
    for shape in _LANDLINE_SHAPES if groups[place][2][0] == "0" else ():
        after = place + len(shape)
        number = "".join([digits for _, _, digits in groups[place:after]])
        if lengths[place:after] == shape and _LANDLINE.fullmatch(number):
            return len(shape), "landline"
    return 1, _kind_of_one(view, groups[place])


def _kind_of_one(view: str, group: Group) -> str:
    start, end, digits = group
    if not _stands_alone(view, start, end):
        return ""
    said_before = view[max(0, start - _LOOK_BACK) : start]
    if len(digits) in _CARD_LENGTHS and not _is_identity(digits) and _CARD.search(said_before):
        return "bank_card"
    if _LANDLINE.fullmatch(digits) and _CALL.search(said_before):
        return "landline"
    return _kind_of(digits)


def _kind_of(digits: str) -> str:
    if _MOBILE.fullmatch(digits):
        return "mobile"
    if is_resident_id(digits):
        return "resident_id"
    if is_residence_permit(digits):
        return "residence_permit"
    return "bank_card" if is_card_number(digits) else ""


def _is_identity(digits: str) -> bool:
    return is_resident_id(digits) or is_residence_permit(digits)


def mobiles_with_letters(view: str) -> Iterator[Span]:
    """Mobiles with O for 0 and l or I for 1, where at least eight digits are digits; linear."""
    for found in _LETTERED.finditer(view):
        if _ENOUGH_DIGITS <= sum(map(str.isdigit, found[0])) < _MOBILE_DIGITS:
            yield *found.span(), "mobile"


def _stands_alone(view: str, start: int, end: int) -> bool:
    """Whether the number is no piece of a code (`AB138…`) or of a decimal; `vx138…` and `…tel` are calls, not codes."""
    if view[max(0, start - 2) : start][-1:] == "." and view[start - 2 : start - 1].isdigit():
        return False
    if view[end : end + 1] == "." and view[end + 1 : end + 2].isdigit():
        return False
    before = _LETTERS_BEFORE.search(view[max(0, start - _LOOK_BACK) : start])
    after = _LETTERS_AFTER.match(view, end, end + _LOOK_BACK)
    return all(found is None or found[0] in _CALLS for found in (before, after))
