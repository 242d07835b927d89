"""What people call the states and outcomes of cases in Chinese: on pages and in exports the same."""

from __future__ import annotations

from collections.abc import Mapping

STATE_TITLES: Mapping[str, str] = {
    "open": "待处理",
    "claimed": "处理中",
    "second": "待第二人复核",
    "held": "已搁置",
    "decided": "已办结",
    "appealed": "申诉中",
    "upheld": "申诉维持",
    "overturned": "申诉改判",
    "superseded": "已被新版取代",
}
OUTCOME_TITLES: Mapping[str, str] = {"pass": "通过", "block": "违规", "label": "加标识", "return": "退回修改"}
