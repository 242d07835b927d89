"""What the page of a case about an event says: how its subject came to it, what is due, what was brought about."""

from __future__ import annotations

from collections.abc import Mapping

EVENT_NAMES: Mapping[str, Mapping[str, str]] = {
    "due_state": {"waiting": "未到期", "met": "已按时完成", "passed": "已逾期", "cancelled": "不再需要"},
    "effect_verb": {"open_case": "转人工审核", "open_claim": "开立赔付", "freeze": "冻结资金", "notify": "发出通知"},
    "fact_origin": {"sent": "接入方报送", "platform": "平台提供", "computed": "系统计算"},
    "fact_presence": {"required": "必报", "nullable": "可以没有", "expected": "缺少时无法判断，转人工"},
    "effect_state": {"open": "仍然有效", "withdrawn": "已撤回", "lifted": "已由人工解除"},
}
EVENT_SENTENCES: Mapping[str, str] = {
    "rule.asked": "所看的事实",
    "course.title": "事件经过",
    "course.told": "报送的 {count} 项事实",
    "course.more": "只列出最近的 {count} 条。",
    "course.long": "事件太多，未在此列出。",
    "course.dues": "时限",
    "course.effects": "由此引起",
    "course.claim": "查看赔付单",
    "course.claims": "所涉理赔单",
    "course.claims_of": "{cause}：{doubts}",
    "course.claims_total": "共 {count} 件，合计 {total} 元",
    "course.claims_more": "最近的 {count} 件：",
    "course.claims_sign": "其中有的只等参数签核：签核完成后会自动继续，不必逐件处理。",
    "course.to_sign_offs": "去签核",
    "course.case": "查看案件",
}
