"""Every sentence and name the console shows, in one place; `language` has the English of each.

Templates and views ask ``say("key", …)``; a key that is missing is our bug and fails at once. Names of things that come
from data (tricks, kinds, categories) are looked up with ``name`` and fall back to the token itself, because a newer
snapshot may know more than this file.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from app.web.console import account_words, pack_words, wordlist_words
from app.web.console.audit_words import AUDIT_NAMES, AUDIT_SENTENCES
from app.web.console.backtest_words import BACKTEST_NAMES, BACKTEST_SENTENCES
from app.web.console.beside_words import BESIDE_NAMES, BESIDE_SENTENCES
from app.web.console.campaign_words import CAMPAIGN_NAMES, CAMPAIGN_SENTENCES
from app.web.console.case_words import CASE_NAMES, CASE_SENTENCES
from app.web.console.dashboard_words import DASHBOARD_NAMES, DASHBOARD_SENTENCES
from app.web.console.event_words import EVENT_NAMES, EVENT_SENTENCES
from app.web.console.language import translated
from app.web.console.live_words import LIVE_NAMES, LIVE_SENTENCES
from app.web.console.money_words import MONEY_NAMES, MONEY_SENTENCES
from app.web.console.names import NAMES as COMMON_NAMES
from app.web.console.partner_words import PARTNER_NAMES, PARTNER_SENTENCES
from app.web.console.people_words import PEOPLE_SENTENCES
from app.web.console.quality_words import QUALITY_NAMES, QUALITY_SENTENCES
from app.web.console.registry_words import REGISTRY_NAMES, REGISTRY_SENTENCES
from app.web.console.reviewer_words import REVIEWER_NAMES, REVIEWER_SENTENCES
from app.web.console.roster_words import ROSTER_NAMES, ROSTER_SENTENCES
from app.web.console.rule_words import RULE_SENTENCES
from app.web.console.segment_words import SEGMENT_NAMES, SEGMENT_SENTENCES
from app.web.console.webhook_words import WEBHOOK_NAMES, WEBHOOK_SENTENCES
from app.web.console.what_if_words import WHAT_IF_NAMES, WHAT_IF_SENTENCES
from app.web.console.wording_words import WORDING_NAMES, WORDING_SENTENCES

LANGUAGE = "zh-CN"


def say(key: str, **values: object) -> str:
    """The sentence of that key in the page's language, with its values filled in."""
    return translated(SENTENCES[key], key).format(**values)


def name(group: str, token: str | None) -> str:
    """What people call a token of data: a trick, a kind, a state; the token itself where no word is known."""
    known = NAMES.get(group) or wordlist_words.NAMES[group]
    word = known.get(token or "")
    return (token or "") if word is None else translated(word, group)


def _together(*tables: Mapping[str, Mapping[str, str]]) -> Mapping[str, Mapping[str, str]]:
    """The groups of all tables; a group that several know has the words of all, and no word means two things."""
    groups: dict[str, dict[str, str]] = {}
    for table in tables:
        for group, words in table.items():
            known = groups.setdefault(group, {})
            twice = {token for token in known.keys() & words.keys() if known[token] != words[token]}
            if twice:
                raise ValueError(f"{group} names {sorted(twice)} in two ways")
            known.update(words)
    return MappingProxyType(groups)


