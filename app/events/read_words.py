"""What small texts and names that come with an event show by themselves, whatever is ticked beside them. Pure.

A channel named 智能客服 reaches no human, an account of the shape of a personal one is no merchant's, a place called
…镇 lies out of town. What is not recognised says nothing: these readings only ever contradict.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

_SIGNS = re.compile(r"[\s\-_·]+")
_CLAUSE = r"[^。；;!！?？\n]"
_ROBOT = re.compile(r"智能|机器人|自动(?:回复|应答)|ai|语音助手|自助|bot|ivr")
_HUMAN = re.compile(r"人工|真人|专员")
_REFUSAL = re.compile(
    rf"退订|拒收|取消(?:订阅|推送|接收)|回复?(?:t|td|n|0|00|退)(?![a-z0-9])|(?:关闭|停止|不再){_CLAUSE}{{0,8}}(?:推送|接收|推荐|消息|提醒)"
)
_APPEAL = re.compile(
    rf"申诉|复核|异议|(?:联系|咨询|拨打|找){_CLAUSE}{{0,8}}(?:客服|人工|专员|电话)|人工(?:客服|审核|复审|处理)|\d{{3,4}}\d{{7,8}}|400\d{{7}}"
)
_NO_APPEAL = re.compile(r"(?:不(?:可|能|予|得|接受|支持)|无法)[^。；;]{0,4}(?:申诉|复核|异议)")
_DIGITAL = re.compile(r"数字人|虚拟(?:主播|人|数字人)|ai(?:主播|直播|数字人|真人主播)|智能主播|无人直播")
_RECORDED = re.compile(r"录播|重播|回放|录制(?:视频|节目|内容)|录像(?:播放|循环)|循环播放|录屏")
_NOT_SO = re.compile(r"(?:非|不是|并非|拒绝|不用|没有|无|杜绝)(?:任何)?$")
_RAW_3D = re.compile(
    r"\.(?:obj|stl|ply|fbx|glb|gltf|usdz|pcd|las|e57|3ds|dae)(?:\.(?:zip|gz|7z|enc|gpg|age))?$"
    r"|点云|point[-_ ]?cloud|depth|深度图|(?:人体|面部|人脸|头部|体型)(?:三维|3d|网格|模型)"
    r"|(?:face|body|head)[-_ ]?(?:mesh|scan|model|landmarks?)|blendshapes?"
)
_SEALED_NAME = re.compile(r"\.(?:enc|gpg|pgp|age|p7m|aes)$")
_TOWNSHIP = re.compile(
    r"[^\s市区县州盟旗省]{1,8}(?:(?<!景德)镇|乡|苏木|嘎查)(?!市|县|区|路|街|巷|大道|广场|花园|小区|里)"
)
_ID = re.compile(r"[A-Za-z0-9_-]+")
_OPENID = re.compile(r"o[A-Za-z0-9_-]{27}")
_MERCHANT = re.compile(r"1\d{9}|[1-9]\d{7}")
_MOBILE = re.compile(r"(?:\+?86)?1[3-9]\d{9}")
_CARD = re.compile(r"[3-9]\d{15,18}")
_MAILBOX = re.compile(r"[^@\s]+@[^@\s]+\.[a-z]{2,}")
_CODE = re.compile(r"wxp://|qr\.alipay\.com|收款码|赞赏码|个人码")
_ASKED = {
    "follow": re.compile(
        r"(?:先|须|需|请先|必须|只有)?关注(?:公众号|视频号|店铺|账号|我们|本店)?[^。；;]{0,8}(?:领|才|方可|后|解锁)"
    ),
    "mobile": re.compile(r"(?:授权|绑定|填写|提供|验证|登记|输入|留下)[^。；;]{0,6}(?:手机|电话)号?"),
    "location": re.compile(r"(?:授权|开启|打开|允许|获取)[^。；;]{0,6}(?:定位|位置|gps)"),
    "contacts": re.compile(r"(?:授权|上传|读取|导入|允许)[^。；;]{0,6}通讯录"),
    "profile": re.compile(r"(?:授权|填写|提供|上传)[^。；;]{0,6}(?:身份证|头像昵称|个人资料|姓名|生日)"),
    "wecom": re.compile(r"(?:添加|加|扫码加)[^。；;]{0,6}(?:企业?微信|客服微信|导购)[^。；;]{0,6}(?:领|才|方可|后)"),
}
_UNASKED = re.compile(r"(?:无|无需|无须|不用|不需要?|不必|不|可不|免|自愿)$")


def human_channel_count(channels: object) -> int | None:
    """How many of the channels named reach a human; None where none were told at all."""
    if channels is None:
        return None
    return sum(_reaches_a_human(_plain(each)) for each in _texts(channels))


def shows_refusal(text: object) -> bool:
    """Whether a message names a way to refuse further ones."""
    return _REFUSAL.search(_plain(text)) is not None


def names_appeal(text: object) -> bool:
    """Whether a notice names somebody who looks at it again."""
    plain = _plain(text)
    return _APPEAL.search(plain) is not None and _NO_APPEAL.search(plain) is None


def says_digital_host(text: object) -> bool:
    """Whether words call the host a made one."""
    return _stands(_DIGITAL, _plain(text))


def says_recorded(text: object) -> bool:
    """Whether words call what is shown recorded or shown again."""
    return _stands(_RECORDED, _plain(text))


def names_raw_3d(files: object) -> bool | None:
    """Whether the names of files are those of raw three-dimensional data; None where none were told."""
    return None if files is None else any(_RAW_3D.search(str(each).strip().lower()) for each in _texts(files))


def names_unsealed_3d(files: object) -> bool | None:
    """The same of files whose names do not end as encrypted ones do."""
    if files is None:
        return None
    open_files = [each for each in _texts(files) if not _SEALED_NAME.search(str(each).strip().lower())]
    return names_raw_3d(open_files)


def lies_in_township(place: object) -> bool:
    """Whether the name of a place is that of a town or village out of the city."""
    return _TOWNSHIP.search(unicodedata.normalize("NFKC", str(place or ""))) is not None


def looks_personal(account: object) -> bool:
    """Whether an account has the shape of a person's: an openid, a mobile number, a mailbox, a card, a payment code."""
    said = unicodedata.normalize("NFKC", str(account or "")).strip()
    bare = re.sub(r"[\s-]", "", said)
    if _OPENID.fullmatch(said) or _MOBILE.fullmatch(bare) or _MAILBOX.fullmatch(said.lower()) or _CODE.search(said):
        return True
    return _CARD.fullmatch(bare) is not None and _luhn(bare)


