"""A small, realistic shop for a first look: an API key, an officer, and contents screened through the real path.

Outside production only. The sign-in is kept in the data folder (mode 0600) so that a second start can print it again.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Iterator
from typing import Any

from sqlalchemy.orm import Session

from app import access
from app.flows.judge_content import check_content
from app.flows.parts import Parts
from app.flows.screen_content import screen_contents
from app.officers import create_officer, find_officer
from app.values.access import Caller, Role, Scope
from app.values.content import ContentToScreen

SHOP = "shop-7"
_SHOP_NAME = "晴禾生活馆（演示）"
_USER = "demo"
_CONTENTS: tuple[tuple[str, str, str], ...] = (
    ("product_title", "home", "加厚纯棉四件套 秋冬新款 全棉被套床单"),
    ("product_title", "food", "云南高山小番茄 现摘现发 五斤装"),
    ("video_caption", "beauty", "换季护肤小记录：这款面霜质地清爽，敏感肌先做耳后测试"),
    ("video_caption", "beauty", "全网最*佳面膜！三天根治痘痘，加徽❤信 vx12345"),
    ("video_caption", "health", "祖传秘方，包治百病，老人吃了都说好，无效退款"),
    ("product_title", "clothing", "国家级非遗手工刺绣围巾 礼盒装"),
    ("product_title", "clothing", "原单复刻一比一精仿包包 专柜验货"),
    ("live_title", "food", "今晚八点，产地直播采茶，欢迎来聊茶"),
    ("comment", "home", "床单洗了三次没有掉色，比较满意"),
    ("video_caption", "education", "跟着老师学三个月，保证月入过万，名额只剩最后三个"),
    ("product_title", "digital", "无线蓝牙耳机 续航三十小时 支持快充"),
    ("video_caption", "home", "私聊加V：下单立减，联系手机一三八开头"),
    ("product_title", "home", "顶级羽绒被 全网销量第一"),
    ("video_caption", "food", "妈妈牌红烧肉教程，选五花三层，小火慢炖一小时"),
)


def seed_demo(parts: Parts) -> Iterator[str]:
    """Fill a fresh database once; yields lines that tell how to get in."""
    kept = parts.settings.data_dir / "demo.json"
    if kept.exists():
        known: dict[str, str] = json.loads(kept.read_text(encoding="utf-8"))
    else:
        known = {"username": _USER, "password": secrets.token_urlsafe(12), "api_key": _make_access(parts)}
        _make_officer(parts, known["password"])
        descriptor = os.open(kept, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(known, file)
        _screen(parts)
    yield f"\n  API key         {known['api_key']}"
    yield f"  审核员 officer  {known['username']} / {known['password']}"


def _make_access(parts: Parts) -> str:
    def work(session: Session) -> str:
        access.ensure_shop(session, SHOP, now=parts.now(), name=_SHOP_NAME, category="general")
        return access.create_api_key(
            session, name="demo", scopes=list(Scope), shop_ids=None, hash_key=parts.keyring.api_keys, now=parts.now()
        )

    return parts.db.write(work)


def _make_officer(parts: Parts, password: str) -> None:
    def work(session: Session) -> Any:
        if (officer := find_officer(session, _USER)) is not None:
            session.delete(officer)
            session.flush()
        return create_officer(
            session,
            username=_USER,
            display_name="演示审核员",
            password=password,
            roles=[Role.ADMIN, Role.SENIOR, Role.OFFICER],
            shop_ids=None,
            now=parts.now(),
        )

    parts.db.write(work)


def _screen(parts: Parts) -> None:
    caller = Caller("demo", "system", frozenset({Scope.SCREEN}), None)
    contents = [
        ContentToScreen(
            content_id=f"demo-{number:03}",
            kind=kind,
            shop_id=SHOP,
            fields={"text": text},
            author_id="author-1",
            category=category,
        )
        for number, (kind, category, text) in enumerate(_CONTENTS, 1)
    ]
    for content in contents:
        check_content(parts.live.current, content)
    screen_contents(parts, contents, caller=caller, now=parts.now())