NAMES: Mapping[str, Mapping[str, str]] = _together(
    COMMON_NAMES,
    LIVE_NAMES,
    ROSTER_NAMES,
    AUDIT_NAMES,
    MONEY_NAMES,
    CAMPAIGN_NAMES,
    PARTNER_NAMES,
    REVIEWER_NAMES,
    REGISTRY_NAMES,
    SEGMENT_NAMES,
    CASE_NAMES,
    EVENT_NAMES,
    BACKTEST_NAMES,
    DASHBOARD_NAMES,
    WEBHOOK_NAMES,
    QUALITY_NAMES,
    WHAT_IF_NAMES,
    WORDING_NAMES,
    BESIDE_NAMES,
)
SENTENCES: Mapping[str, str] = MappingProxyType(
    {
        **LIVE_SENTENCES,
        **BACKTEST_SENTENCES,
        **DASHBOARD_SENTENCES,
        **QUALITY_SENTENCES,
        **WORDING_SENTENCES,
        **BESIDE_SENTENCES,
        **MONEY_SENTENCES,
        **CAMPAIGN_SENTENCES,
        **PARTNER_SENTENCES,
        **REVIEWER_SENTENCES,
        **REGISTRY_SENTENCES,
        **SEGMENT_SENTENCES,
        **WHAT_IF_SENTENCES,
        **CASE_SENTENCES,
        **WEBHOOK_SENTENCES,
        "brand": "微衡",
        "brand.line": "内容合规与风控",
        "skip": "跳到正文",
        "nav.label": "主导航",
        "nav.review": "审核",
        "nav.cases": "案件",
        "nav.definitions": "依据",
        "nav.rules": "规则",
        "nav.backtests": "回测",
        "nav.sign_offs": "签核",
        "nav.privacy": "隐私",
        "nav.people": "个人信息",
        "nav.records": "记录",
        "nav.audit": "审计",
        "nav.help": "参考",
        "nav.docs": "接口文档",
        "account.all_shops": "全部店铺",
        "account.shops": "{count} 家店铺",
        "sign_out": "退出登录",
        "keys.on": "快捷键：开",
        "keys.off": "快捷键：关",
        "keys.move": "上一条 / 下一条",
        "keys.open": "打开",
        "keys.search": "搜索",
        "sign_in.title": "登录",
        "sign_in.lead": "登录后查看待审案件、命中依据与裁决过程。",
        "sign_in.username": "用户名",
        "sign_in.password": "密码",
        "sign_in.submit": "登录",
        "sign_in.help": "没有账号？请管理员在服务器上运行",
        "sign_in.wrong": "用户名或密码错误。",
        "sign_in.locked": "登录失败次数过多，账号已暂时锁定，请 {wait}后再试。",
        "sign_in.busy": "登录人数过多，请稍候几秒再试。",
        "sign_in.signed_out": "已退出登录，该账号在所有设备上的会话均已结束。",
        "cases.title": "案件",
        "cases.count": "本页 {count} 件",
        "numbers.label": "队列概况",
        "numbers.open": "待处理",
        "numbers.open_than": "今日新增 {today} 件，较昨日同时段",
        "numbers.soon": "即将超时",
        "numbers.soon_than": "{minutes} 分钟内到期 ·",
        "numbers.late": "已超时 {count} 件",
        "numbers.blocked": "今日拦截",
        "numbers.blocked_than": "昨日同时段 {before} 件 ·",
        "numbers.more": "增加 {count}",
        "numbers.less": "减少 {count}",
        "numbers.same": "持平",
        "cases.in_force": "生效版本",
        "filter.label": "筛选案件",
        "filter.search": "搜索编号、订单、店铺或文字",
        "search.claims": "理赔单：",
        "search.shops": "店铺的全部案件：",
        "search.by_text": "没有这样的编号或店铺；文字只在最先到期的 {count} 件未结案件中查找。",
        "search.blind": "您正在盲审的案件不在列表中，提交裁决之后显示。",
        "filter.state": "状态",
        "filter.decision": "裁决",
        "filter.category": "类别",
        "filter.shop": "店铺",
        "filter.order": "排序",
        "filter.all": "全部",
        "filter.oldest": "最早到期",
        "filter.newest": "最晚到期",
        "filter.submit": "筛选",
        "filter.clear": "清除筛选",
        "column.content": "内容编号",
        "column.summary": "内容摘要",
        "column.category": "类别",
        "column.decision": "裁决",
        "column.severity": "风险",
        "column.shop": "店铺",
        "column.due": "期限",
        "column.state": "状态",
        "page.label": "翻页",
        "page.next": "下一页",
        "page.previous": "上一页",
        "empty.title": "还没有案件",
        "empty.lead": "机器拿不准或拦截的内容会成为案件，在这里等人查看。先送一条内容来试试：",
        "empty.key": "在服务器上创建一把接口密钥",
        "empty.send": "用它送审一条文案（把 KEY 换成上一步输出的密钥）",
        "empty.then": "送出后刷新本页，即可看到命中的词、依据与期限。",
        "empty.filtered": "没有符合条件的案件",
        "empty.filtered_lead": "换一个条件，或清除筛选看看。",
        "empty.queue": "队列已清空",
        "empty.queue_lead": "没有待处理的案件。可以把状态切换为“全部”，查看已办结的案件。",
        "case.back": "返回案件列表",
        "case.previous": "上一件",
        "case.next": "下一件",
        "case.texts": "送审文案",
        "case.texts_hint": "鼠标悬停、键盘 Tab 或轻点标记处，查看命中依据。",
        "case.segments": "视频片段",
        "case.segments_more": "其余 {count} 个没有命中的片段",
        "case.media": "媒体",
        "case.facts": "上传方声明",
        "case.masked": "已遮盖 {count} 处个人信息",
        "case.erased": "原文无法打开：上传者的个人信息已删除，或密封已损坏。下面是当时留存的脱敏摘录。",
        "case.no_text": "这次送审没有文字。",
        "case.replaced": "内容已有更新的版本（第 {version} 版），这里显示的是第 {own} 版。",
        "case.hits": "命中词条",
        "case.no_hits": "没有命中词库，案件由规则、审核意见或存疑触发。",
        "case.exempted": "已豁免（本店可用，不计入裁决）",
        "case.exempted_one": "{reason}（有效期至 {valid_to}）",
        "case.reasons": "裁决理由",
        "case.no_reasons": "没有规则触发。",
        "case.references": "依据",
        "case.shadow": "影子规则，只记录、不影响裁决",
        "case.missing": "缺少事实：{facts}",
        "case.unsigned": "待签核，故按人工复核处理：{why}",
        "case.signed": "签核：{name}，{basis}（{who} 签，{second} 复核）",
        "case.bindings": "规则所见",
        "case.doubts": "存疑",
        "case.advice": "给上传者的提示",
        "case.opinions": "审核意见",
        "case.score": "把握 {score}%",
        "case.labels": "须加标识",
        "case.about": "概况",
        "case.id": "案件编号",
        "case.kind": "内容类型",
        "case.shop": "店铺",
        "case.author": "上传者",
        "case.shop_category": "店铺类目",
        "case.uploaded": "送审时间",
        "case.occurred": "发生时间",
        "case.snapshots": "裁决所用版本",
        "case.rules": "规则",
        "case.wordlists": "词库",
        "case.screening": "筛查编号",
        "case.timeline": "时间线",
        "case.opened": "开案",
        "case.opened_by": "机器裁决：{decision}",
        "case.due": "到期",
        "case.decided": "办结",
        "case.decided_by": "{by}：{outcome}",
        "case.superseded": "关闭",
        "case.versions": "内容版本",
        "case.version": "第 {version} 版",
        "case.this": "本案",
        "case.open_case": "查看案件",
        "case.rewrites": "可参考的改写（已按词库核对）",
        "alarm.title": "需要处理",
        "alarm.tripped": "已熔断，拦截改为人工复核：{why}",
        "alarm.folder": "规则文件夹",
        "alarm.overdue": "复审期限 {day} 已过",
        "alarm.soon": "须在 {day} 前复审",
        "alarm.unsigned": "待签核：{why}；{rules} 因此按人工复核处理",
        "alarm.more": "另有 {count} 项。",
        "outage.clock_ahead": "时钟存疑：这台服务器的时钟比数据库快 {by}。时限判定、付款与清理暂缓，"
        "对准后自动继续；内容审核照常。请联系运维检查 NTP。",
        "outage.clock_behind": "时钟存疑：这台服务器的时钟比数据库慢 {by}。时限判定、付款与清理暂缓，"
        "对准后自动继续；内容审核照常。请联系运维检查 NTP。",
        "outage.clock_leapt": "时钟存疑：时钟跳变了 {by}。时限判定、付款与清理暂缓，"
        "若不再跳变，{left}后恢复；内容审核照常。",
        "outage.full": "数据库所在磁盘已满：裁决、备注等暂时无法保存，请稍后再试，并联系运维。",
        "outage.read_only": "数据库暂时只读：裁决、备注等暂时无法保存，请稍后再试，并联系运维。",
        "outage.away": "数据库没有应答：裁决、备注等暂时无法保存，请稍后再试。",
        "outage.feeds": "店铺事件中断，未报来的事未必没有发生，有关时限与付款暂缓：{shops}",
        "outage.more_shops": " 等",
        "hit.word": "词条",
        "hit.seen": "原文",
        "hit.category": "类别",
        "hit.verdict": "判定",
        "hit.source": "依据",
        "hit.hidden": "隐写手法",
        "hit.not_hidden": "未隐藏",
        "hit.suggestion": "修改建议",
        "due.left": "剩余 {span}",
        "due.late": "超时 {span}",
        "due.was": "到期 {at}",
        "span.days": "{days} 天 {hours} 小时",
        "span.hours": "{hours} 小时 {minutes} 分",
        "span.minutes": "{minutes} 分钟",
        "span.seconds": "{seconds} 秒",
        "error.400.title": "请求无法处理",
        "error.400": "表单已过期或不完整，请返回上一页刷新后重试。",
        "error.403.title": "没有权限",
        "error.403": "您的账号不能查看这个页面。",
        "error.404.title": "没有找到",
        "error.404": "没有这个页面，或它不属于您负责的店铺。",
        "error.413.title": "上传的内容过大",
        "error.413": "一次上传的文件合计不能超过 {megabytes} MB，没有保存。请分次上传，或压缩后再传。",
        "error.422.title": "地址不正确",
        "error.422": "地址中的参数不正确，请从列表重新进入。",
        "error.503.title": "暂时无法使用",
        "error.503": "数据库没有应答，请稍后刷新。",
        "error.500.title": "出错了",
        "error.500": "页面没有生成成功。请把下面的请求编号告诉管理员。",
        "error.id": "请求编号",
        "error.home": "回到案件列表",
        **account_words.SENTENCES,
        **AUDIT_SENTENCES,
        **PEOPLE_SENTENCES,
        **RULE_SENTENCES,
        **EVENT_SENTENCES,
        **ROSTER_SENTENCES,
        **pack_words.SENTENCES,
        **wordlist_words.SENTENCES,
    }
)
