"""The sentences of the page of wordings."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

WORDING_NAMES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "wording_state": {"waiting": "等待批准", "approved": "已批准", "refused": "已驳回"},
        "action": {
            "wording.propose": "提出处置话术",
            "wording.approve": "批准处置话术",
            "wording.refuse": "驳回处置话术",
        },
    }
)

WORDING_SENTENCES: Mapping[str, str] = MappingProxyType(
    {
        "nav.wordings": "处置话术",
        "wording.title": "处置话术",
        "wording.lead": "裁决办结时，商家除理由外还会看到与裁决结果对应的话术；"
        "有所依据类别或规则专用的，优先使用专用话术。",
        "wording.in_force": "生效中",
        "wording.none": "尚无生效的话术，商家只看到理由。",
        "wording.any": "通用",
        "wording.outcome": "裁决",
        "wording.policy": "适用依据",
        "wording.policy_hint": "类别或规则编号；留空为通用",
        "wording.text": "话术",
        "wording.text_hint": "留空表示停用现行话术",
        "wording.ends": "停用",
        "wording.version": "第 {version} 版",
        "wording.waiting": "等待第二人批准",
        "wording.approve": "批准",
        "wording.refuse": "驳回",
        "wording.reason": "理由",
        "wording.propose": "提出新版本",
        "wording.submit": "提交",
        "wording.own": "由您提出，须由另一人批准。",
        "wording.history": "历史版本",
        "wording.proposed": "已提交，等待另一人批准。",
        "wording.decided": "已处理。",
        "wording.who": "{who} 提出",
        "wording.told": "商家看到的话术",
        "wording.same": "该话术与现行版本相同，或已有版本在等待批准。",
    }
)
