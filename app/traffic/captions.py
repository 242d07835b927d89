"""Texts that uploaders of a lively platform send: honest titles of the project's own sample, and some that are not."""

from __future__ import annotations

import random

from app.flows.canary import honest_sample

_WRONG = (
    "全网最*佳{goods}！三天见效，加徽❤信 {chat}",
    "{goods}销量第一，顶级品质，国家级推荐",
    "祖传秘方{goods}，包治百病，无效退款",
    "原单复刻{goods}，一比一高仿，专柜验货",
    "进群领{goods}，私聊加V：下单立减，vx {chat}",
    "买{goods}稳赚不赔，月入过万，名额最后三个",
    "{goods}绝对安全无副作用，医生都在用",
)
_GOODS = ("面膜", "蜂蜜", "羽绒被", "蓝牙耳机", "茶叶", "手提包", "保健枕", "小番茄")
_WRONG_SHARE = 0.12


def make_caption(chance: random.Random) -> tuple[str, str]:
    """A kind of content and its text."""
    if chance.random() < _WRONG_SHARE:
        chat = f"{chance.choice('abcdxyz')}{chance.randrange(10_000, 99_999)}"
        return "video_caption", chance.choice(_WRONG).format(goods=chance.choice(_GOODS), chat=chat)
    text, kind = chance.choice(honest_sample())
    return kind, text