def misfit_receiver_count(receivers: object) -> int:
    """How many receivers of a split have an account that is not of their type's shape."""
    return sum(_is_misfit(str(each["type"]), str(each["account"])) for each in _records(receivers))


def asked_permissions(text: object) -> list[str]:
    """What a page asks for before it gives something, by the names of ``required_permissions``; sorted."""
    plain = _plain(text)
    return sorted(name for name, pattern in _ASKED.items() if _stands(pattern, plain, unless=_UNASKED))


def _is_misfit(kind: str, account: str) -> bool:
    if kind == "MERCHANT_ID":
        return _MERCHANT.fullmatch(account) is None
    return kind.startswith("PERSONAL") and (account.isdecimal() or _ID.fullmatch(account) is None)


def _reaches_a_human(channel: str) -> bool:
    return bool(channel) and (_ROBOT.search(channel) is None or _HUMAN.search(channel) is not None)


def _stands(pattern: re.Pattern[str], plain: str, *, unless: re.Pattern[str] = _NOT_SO) -> bool:
    found = pattern.finditer(plain)
    return any(unless.search(plain[max(0, each.start() - 6) : each.start()]) is None for each in found)


def _luhn(digits: str) -> bool:
    total = 0
    for place, each in enumerate(reversed(digits)):
        doubled = int(each) * (1 + place % 2)
        total += doubled // 10 + doubled % 10
    return total % 10 == 0


def _texts(values: object) -> Iterable[object]:
    return values if isinstance(values, list | tuple) else ()


def _records(values: object) -> Iterable[dict[str, object]]:
    return values if isinstance(values, list | tuple) else ()


def _plain(text: object) -> str:
    return _SIGNS.sub("", unicodedata.normalize("NFKC", str(text or "")).lower())
