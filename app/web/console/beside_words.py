"""The sentences of what stands beside a case: named officers, files, marks taken back."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

BESIDE_NAMES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "step": {"case.attach": "添加附件"},
        "action": {"case.attach": "添加案件附件", "entity.label": "添加标签", "entity.void_mark": "撤销记分或标签"},
    }
)

BESIDE_SENTENCES: Mapping[str, str] = MappingProxyType(
    {
        "mention.title": "提到我的",
        "mention.count": "提到我的 {count}",
        "mention.lead": "同事在案件备注里用 @ 提到您的地方。",
        "mention.none": "没有人提到您。",
        "mention.by": "{who} 在 {at} 提到您",
        "mention.put_away": "知道了",
        "mention.put_away_one": "知道了：{case}",
        "mention.all": "全部标为已读",
        "mention.seen": "已读",
        "mention.hint": "写 @用户名 可提醒同事",
        "files.title": "附件",
        "files.none": "还没有附件。",
        "files.add": "添加附件",
        "files.choose": "选择文件",
        "files.help": "PDF、JPG 或 PNG，每个不超过 {megabytes} MB，每案最多 {most} 个。",
        "files.by": "{who} 添加",
        "problem.file": "文件为空、过大或格式不符。",
        "problem.files": "附件数量已达上限。",
        "entity.void": "撤销",
        "entity.void_reason": "撤销原因",
    }
)
