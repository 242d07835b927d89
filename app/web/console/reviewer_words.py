"""The sentences and names of the page about reviewers, and of their opinions beside a case."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

REVIEWER_SENTENCES: Mapping[str, str] = MappingProxyType(
    {
        "nav.reviewers": "机审",
        "reviewers.title": "机审与人工",
        "reviewers.numbers": "机审概况",
        "reviewers.set_up": "已启用",
        "reviewers.set_up_than": "{resting} 个因连续失败暂停",
        "reviewers.opinions": "可比对的意见（近 {days} 日）",
        "reviewers.opinions_than": "人工已办结、机审有意见",
        "reviewers.differ": "意见不一致",
        "reviewers.differ_than": "机审多判 {harder} 件，少判 {milder} 件",
        "reviewers.table": "与人工的一致性",
        "reviewers.reviewer": "机审",
        "reviewers.role": "作用",
        "reviewers.advice": "仅供参考",
        "reviewers.decides": "参与判定",
        "reviewers.gone": "已停用",
        "reviewers.rests": "暂停中",
        "reviewers.coverage": "覆盖",
        "reviewers.precision": "准确率",
        "reviewers.recall": "召回率",
        "reviewers.agreement": "一致率",
        "reviewers.kappa": "κ",
        "reviewers.blind_kappa": "盲审 κ",
        "reviewers.count": "意见 / 办结",
        "reviewers.how": "机审的复核与拦截都算判违规，人工的拦截与退回算判违规。"
        "准确率：机审判违规中人工也判违规的份额；召回率：人工判违规中机审也判违规的份额；κ：扣除巧合后的一致。"
        "盲审案件在办结前不显示机审意见。",
        "reviewers.none": "近 {days} 日没有机审意见。",
        "reviewers.days": "时段",
        "reviewers.days_of": "近 {days} 日",
        "reviewers.model": "线性模型",
        "reviewers.no_model": "没有使用中的模型。人工办结满 200 件后，可在服务器上训练、试验并启用：",
        "reviewers.model_since": "{at} 由 {by} 启用：{reason}",
        "reviewers.model_trained": "训练样本 {count} 件",
        "reviewers.auc": "区分能力（AUC）",
        "reviewers.ece": "校准误差",
        "reviewers.trial": "对 {count} 件未见过的决定的试验",
        "reviewers.differences": "最近的不一致",
        "reviewers.no_differences": "没有不一致的案件。",
        "reviewers.difference": "机审“{ai}”，人工“{officer}”",
        "reviewers.more": "更早的不一致",
        "opinions.blind": "本案为盲审：办结后才显示机审意见。",
        "opinions.was_blind": "盲审案件：审核人办结前看不到这些意见。",
        "opinions.awaited": "等待平台结果",
        "opinions.abstained": "未给意见：{why}",
        "opinions.repeated": "沿用同一内容的意见",
        "opinions.advice": "仅供参考",
        "opinions.read": "图 {number}",
        "opinions.read_hits": "画面中命中：{words}",
    }
)
REVIEWER_NAMES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "abstained": {
            "timeout": "超时",
            "no_answer": "没有应答",
            "refused": "服务拒绝",
            "nonsense": "答复不可用",
            "resting": "暂停中",
            "failed": "出错",
            "busy": "平台忙",
            "unsure": "没有把握",
            "budget": "当日次数用尽",
            "too_long": "文字过长",
            "no_text": "没有文字",
            "no_openid": "没有作者 openid",
            "no_model": "没有模型",
            "unreadable_media": "媒体无法读取",
            "media_unchecked": "媒体没有检测结果",
            "platform_refused": "平台拒绝",
            "not_installed": "没有安装文字识别组件（ocr）",
            "no_image": "不是 JPEG、PNG、GIF 或 WebP 图片",
            "too_large": "图片过大",
            "animated": "动态图片",
            "no_pictures": "没有图片",
            "too_many": "图片过多",
            "another_file": "与送审时的文件不同",
            "unreadable": "画面文字看不清",
        },
    }
)
