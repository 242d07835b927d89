"""Notices for people: a message as markdown for a robot of an 企业微信 group, within the robot's limits.

A robot takes 4,096 bytes of markdown and 20 messages a minute, answers 200 whatever happens, and says in ``errcode``
what did. Its address is its secret, so the address is sealed like the secrets of signed webhooks.
https://developer.work.weixin.qq.com/document/path/91770
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import orjson

from app.errors import AppError
from app.outbox.sending import Sent
from app.outgoing import ask

MARKDOWN_BYTES = 4_096
PER_MINUTE = 20
_VALUE_MAX = 200
_BUSY, _UNKNOWN_ROBOTS = 45009, frozenset({93000, 93008})
TITLES: Mapping[str, str] = MappingProxyType(
    {
        "content.outcome": "内容处理结果",
        "case.opened": "新案件待审",
        "appeal.filed": "商家申诉",
        "appeal.decided": "申诉已裁定",
        "snapshot.refused": "规则或词库被拒绝生效",
        "snapshot.waiting": "变更待第二人审批",
        "rule.tripped": "规则熔断，已转人工",
        "rule.review_due": "规则到期复核",
        "event.fired": "规则命中",
        "live.flagged": "直播间违规用语",
        "wordlists.stale": "词库未及时更新",
        "claim.opened": "新赔付单",
        "claim.paid": "赔付已付款",
        "claim.refused": "赔付被驳回",
        "claim.recovered": "赔付已追回",
    }
)
LABELS: Mapping[str, str] = MappingProxyType(
    {
        "shop_id": "店铺",
        "content_id": "内容",
        "decision": "结论",
        "category": "类别",
        "severity": "级别",
        "rule": "规则",
        "pack": "规则包",
        "title": "名称",
        "reason": "原因",
        "problems": "问题",
        "kind": "种类",
        "state": "状态",
        "level": "程度",
        "order_id": "订单",
        "room_id": "直播间",
        "word": "用语",
        "cause": "事由",
        "amount_fen": "金额（分）",
        "rate_bp": "命中率（万分之）",
        "evaluated": "评估次数",
        "fired": "命中次数",
        "age_s": "距上次更新（秒）",
        "review_by": "复核期限",
        "due_at": "期限",
        "needs_person": "需人工",
        "requested_by": "申请人",
        "id": "编号",
        "case_id": "案件",
        "claim_id": "赔付单",
    }
)


def markdown(body: bytes, *, console_url: str | None) -> str:
    """The message for people: its title, and a line for each thing it says that has a name; cut to the limit."""
    message = orjson.loads(body)
    kind, data = str(message["type"]), message.get("data") or {}
    lines = [f"**{TITLES.get(kind, kind)}**"]
    lines += [f"> {LABELS[name]}：{_plain(value)}" for name, value in data.items() if name in LABELS and _says(value)]
    lines.append(f"> 时间：{_plain(message['timestamp'])}")
    tail = f"[打开控制台]({console_url})" if console_url else ""
    return _cut(lines, tail)


def send_robot(*, url: str, body: bytes, console_url: str | None, allow_private: bool, timeout_s: float = 10.0) -> Sent:
    """Tell a robot once; what it answers is an answer, not an exception."""
    started = time.perf_counter()
    content = orjson.dumps({"msgtype": "markdown", "markdown": {"content": markdown(body, console_url=console_url)}})
    status: int | None = None
    code: int | None = None
    try:
        answer = ask(
            "POST",
            url,
            headers={"content-type": "application/json", "user-agent": "weiheng-webhooks/1"},
            body=content,
            allow_private=allow_private,
            max_bytes=65_536,
            timeout_s=timeout_s,
        )
        status, code = answer.status, _code(answer.body)
        error = None if code == 0 else f"HTTP {status}, errcode {code}"
    except AppError as failure:
        error = f"{type(failure).__name__}: {failure}"[:500].replace(url, hide(url))
    took_ms = int((time.perf_counter() - started) * 1000)
    is_gone = code in _UNKNOWN_ROBOTS
    return Sent(error is None, status, error, took_ms, timedelta(minutes=1) if code == _BUSY else None, is_gone)


def hide(url: str) -> str:
    """The address without what is secret in it."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "key=…" if parts.query else "", ""))


def next_place(sent: int, oldest: datetime | None) -> datetime | None:
    """When the robot takes the next message, if it has had its fill of this minute."""
    return None if sent < PER_MINUTE or oldest is None else oldest + timedelta(minutes=1)


def _code(answer: bytes) -> int | None:
    try:
        said: Any = orjson.loads(answer)
    except orjson.JSONDecodeError:
        return None
    code = said.get("errcode") if isinstance(said, dict) else None
    return code if isinstance(code, int) else None


def _says(value: object) -> bool:
    return value is not None and value not in ("", [], {})


def _plain(value: object) -> str:
    """A value as one line without marks of its own."""
    if isinstance(value, bool):
        return "是" if value else "否"
    text = "；".join(map(str, value)) if isinstance(value, list) else str(value)
    text = "".join("·" if each in "*_`[]<>#" else each for each in text)
    text = " ".join(text.split())
    return text if len(text) <= _VALUE_MAX else text[: _VALUE_MAX - 1] + "…"


def _cut(lines: list[str], tail: str) -> str:
    """As many whole lines as fit, then the tail."""
    room = MARKDOWN_BYTES - len(tail.encode()) - 8
    kept: list[str] = []
    for line in lines:
        room -= len(line.encode()) + 1
        if room < 0:
            kept.append("> …")
            break
        kept.append(line)
    return "\n".join([*kept, tail] if tail else kept)
