"""The sentences and names of the page about webhooks."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from app.outbox.robots import TITLES

WEBHOOK_SENTENCES: Mapping[str, str] = MappingProxyType(
    {
        "nav.webhooks": "回调与通知",
        "webhooks.title": "回调与通知",
        "webhooks.lead": "结果与告警发往何处、是否送达。接收方连续失败时暂停发送，恢复后可重发；重发的消息编号不变。",
        "webhooks.receivers": "接收方",
        "webhooks.none": "还没有接收方。用 weiheng webhooks add 添加。",
        "webhooks.well": "正常",
        "webhooks.off": "已停用：{why}",
        "webhooks.failing": "连续失败 {count} 次",
        "webhooks.rests": "暂停发送至",
        "webhooks.since": "自",
        "webhooks.hears": "接收",
        "webhooks.shops": "店铺",
        "webhooks.all_shops": "全部店铺",
        "webhooks.open": "投递记录",
        "webhooks.log": "投递记录",
        "webhooks.log_of": "{url} 的投递记录",
        "webhooks.empty": "没有符合条件的消息。",
        "webhooks.any_state": "全部",
        "webhooks.state": "状态",
        "webhooks.show": "查看",
        "webhooks.took": "{ms} 毫秒",
        "webhooks.answered": "应答 {status}",
        "webhooks.never": "尚未发送",
        "webhooks.again": "重发",
        "webhooks.again_of": "重发消息 {message}",
        "webhooks.all_again": "重发失败的消息",
        "webhooks.from": "起始日期",
        "webhooks.sent_again": "已重发 {count} 条",
        "webhooks.enable": "重新启用",
        "webhooks.older": "更早的消息",
        "webhooks.bad_day": "起始日期应写作 2026-11-23",
    }
)
WEBHOOK_NAMES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "webhook_format": {"standard": "签名回调", "wecom": "企业微信群机器人"},
        "message": dict(TITLES),
        "delivery_state": {"waiting": "待发送", "delivered": "已送达", "failed": "已放弃", "dropped": "已丢弃"},
    }
)
