"""Facts of contents and orders in an officer's words: ``flash_sale.declared_stock`` is 文案写明的件数.

An explanation names facts as packs do, so that an author finds them again. Officers read words instead; a fact that has
none here keeps its name. Only sentences are put so: the parts of a condition that can be unfolded stay as written.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

FACTS: Mapping[str, str] = {
    "ad_label": "已标“广告”",
    "absolute_term_basis": "主张的豁免依据",
    "absolute_term_evidence_url": "豁免凭证",
    "absolute_term_grounds": "文中可能的豁免情形",
    "ai_generated": "由AI生成",
    "audience_max_age": "受众最大年龄",
    "audience_min_age": "受众最小年龄",
    "author.penalty": "作者所处处罚阶段",
    "author.strike_points": "作者有效记分",
    "buyer_ref": "买家",
    "c.is_backed": "宣称附有出处",
    "c.kind": "宣称的种类",
    "case_sample_note": "案例的出处与样本",
    "category": "类目",
    "channel": "渠道",
    "citation.source": "引用出处",
    "claim_kinds": "文中的宣称",
    "claims": "文中的宣称",
    "content_kind": "内容类型",
    "content_type": "申报的内容配比类型",
    "credential_id": "专业资格编号",
    "efficacy_basis_url": "功效宣称依据",
    "evidence_ids": "凭证编号",
    "flash_sale.declared_stock": "文案写明的件数",
    "flash_sale.has_period": "文案写明起止时间",
    "h.category": "命中词的类别",
    "h.field": "命中词所在的字段",
    "h.verdict": "命中词的判定",
    "health_food_notice": "已显示“本品不能代替药物”",
    "hit_categories": "命中的类别",
    "hits": "命中词",
    "makeover.portrait_consent": "出镜者书面同意",
    "makeover.retouched": "前后对比用了滤镜、AI 或整形",
    "media_check.errcode": "媒体检测的返回码",
    "media_check.suggest": "媒体检测的建议",
    "mix_type": "内容配比类型",
    "msg_sec_check.errcode": "内容安全接口的返回码",
    "msg_sec_check.label": "内容安全接口的标签",
    "msg_sec_check.suggest": "内容安全接口的建议",
    "now": "裁决时间",
    "order.cancelled_at": "订单取消时间",
    "order.category": "订单类目",
    "order.confirmed_at": "确认收货时间",
    "order.extended_to_at": "协商后的发货期限",
    "order.first_shipped_at": "首次发货时间",
    "order.fully_refunded_at": "全额退款时间",
    "order.guaranteed_fen": "平台已赔金额",
    "order.paid_at": "付款时间",
    "order.paid_fen": "实付金额",
    "order.refunded_fen": "已退款金额",
    "order.settled_at": "结算时间",
    "order.shipped_at": "发货时间",
    "order.stock_type": "现货或预售",
    "order.supplier_tier": "供应商分层",
    "origin_provinces": "文中宣称的产地",
    "past.evidence": "登记的凭证",
    "past.origin_claimed_count": "从宣称产地发出的包裹数",
    "past.origin_is_of_sku": "按本商品的包裹统计",
    "past.origin_parcel_count": "统计期内发出的包裹数",
    "personal_data_count": "文中个人信息的处数",
    "personal_data_kinds": "文中的个人信息",
    "reserved_stock": "实际备货件数",
    "shop.penalty": "店铺所处处罚阶段",
    "shop.strike_points": "店铺有效记分",
    "shopping_link": "带购物链接",
    "sku_id": "商品编号",
    "text": "文案",
    "text_length": "文案字数",
}
_VALUES: Mapping[str, str] = {"block": "拦截", "review": "复核", "label": "加标识", "risky": "有风险", "pass": "通过"}
_TOKEN = re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)*")


def in_words(sentence: str, categories: Mapping[str, str]) -> str:
    """The sentence with facts, categories and verdicts as officers call them; ``categories`` are titles by id."""
    return _TOKEN.sub(lambda found: _said(found[0], categories), sentence)


def _said(token: str, categories: Mapping[str, str]) -> str:
    return FACTS.get(token) or categories.get(token) or _VALUES.get(token) or token
