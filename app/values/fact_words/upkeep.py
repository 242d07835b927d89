"""Facts of the service's own rules, lists and logs, as officers call them."""

from __future__ import annotations

from collections.abc import Mapping

WORDS: Mapping[str, str] = {
    "age_seconds": "距上次完成检查的时长",
    "before_count": "现行词条数",
    "changed_count": "变动词条数",
    "checked_at": "检查时间",
    "is_traceable": "来源可追溯",
    "lines": "日志内容",
    "log": "日志名称",
    "new_device_ratio_bp": "新设备占比",
    "now": "裁决时间",
    "outcome": "处理结果",
    "overdue_count": "复审逾期的依据数",
    "rule_count": "生效与观察中的规则数",
    "source": "来源",
    "total_change_bp": "总量变化幅度",
    "ungrounded_count": "缺少有效依据的规则数",
    "unreviewed_days": "距上次发布或签署的天数",
    "value_bp": "变化幅度",
}
