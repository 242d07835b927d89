"""Whether a listed word is told of rather than said: somebody warns of it, denies it, or reports what came of it.

养生误区：以为喝醋能根治高血压 is no promise, and 卖家宣称根治风湿被罚 is news. What excuses a word entirely stands
beside it in its list; this is for what stands further off, which a seller can write beside a promise, too. So such a
word is not let pass: one that would block goes to a person.
"""

from __future__ import annotations

import re
from functools import cache

from app.text.claims.wording import as_folded

_REACH = 40
"""So many folded characters before and after a word are looked at."""
_TELLS = (
    "(?:警惕|谨防|当心)(?!假冒|仿冒|假货|冒牌|山寨)",
    "误区|谣言|辟谣|伪科学|骗局|不可信|别再?信|别再?相信|不要再?信|不要再?相信|[你谁]敢信|你也信",
    "曝光(?![量率度])|被罚|罚款|处罚|查处|被查|立案|判刑|被判|反诈|民警|警方|消协|市场监管",
    "虚假宣传|虚假广告|违法广告|夸大宣传|宣称|谎称|声称",
    "(?:靠谱|可信|可靠|能信|是?真的|存在|有用|合法|犯法|违法|骗人的?)吗",
    "违禁词|敏感词|违规词|禁用词|极限词|(?:不能|不可以|不得|禁止)(?:说|写|宣传|出现|使用)",
)


def is_told_of(text: str, start: int, end: int) -> bool:
    """Whether what stands around folded [start, end) speaks of the word as of something wrong."""
    return _tells().search(text, max(0, start - _REACH), end + _REACH) is not None


@cache
def _tells() -> re.Pattern[str]:
    return re.compile(as_folded("|".join(_TELLS)))
