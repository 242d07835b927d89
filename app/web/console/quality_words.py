"""The sentences and names of second reviews and of training."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

QUALITY_NAMES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "review_state": {"waiting": "待抽检", "agreed": "一致", "disputed": "不一致，待裁定", "resolved": "已裁定"},
        "agreement_group": {"officer": "按首位审核员", "category": "按类别", "rule": "按规则"},
        "step": {"case.correct": "抽检后更正"},
        "action": {
            "case.correct": "抽检后更正案件",
            "second_review.decide": "抽检裁决",
            "second_review.resolve": "裁定抽检分歧",
            "gold.mark": "设为标准案例",
            "gold.retire": "停用标准案例",
            "gold.answer": "练习作答",
        },
    }
)

QUALITY_SENTENCES: Mapping[str, str] = MappingProxyType(
    {
        "nav.quality": "抽检",
        "quality.title": "抽检",
        "quality.next": "领取下一件抽检",
        "quality.none_left": "没有你可以抽检的案件：要么都已抽检，要么你经手过。",
        "quality.numbers": "抽检概况",
        "quality.waiting": "待抽检",
        "quality.share_one": "{queue} {share}",
        "quality.waiting_than": "抽检比例：{shares}",
        "quality.kappa": "一致性 κ（近 {days} 天）",
        "quality.kappa_than": "95% 区间 {low} 至 {high} · {pairs} 对",
        "quality.kappa_none": "样本不足，尚无法计算 · {pairs} 对",
        "quality.agreed": "一致率",
        "quality.agreed_than": "95% 区间 {low} 至 {high}",
        "quality.disputed": "待裁定的分歧",
        "quality.disputed_than": "由未参与两次裁决的高级审核员裁定",
        "quality.drift": "一致性下降：最近 {pairs} 对的 κ 为 {kappa}，低于下限 {bound}。"
        "请核对下面的分歧，并与审核员对齐标准。",
        "quality.agreement": "一致性",
        "quality.group": "对象",
        "quality.pairs": "对数",
        "quality.share": "一致率",
        "quality.interval": "95% 区间",
        "quality.kappa_short": "κ",
        "quality.none": "还没有完成的抽检。案件办结后按上面的比例抽出，由另一位审核员盲审。",
        "quality.csv": "下载 CSV",
        "quality.how": "κ（Cohen）衡量扣除偶然一致后的一致程度：1 为完全一致，0 为与随机相同。"
        "抽检人看不到首次裁决和机器审核意见。",
        "quality.teaching": "教学案例",
        "quality.teaching_none": "还没有裁定过的分歧。",
        "quality.review": "抽检案件",
        "quality.blind": "请独立判断：在提交之前，本页与案件页都不显示首次裁决。",
        "quality.reason": "理由",
        "quality.policy": "依据",
        "quality.first": "首次裁决",
        "quality.second": "抽检裁决",
        "quality.right": "裁定结果",
        "quality.lesson": "说明（供学习）",
        "quality.corrects": "同时更正原案件的裁决",
        "quality.resolve": "裁定",
        "quality.case": "打开案件",
        "quality.said": "已提交，与首次裁决{how}。",
        "quality.same": "一致",
        "quality.other": "不一致，已交高级审核员裁定",
        "quality.resolved": "已裁定。",
        "quality.not_yours": "本件抽检不由你处理。",
        "training.title": "练习",
        "training.lead": "用标准案例练习判断。最近 {needed} 题答对 {mark} 即为合格。",
        "training.required": "合格之后才能领取案件。",
        "training.stand": "已答 {answered} 题，答对 {right} 题",
        "training.passed": "已合格",
        "training.not_passed": "未合格",
        "training.none_left": "没有更多标准案例了。",
        "training.right": "回答正确。",
        "training.wrong": "回答有误，标准答案是「{outcome}」。",
        "training.lesson": "要点：{lesson}",
        "training.answer": "作答",
        "training.results": "练习成绩",
        "training.officer": "审核员",
        "training.answered": "已答",
        "training.share": "正确率",
        "training.gold": "标准案例",
        "training.gold_none": "还没有标准案例。在已办结的案件上可以设为标准案例。",
        "training.mark": "设为标准案例",
        "training.marked": "已设为标准案例。",
        "training.to": "去练习",
        "problem.lesson": "请写明说明。",
        "problem.train_first": "请先完成练习并达到合格线，再领取案件。",
    }
)
