"""What kinds of evidence there are, and what a rule sees of a piece.

A rule asks ``has_evidence("test_report", claim=c.kind)``. What it looks at is a list of records, one for each claim a
piece was registered for (one with an empty claim where it names none), so both evaluators read it like any other list.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from app.values.facts import Fact, FactType, Origin, Presence

FACT = "past.evidence"
IN_FORCE, LAPSED = "in_force", "lapsed"
SUBJECT_TYPES = ("sku", "content", "person", "provider", "supplier", "campaign", "course", "other")
MEMBERS: Mapping[str, FactType] = MappingProxyType(
    dict.fromkeys(("id", "kind", "number", "subject", "claim", "state"), FactType.TEXT)
)
EVIDENCE = Fact(
    FACT,
    FactType.RECORD_LIST,
    Presence.EXPECTED,
    Origin.COMPUTED,
    items=MEMBERS,
    doc="verified evidence that covers this, and named evidence that no longer holds; unknown: nobody looked it up",
)


@dataclass(frozen=True, slots=True)
class EvidenceKind:
    """One kind. ``longest_days``: the law gives it no longer life than this, so an end is needed."""

    name: str
    title: str
    basis: str
    longest_days: int | None = None
    needs_subject: bool = False


_ALL = (
    EvidenceKind("test_report", "检验检测报告", "广告法第二十八条、直播电商监督管理办法第二十七条"),
    EvidenceKind("certificate", "认证证书", "广告法第二十八条、认证认可条例"),
    EvidenceKind("patent", "专利证书", "广告法第十二条"),
    EvidenceKind("origin_proof", "产地证明或溯源凭证", "广告法第二十八条第二项"),
    EvidenceKind("quality_certificate", "产品合格证明", "产品质量法第二十七条", needs_subject=True),
    EvidenceKind("efficacy_basis", "化妆品功效宣称依据", "化妆品监督管理条例第二十二条"),
    EvidenceKind("data_source", "统计或研究资料的出处", "广告法第十一条"),
    EvidenceKind("production_licence", "生产经营许可或备案", "食品安全法第三十五条、第六十二条"),
    EvidenceKind("inspection_report", "农产品承诺达标合格证或检验报告", "农产品质量安全法第三十九条"),
    EvidenceKind("business_licence", "营业执照", "电子商务法第十五条"),
    EvidenceKind("seller_identity", "经营者真实名称、地址与有效联系方式", "消费者权益保护法第四十四条"),
    EvidenceKind("store_proof", "实体门店证明", "直播电商监督管理办法第二十九条"),
    EvidenceKind("professional_licence", "专业人员执业资格", "直播电商监督管理办法第二十八条"),
    EvidenceKind("portrait_consent", "书面肖像与姓名授权", "广告法第三十三条", needs_subject=True),
    EvidenceKind("guardian_consent", "监护人书面同意", "广告法第三十三条", needs_subject=True),
    EvidenceKind("usage_record", "代言人或推荐人使用商品的记录", "广告法第三十八条"),
    EvidenceKind("advertiser_qualification", "广告主与推荐人的资质档案", "互联网广告管理办法第十三条"),
    EvidenceKind("copyright_licence", "著作权授权", "著作权法第二十六条"),
    EvidenceKind("merchant_agreement", "商家书面协议", "电子商务法第三十四条"),
    EvidenceKind("service_agreement", "服务机构书面协议", "直播电商监督管理办法第四十三条"),
    EvidenceKind("data_agreement", "个人信息委托处理协议", "个人信息保护法第二十一条"),
    EvidenceKind("user_agreement", "无标识内容的用户协议", "人工智能生成合成内容标识办法第九条"),
    EvidenceKind("impact_assessment", "个人信息保护影响评估报告", "个人信息保护法第五十五条、第五十六条", 1_096),
    EvidenceKind("official_certificate", "国家机关颁发的文件", "广告法第九条第二项"),
    EvidenceKind("income_proof", "学员收入的证明", "广告法第二十四条第一项"),
    EvidenceKind("dispatch_filing", "特殊发货报备", "平台发货管理规则"),
    EvidenceKind("award", "评定奖项或分级的证明", "广告绝对化用语执法指南第六条"),
    EvidenceKind("sales_proof", "销售或排名的统计证明", "广告绝对化用语执法指南第六条"),
    EvidenceKind("human_service", "人工客服渠道的证明", "直播电商监督管理办法第二十条", 366),
    EvidenceKind("option_proof", "推荐关闭与标签管理功能的演示记录", "互联网信息服务算法推荐管理规定第十七条", 366),
    EvidenceKind("filming_notice", "拍摄告示的现场照片", "个人信息保护法第二十六条", 366),
    EvidenceKind("prepaid_contract", "预付消费的书面合同", "消费者权益保护法第五十三条"),
    EvidenceKind("placement_record", "算法投放的规则与记录", "互联网广告管理办法第十五条"),
    EvidenceKind("recording_archive", "直播录像与互动记录的存档证明", "直播电商监督管理办法第十六条", 366),
    EvidenceKind("patrol_record", "直播巡查记录", "直播电商监督管理办法第十一条"),
    EvidenceKind("other", "其他凭证", "按所附文件"),
)
KINDS: Mapping[str, EvidenceKind] = MappingProxyType({kind.name: kind for kind in _ALL})
