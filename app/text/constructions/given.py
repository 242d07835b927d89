"""A number or an id that is given to be written to: `加我 一三八…`, `wx：aa…`, `①③⑧… 微同`.

Patterns look for digits as they are written, and who leads buyers elsewhere writes them otherwise. What finds personal
data reads numbers through their disguises, so a contact that it found is one that is given where an invitation stands
right beside it, and a mobile number written in several kinds of digits (`一③八0…`) is one by itself: only who does not
want it to be read by machines writes so. A number that is only called a telephone's is none: shops and guests have
them. The place of the hit is that of the invitation, or of the first digits: the number itself is somebody's.

Costs nothing where no personal data was found, as in nearly all texts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from app.text.beside import AnyMatcher
from app.text.characters import is_han
from app.text.chat_ids import OTHER_CHANNELS
from app.text.constructions.finds import AROUND
from app.text.constructions.meant import with_hits
from app.text.constructions.wording import WORDLIST, Construction, constructions
from app.text.digit_view import as_digits
from app.text.match import Scan
from app.text.normalise import fold
from app.text.passage import TextField
from app.text.personal_data import Span
from app.text.words import Context
from app.values.deciding import Hit, Verdict

MEANT = "private_channel"
"""The construction whose hit it is, with its law and its excuses."""
KINDS = frozenset({"mobile", "wechat_id", "qq"})
_BEFORE, _AFTER = 16, 8
_ASKS_BEFORE = re.compile(
    "(?P<asks>(?<![参增更追施叠外])加(?!急|班|购|载|工)(?:我|下|一下)?|[➕+]|添加|联系|找我|私[聊我信]|[微薇威徽葳溦嶶](?!波|量|甜|辣|胖|米)"
    "|(?<![a-z0-9])(?:v{1,2}x?|w{1,2}x|wechat|weixin|qq?)(?![a-z])"
    "|扣扣|抠抠|蔻蔻|扣(?=[:：])|企鹅|🐧|💚|🛰"
    f"|{OTHER_CHANNELS}"
    "|同号|详聊|拿货)[^a-z0-9\\n]{0,8}$"
)
_ASKS_AFTER = re.compile(
    "[^a-z0-9\\n]{0,4}?(?P<asks>加(?:我|v|微|q|下|一下|$)|微同|同微|v同|[微薇威徽v]信?同?号|同号|联系|找我|详聊|私聊|扣我)"
)
_FIRST_DIGITS = 3
_LAWFUL = re.compile(
    "收件|收货|快递|取件|运单|订单|单号|地址|尾号|预留|门店|客服|售后|投诉|举报|报警|官方|热线|公司|医院|挂号|物业|失主"
    "|诈|骗|别加|不要加|勿加|删|拉黑|丢失|捡到|寻"
)


def with_contacts(
    matcher: AnyMatcher,
    scan: Scan,
    fields: Sequence[TextField],
    context: Context,
    personal: Sequence[tuple[TextField, Sequence[Span]]],
) -> Scan:
    """The scan with a hit for each text of ``personal`` in which a contact is given to be written to."""
    meant = _meant()
    if not meant.covers(context):
        return scan
    hits = [hit for text, spans in personal for hit in _first(meant, text, spans)]
    return with_hits(matcher, scan, fields, context, hits, may_claim=scan.may_claim) if hits else scan


@cache
def _meant() -> Construction:
    return next(each for each in constructions() if each.name == MEANT)


def _first(meant: Construction, text: TextField, spans: Sequence[Span]) -> Iterator[Hit]:
    """The first invitation beside a contact of the text that nothing around it excuses."""
    view = as_digits(text.text, numerals=False)
    for start, end, kind in spans:
        if kind not in KINDS:
            continue
        place = _invitation(view, start, end) or (_disguise(text.text, start, end) if kind == "mobile" else None)
        if place is not None and not _is_excused(meant, text.text, start, end):
            yield _hit(meant, text, *place)
            return


def _invitation(view: str, start: int, end: int) -> tuple[int, int] | None:
    """Where somebody is asked to use the number at [start, end)."""
    low = max(0, start - _BEFORE)
    if (found := _ASKS_BEFORE.search(view[low:start])) is not None:
        return low + found.start("asks"), low + found.end("asks")
    if (found := _ASKS_AFTER.match(view[end : end + _AFTER])) is not None:
        return end + found.start("asks"), end + found.end("asks")
    return None


def _disguise(text: str, start: int, end: int) -> tuple[int, int] | None:
    """Where a number begins whose digits are circled, styled or of several kinds; full width is a keyboard's."""
    places = [at for at in range(start, end) if text[at].isalnum()]
    kinds = {_kind_of_digit(text[at]) for at in places}
    has_frames = "\u20e3" in text[start : end + 2]
    return (start, places[_FIRST_DIGITS - 1] + 1) if has_frames or len(kinds) > 1 or "styled" in kinds else None


def _kind_of_digit(char: str) -> str:
    if char.isdecimal() and (char.isascii() or "０" <= char <= "９"):
        return "plain"
    if char.isascii():
        return "letter"
    return "numeral" if is_han(char) or char == "〇" else "styled"


def _is_excused(meant: Construction, text: str, start: int, end: int) -> bool:
    around = fold(text[max(0, start - AROUND) : end + AROUND]).text
    return _LAWFUL.search(around) is not None or meant.unless.search(around.encode("utf-8", "replace")) is not None


def _hit(meant: Construction, text: TextField, start: int, end: int) -> Hit:
    return Hit(
        field=text.name,
        start=start,
        end=end,
        text=text.text[start:end],
        word=meant.title,
        category=meant.category,
        wordlist=WORDLIST,
        verdict=Verdict.REVIEW,
        source=meant.source,
        suggestion=meant.suggest,
        segment=text.segment,
        at_ms=text.at_ms,
    )
