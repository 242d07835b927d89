"""What the published rules of an offer say: how many join, when money comes back, whether it is drawn by lot. Pure.

The rules that buyers read are held against what was ticked beside them. Width and spaces make no difference; a sentence
that denies something (无需助力, 不抽签) says that it is not so.
"""

from __future__ import annotations

import re
import unicodedata

from app.values.facts import Fact, FactType, Origin, Presence

_CLAUSE = r"[^。；;!！?？\n]"
_NUMBERS = "零一二三四五六七八九"
_COUNT = rf"(\d{{1,6}}|[{_NUMBERS[1:]}两十百]{{1,5}})"
_DENIED = r"(?:无需|无须|不用|不需|不必|不要求|不设|不再|没有|取消|拒绝|禁止|不得|并非|不是|不)"
_SIZE = re.compile(
    rf"{_COUNT}人(?:即可|可|就)?(?:成|拼|参|开)?团|满{_COUNT}人(?:即|就|可)?成团|成团人数[:为是]?{_COUNT}"
)
_LASTS = re.compile(
    rf"{_COUNT}(?:个)?(小时|天|日)内?{_CLAUSE}{{0,8}}(?:成团|拼成|凑满|满员|邀满)|(?:拼团|成团){_CLAUSE}{{0,6}}(?:有效期|时限|时长|时间)[:为是]?{_COUNT}(?:个)?(小时|天|日)"
)
_REFUND = re.compile(
    rf"(?:未成团|没成团|不成团|未能成团|未拼成|拼团失败|成团失败|人数不足|未满员){_CLAUSE}{{0,16}}?{_COUNT}(?:个)?(小时|工作日|天|日){_CLAUSE}{{0,12}}退"
)
_AT_ONCE = re.compile(
    rf"(?:未成团|没成团|不成团|未能成团|未拼成|拼团失败|成团失败|人数不足|未满员){_CLAUSE}{{0,10}}(?:自动|立即|立刻|即时|马上){_CLAUSE}{{0,4}}退"
)
_LOTS = re.compile(
    rf"抽签|中签|开奖|(?<!抽)抽取{_CLAUSE}{{0,8}}[名人位]|抽{_COUNT}[名人位]|随机(?:抽|选|分配)|拼中|未中(?:奖|者|签)|{_COUNT}人(?:拼|抽)中"
)
_HELP = re.compile(
    rf"砍价|砍一刀|砍到|帮(?:我|忙|他|她|ta|好友)?{_CLAUSE}{{0,4}}砍|助力|助攻|集(?:满)?{_COUNT}?个?赞|点一下帮|加速包"
)
_HELPERS = re.compile(
    rf"{_COUNT}(?:位|名|个)?(?:好友|人|朋友|亲友){_CLAUSE}{{0,6}}(?:助力|砍|帮)|(?:助力|砍价)人数[:为是]?{_COUNT}|(?:邀请|邀|找){_COUNT}(?:位|名|个)?(?:好友|人|朋友){_CLAUSE}{{0,6}}(?:助力|砍)"
)
_SHARE = re.compile(
    rf"(?:分享|转发|邀请|邀|拉){_CLAUSE}{{0,18}}(?:后|才|方可|即可|即能|就能|就可|可)(?:以|能|可)?{_CLAUSE}{{0,4}}(?:领|获|得|解锁|使用|兑|参与)"
    rf"|(?:须|需|先|必须)(?:先)?(?:分享|转发|邀请){_CLAUSE}{{0,18}}(?:领|获|得|解锁|使用|兑)"
)
_KIN = re.compile(
    rf"(?:提交|上传|填写|登记|提供|录入|验证|核验|绑定|出示){_CLAUSE}{{0,14}}(?:户口|结婚证|出生证|亲属|亲子|父母|子女|配偶|家庭成员|家属)"
)
_THRESHOLD = re.compile(r"(?:满|达到?)(\d{1,9}(?:\.\d{1,2})?)元?(?:即|可|就|立)?(?:减|可用|使用|用|立减|打)")
_FREE = re.compile(r"无(?:使用)?门槛|零门槛|0门槛|不限(?:消费)?金额|任意金额")
_PERIOD = re.compile(
    rf"\d{{1,2}}月\d{{1,2}}日|\d{{4}}[-./年]\d{{1,2}}[-./月]\d{{1,2}}|(?:领取|到账|发放|激活)(?:后|之日起|当日起)?{_CLAUSE}{{0,4}}{_COUNT}(?:天|日|小时|个月)|有效期{_CLAUSE}{{0,6}}{_COUNT}(?:天|日|小时|个月)|当[日天](?:有效|可用|24点)"
)
_SCOPE = re.compile(
    r"全(?:店|场|部商品|平台|品类)|(?:适用|限用?于|可用于|用于|指定|部分)[^。；;\n]{0,14}(?:商品|品类|店|品牌|系列|专区|款|场)|适用范围|不适用于"
)
_STACK = re.compile(r"叠加|同享|同时使用|共同使用|一并使用|合并使用|并用|限用(?:一|1)张|每单限")


