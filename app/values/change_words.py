"""The words in which differences between snapshots are told: Chinese first, English beside it."""

from __future__ import annotations


def _words(**said: tuple[str, str]) -> dict[str, dict[str, str]]:
    return {name: {"zh": zh, "en": en} for name, (zh, en) in said.items()}


WHATS = _words(
    pack=("规则包", "pack"),
    rule=("规则", "rule"),
    parameter=("参数", "parameter"),
    reference=("依据", "reference"),
    examples=("规则的示例", "examples of rule"),
    category=("类别", "category"),
    list=("词库", "wordlist"),
    word=("词", "word"),
    exemption=("豁免", "exemption"),
)
CHANGES = _words(added=("新增", "Added"), removed=("移除", "Removed"), changed=("修改", "Changed"))
SENTENCES = _words(
    alone=("{change}{what} {name}", "{change} {what} {name}"),
    within=("{change}{what} {name}（{within}）", "{change} {what} {name} ({within})"),
)
SAID = _words(
    none=("没有差别。", "No difference."),
    hard=(
        "涉及 {count} 条会拦截、暂缓或动用资金的规则：{rules}。",
        " Rules that block, hold or move money among them ({count}): {rules}.",
    ),
    used_by=("影响规则 {rules}", "concerns {rules}"),
    nothing=("无", "none"),
    yes=("是", "yes"),
    no=("否", "no"),
    only_after=("{name}：{after}", "{name} {after}"),
    only_before=("{name}（原）：{before}", "{name} was {before}"),
    both=("{name}由 {before} 改为 {after}", "{name} from {before} to {after}"),
    gained=("增加 {members}", "gains {members}"),
    lost=("去掉 {members}", "loses {members}"),
    order=("次序改变", "in another order"),
    more=(" 等另外 {count} 项", " and {count} more"),
)
ENGLISH_COUNTS = "{count} {what} {change}"
PLURALS = {"examples": "rules' examples", "category": "categories"}
FIELDS = _words(
    title=("名称", "title"),
    title_en=("英文名称", "English title"),
    owner=("负责人", "owner"),
    pack=("规则包", "pack"),
    on=("事件", "event kinds"),
    status=("状态", "status"),
    effective_from=("生效日", "effective from"),
    review_by=("复审期限", "review by"),
    references=("依据", "references"),
    when=("条件", "condition"),
    then=("后果", "consequence"),
    reason=("理由", "reason"),
    remedy=("修改办法", "remedy"),
    missing=("缺失时", "when missing"),
    unsigned=("待签核原因", "waits for sign-off because"),
    share=("灰度范围", "share"),
    band=("触发率区间", "firing-rate band"),
    default=("取值", "value"),
    unit=("单位", "unit"),
    origin=("来源", "origin"),
    note=("说明", "note"),
    text=("文字", "text"),
    confidence=("可信度", "confidence"),
    url=("网址", "address"),
    added=("新增", "added"),
    removed=("移除", "removed"),
    changed=("改动", "changed"),
    category=("类别", "category"),
    verdict=("判定", "verdict"),
    source=("依据", "source"),
    match=("匹配方式", "match"),
    scope=("适用范围", "scope"),
    allow=("放行语境", "allowed contexts"),
    valid_from=("起始日", "valid from"),
    valid_to=("截止日", "valid to"),
    suggest=("建议改写", "suggestion"),
    words=("词数", "words"),
    following=("随词库改变判定的词数", "words that follow the list's verdict"),
    law=("法律依据", "law"),
    severity=("严重程度", "severity"),
    basis=("证明文件", "basis"),
    approved_by=("批准人", "approved by"),
    within=("限于语境", "only within"),
    kinds=("内容种类", "content kinds"),
    is_suggestion_allowed=("可建议改写", "may suggest"),
)
STATUSES = _words(
    draft=("草稿", "draft"),
    shadow=("影子", "shadow"),
    live=("生效", "live"),
    retired=("停用", "retired"),
)
VERDICTS = {"pass": {"zh": "通过", "en": "pass"}} | _words(
    label=("加标识", "label"),
    alert=("提醒", "alert"),
    warn=("警告", "warn"),
    review=("人工复核", "review"),
    hold=("暂缓", "hold"),
    block=("拦截", "block"),
)
UNITS = _words(
    seconds=("秒", "seconds"),
    minutes=("分钟", "minutes"),
    hours=("小时", "hours"),
    days=("天", "days"),
    years=("年", "years"),
    score=("分", "points"),
)
"""What is said behind a number; counts and plain numbers stand alone."""
