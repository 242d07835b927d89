"""Finding personal data in texts and blanking it: phone, identity and card numbers, plates, mail, chat ids, addresses.

Two uses: nothing personal goes into logs and cases unblanked, and a phone number or chat id in a caption is a way of
leading buyers elsewhere. Numbers are read through their disguises (１３８, 壹三八, ①③⑧, hearts between digits), but a
run of digits counts only with its check digit, its shape or a context word: an order number is nobody's data.

What would surprise: nearly all texts hold nothing, so everything begins with a few character-class searches, and no
pattern uses a word boundary, because Chinese letters stand directly beside numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from app.text.addresses import addresses_in
from app.text.chat_ids import NAMED_IDS, chat_ids
from app.text.digit_view import DIGITS, RARE_DIGITS, as_digits
from app.text.identifiers import is_credit_code, is_old_residence_card
from app.text.number_runs import GAP, mobiles_with_letters, numbers_in

Span = tuple[int, int, str]

_PROVINCES = "京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新"
# Looked for in every text, so more than the digits where fewer blocks say it faster; none of the emoji's.
LIKE_DIGITS = DIGITS.replace(RARE_DIGITS, "") + "\u0660-\u1c59\ua620-\uabf9\U000104a0-\U0001f2ff\U0001fbf0-\U0001fbf9"
_ANYTHING = re.compile(f"[{LIKE_DIGITS}@＠vVwWqQｖｗｑＶＷＱ微薇威徽扣護护]")
# Fewer than seven digits are no number but in a credit code, where letters may follow six: an issue's number is none.
NO_LETTER = r"\s一-鿿，。！？、；：）】》”…,!?;:)#~"
_LONG_RUN = re.compile(f"[{LIKE_DIGITS}](?:{GAP}[{LIKE_DIGITS}]){{5}}(?:{GAP}[{LIKE_DIGITS}]|[^{NO_LETTER}])")
_LETTERED_LIKE = re.compile("[1lL][3-9][0-9oOlLIi][ -]?[0-9oOlLIi]{4}")
# An address needs a room behind a building, or a word for living there.
HOMES = "室户戶房元栋棟幢住址寄"
BUILDINGS = (f"{DIGITS}十百A-Za-z", "号號栋棟幢座单單弄室")
# The first two characters of every context word of a chat id, and more: what follows is looked at properly.
CHATS = ("微薇威徽溦卫🛰💚我扣抠蔻企🐧加+➕vVwWqQｖｗｑＶＷＱ", "信❤扣抠蔻鹅群号xXeEqQvVｘＸｅＥｑＱｖＶ:：")
PENGUIN = "🐧"
"""Said for QQ; its number stands right behind it."""
PLATES = (f"{_PROVINCES}蘇遼魯魯贛陝寧雲瓊滬", "A-Za-zＡ-Ｚａ-ｚ")
_HOME_LIKE = re.compile(f"[{HOMES}]")
_BUILDING_LIKE = re.compile("[{}][{}]".format(*BUILDINGS))
# The last character of what names an id, and the sign behind it.
NAMED = ("gGsSeEpPtTmMoO机报泡色的信芯心星号dD", ":：@")
_CHAT = re.compile("[{}][^0-9a-z]?[{}]".format(*CHATS))
_PLATE_LIKE = re.compile("[{}][{}]".format(*PLATES))

_CREDIT_CODE = re.compile(r"(?<![0-9a-z])[0-9a-y][0-9a-y][0-9]{6}[0-9a-y]{10}(?![0-9a-z])")
_PLATE = re.compile(
    f"(?<![上全最更崭]新)(?<=[{_PROVINCES}])[a-hj-np-z][·•・.\\s-]?(?:[a-hj-np-z0-9]{{6}}|[a-hj-np-z0-9]{{4}}[a-hj-np-z0-9挂学警港澳])(?![0-9a-z])"
)
_PASSPORT = re.compile(r"(?:护照|passport)[^0-9a-z\n]{0,8}(?:no)?[^0-9a-z\n]{0,3}([a-z]{1,2}[0-9]{7,8})(?![0-9a-z])")
_OLD_CARD = re.compile(r"(?:永居|居留|residen)[^0-9\n]{0,16}?(?<![0-9a-z])([a-z]{3}[0-9]{12})(?![0-9a-z])")
_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,62})\.){1,8}[a-z]{2,24}(?![a-z0-9-])")
_LOCAL = "abcdefghijklmnopqrstuvwxyz0123456789._%+-"
_LOCAL_LENGTH = 64
_PLATE_DIGITS = 3

# How many letters and digits stay readable at the start and at the end.
_SHOWN = {
    "mobile": (3, 4),
    "landline": (3, 2),
    "resident_id": (3, 2),
    "residence_permit": (3, 2),
    "bank_card": (4, 4),
    "uscc": (4, 2),
    "passport": (1, 2),
    "plate": (2, 1),
    "wechat_id": (1, 1),
    "qq": (1, 2),
    "address": (3, 0),
}
KINDS = (*_SHOWN, "email")


def find_personal_data(text: str) -> list[Span]:
    """Spans (start, end, kind) of personal data in the original's code points, by start, not overlapping.

    Kinds: mobile, landline, resident_id, residence_permit, bank_card, uscc, passport, plate, email, wechat_id, qq,
    address. Linear in the text.
    """
    if not _ANYTHING.search(text):
        return []
    has_run = _LONG_RUN.search(text) is not None
    has_mail = "@" in text or "＠" in text
    has_chat = _CHAT.search(text) is not None or PENGUIN in text
    has_plate = _PLATE_LIKE.search(text) is not None
    has_home = _HOME_LIKE.search(text) is not None and _BUILDING_LIKE.search(text) is not None
    has_letters = _LETTERED_LIKE.search(text) is not None
    named = NAMED_IDS.finditer(text) if ":" in text or "：" in text or "@" in text else ()
    found: list[Span] = [(*match.span("id"), "wechat_id") for match in named]
    if not (found or has_run or has_mail or has_chat or has_plate or has_home or has_letters):
        return []
    view = as_digits(text, numerals=False)
    # Chinese numerals only in second place: in 打13…一定接 the 一 belongs to the sentence.
    with_numerals = as_digits(text, numerals=True) if has_run or has_chat or has_home else view
    if has_mail:
        found += _emails(view)
    if has_run:
        found += [(*match.span(1), "passport") for match in _PASSPORT.finditer(view)]
        found += [
            (*match.span(1), "residence_permit")
            for match in _OLD_CARD.finditer(view)
            if is_old_residence_card(match[1])
        ]
        found += numbers_in(view)
        found += numbers_in(with_numerals) if with_numerals != view else ()
        found += [(*match.span(), "uscc") for match in _CREDIT_CODE.finditer(view) if is_credit_code(match[0])]
    if has_letters:
        found += mobiles_with_letters(view)
    if has_home:
        found += addresses_in(with_numerals)
    if has_plate:
        found += [(start - 1, end, "plate") for start, end in _plates(view)]
    if has_chat:
        found += chat_ids(view, with_numerals)
    return _without_overlaps(found)


def redact(text: str, spans: Iterable[Span]) -> str:
    """The text with the spans starred, same length in code points: `138****8000`, `110*************1X`."""
    letters = list(text)
    for start, end, kind in spans:
        places = [place for place in range(max(0, start), min(end, len(text))) if text[place].isalnum()]
        if kind == "email":
            places = places[: sum(place < start + text[start:end].find("@") for place in places)] or places
        head, tail = _SHOWN.get(kind, (1, 0))
        if head + tail >= len(places):
            head, tail = min(1, len(places) - 1), 0
        for place in places[head : len(places) - tail]:
            letters[place] = "*"
    return "".join(letters)


def without_personal(text: str) -> str:
    """A free value (an id, a URL, a claimed fact) with personal data starred."""
    return redact(text, find_personal_data(text))


def _emails(view: str) -> Iterator[Span]:
    at = view.find("@")
    while at >= 0:
        window = view[max(0, at - _LOCAL_LENGTH) : at]
        local = window[len(window.rstrip(_LOCAL)) :].lstrip("._%+-")
        host = _HOST.match(view, at + 1)
        if local and host:
            yield at - len(local), host.end(), "email"
        at = view.find("@", at + 1)


def _plates(view: str) -> Iterator[tuple[int, int]]:
    """Where the letters after a province's stand; at least three of them digits, so that no product code counts."""
    for match in _PLATE.finditer(view):
        if sum(letter.isdigit() for letter in match[0]) >= _PLATE_DIGITS:
            yield match.span()


def _without_overlaps(found: Sequence[Span]) -> list[Span]:
    """Earlier finds win over later ones that overlap them, because the surer kinds are looked for first."""
    kept: list[Span] = []
    order = {span: number for number, span in reversed(list(enumerate(found)))}
    reached = -1
    for span in sorted(order, key=lambda span: (span[0], order[span])):
        if span[0] >= reached:
            kept.append(span)
        elif order[span] < order[kept[-1]]:
            kept[-1] = span
        reached = kept[-1][1]
    return kept