def _number_said(name: str, unit: str, doc: str) -> Fact:
    return Fact(
        f"text.{name}",
        FactType.INT,
        origin=Origin.COMPUTED,
        unit=unit,
        doc=f"{doc}, by the published rules; None: not said",
    )


def _said(name: str, doc: str) -> Fact:
    return Fact(name, FactType.BOOL, Presence.REQUIRED, Origin.COMPUTED, doc=f"the published rules say {doc}")


RULES_TEXT = Fact("rules_text", FactType.TEXT, doc="the published rules as buyers read them, whole; None: not sent")
CAMPAIGN_TERMS = (
    _number_said("group_size_count", "count", "how many have to join"),
    _number_said("group_hours", "hours", "how long a group stays open"),
    _number_said("failed_refund_hours", "hours", "when a failed group is refunded"),
    _number_said("helpers_needed_count", "count", "how many helpers it takes"),
    _said("rules_draw_lots", "that it is drawn by lot who gets it"),
    _said("rules_ask_help", "that others have to help, as by 砍价 or 助力; the title may say so, too"),
    _said("rules_ask_share", "that it has to be shared first"),
    _said("rules_ask_kinship", "that relatives have to be named or proved"),
)
COUPON_TERMS = (
    _number_said("threshold_fen", "fen", "from which amount on, 0 for any"),
    _said("rules_say_period", "from when to when it holds"),
    _said("rules_say_scope", "for which goods it is"),
    _said("rules_say_stacking", "whether it goes with other discounts"),
    _said("rules_ask_share", "that it has to be shared first"),
)


def campaign_terms(text: object) -> dict[str, object]:
    """What a campaign's rules say; nothing is said where there is no text."""
    plain = _plain(text)
    return {
        "text.group_size_count": _number(_SIZE.search(plain)),
        "text.group_hours": _hours(_LASTS.search(plain)),
        "text.failed_refund_hours": 0 if _AT_ONCE.search(plain) else _hours(_REFUND.search(plain)),
        "text.helpers_needed_count": _number(_HELPERS.search(plain)),
        "rules_draw_lots": _says(_LOTS, plain),
        "rules_ask_help": _says(_HELP, plain),
        "rules_ask_share": _says(_SHARE, plain),
        "rules_ask_kinship": _says(_KIN, plain),
    }


def coupon_terms(text: object) -> dict[str, object]:
    """What a coupon's rules say."""
    plain = _plain(text)
    amount = _THRESHOLD.search(plain)
    threshold = _fen(amount[1]) if amount else 0 if _FREE.search(plain) else None
    return {
        "text.threshold_fen": threshold,
        "rules_say_period": _PERIOD.search(plain) is not None,
        "rules_say_scope": _SCOPE.search(plain) is not None,
        "rules_say_stacking": _STACK.search(plain) is not None,
        "rules_ask_share": _says(_SHARE, plain),
    }


def asks_help(text: object) -> bool:
    """Whether words, such as a campaign's title, say that others have to help."""
    return _says(_HELP, _plain(text))


def _says(pattern: re.Pattern[str], plain: str) -> bool:
    """Whether it stands there and is not denied by the words just before."""
    return any(not _is_denied(plain[max(0, found.start() - 8) : found.start()]) for found in pattern.finditer(plain))


def _is_denied(before: str) -> bool:
    return re.search(rf"{_DENIED}[^。；;，,！!]{{0,4}}$", before) is not None


def _number(found: re.Match[str] | None) -> int | None:
    return None if found is None else _count(next(each for each in found.groups() if each))


def _hours(found: re.Match[str] | None) -> int | None:
    if found is None:
        return None
    said = [each for each in found.groups() if each]
    count = _count(said[0])
    return count if count is None or said[1] == "小时" else count * 24


def _count(said: str) -> int | None:
    """A number in figures or in characters up to 999."""
    if said.isdecimal():
        return int(said)
    total, digit = 0, 0
    for each in said.replace("两", "二"):
        if each in _NUMBERS:
            digit = _NUMBERS.index(each)
        else:
            total, digit = total + (digit or 1) * (10 if each == "十" else 100), 0
    return total + digit or None


def _fen(figure: str) -> int:
    whole, _, part = figure.partition(".")
    return int(whole) * 100 + int((part + "00")[:2])


def _plain(text: object) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", str(text or "")).lower())
