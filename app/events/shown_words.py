"""What words that were sent with an event show: the mark 广告, a picture's AI label, the dearest prize. Pure.

Width, case and signs between make no difference; 非广告 and 不是广告 are no mark.
"""

from __future__ import annotations

import re
import unicodedata

from app.values.facts import Fact, FactType, Origin, Presence

_SIGNS = re.compile(r"[\W_]+")
_MARK = re.compile(r"(?<!非)(?<!不是)(?<!并非)(?<!不算)(?<!无)(?<!没有)(?<!拒绝)[广廣]告(?!位|拦截|招租)")
_AI_LABEL = re.compile(r"(?:ai|人工智能|智能|算法)(?:生成|合成|制作|渲染)")
_NO_LABEL = re.compile(r"(?:非|不是|并非)(?:由)?(?:ai|人工智能)")
_ACTUAL = re.compile(r"(?:实际|真实|真人)(?:上身)?(?:效果|试穿)|上身就是这样|所见即所得|(?:百分百|100)还原|一模一样")
_NOT_ACTUAL = re.compile(r"(?:非|不是|不代表|不等于|并非|与)(?:实际|真实|真人)|以实(?:物|际)为准")
_SUM = re.compile(r"(\d{1,9}(?:[.,]\d{1,3})*)\s*(万|千|百)?\s*元")
_FACTOR = {"万": 10_000, "千": 1_000, "百": 100, "": 1}
_MOST_FEN = 10**14

IS_MARKED = Fact(
    "is_marked",
    FactType.BOOL,
    Presence.REQUIRED,
    Origin.COMPUTED,
    doc="the words shown bear the mark 广告; 非广告 is none",
)
TEXT_PRIZE = Fact(
    "text.prize_fen",
    FactType.INT,
    origin=Origin.COMPUTED,
    unit="fen",
    doc="the largest sum the published words name; None: they name none",
)


def is_marked(text: object) -> bool:
    """Whether the words bear the mark 广告."""
    return _MARK.search(_plain(text)) is not None


def says_ai(text: object) -> bool:
    """Whether a caption says that the picture was made by AI."""
    plain = _plain(text)
    return _AI_LABEL.search(plain) is not None and _NO_LABEL.search(plain) is None


def says_actual(text: object) -> bool:
    """Whether a caption calls a made picture the real effect."""
    plain = _plain(text)
    return _ACTUAL.search(plain) is not None and _NOT_ACTUAL.search(plain) is None


def text_prize_fen(text: object) -> int | None:
    """The largest sum of money in the words, such as 价值8.8万元; None where there is none."""
    sums = [_fen(*found.groups()) for found in _SUM.finditer(unicodedata.normalize("NFKC", str(text or "")))]
    return max(sums, default=None)


def _fen(figure: str, unit: str | None) -> int:
    whole, _, part = figure.replace(",", "").partition(".")
    thousandths = int(whole) * 1_000 + int((part + "000")[:3])
    return min(thousandths * _FACTOR[unit or ""] // 10, _MOST_FEN)


def _plain(text: object) -> str:
    return _SIGNS.sub("", unicodedata.normalize("NFKC", str(text or "")).lower())
