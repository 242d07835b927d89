"""Constructions are silent where their characters only meet by chance, and see offers in the wording that accounts use.

A reviewer's text holds `打开光驱` and no consecration, `不过，退房` and no promise to refund.
"""

from __future__ import annotations

import pytest

from app.text.constructions import read_closely
from app.text.constructions.wording import constructions
from app.text.passage import TextField
from app.text.words import Context
from tests.parts.text.test_constructions import AT, NO_WORDS

BY_CHANCE = [
    ("video_caption", "旧光盘还在，打开光驱放进去还能听"),
    ("video_caption", "考试那天提前订的房，不过，退房时间要在中午前"),
    ("video_caption", "从学校走到考场，10到15分钟就够了"),
    ("live_speech", "嗓子哑了，今天要求延时两小时开播"),
    ("video_caption", "毛巾消过毒再晾干"),
    ("comment", "博主介绍得十分详细，一看就会"),
    ("live_speech", "我老公看到账单，表情僵硬"),
    ("video_caption", "手一滑，砸鸡蛋砸出双黄"),
    ("video_title", "电脑一键恢复，三步就好"),
    ("comment", "英雄一个个死去，死亡没有带走他们的名字"),
    ("product_title", "送给世界上最好的爱人 最好的爱 贺卡"),
    ("video_caption", "买了明信片，却找不出比这更合适的词汇"),
    ("comment", "滴滴司机帮忙搬行李，点点滴滴都是内幕故事"),
    ("comment", "车间里的固体废物要分开放"),
    ("comment", "退房时押金直接退，不用等投资人来签字"),
    ("video_caption", "今年去尼玛县看星空"),
    ("comment", "去新奥尔良听爵士，家里还是数字彩电"),
    ("comment", "本月出口交付的机器都装船了"),
    ("comment", "下午两点后入住的客人送果盘，价格180元一晚"),
    ("comment", "车队每5分钟一趟，10分钟到景区"),
    ("live_speech", "他给这位病人治疗过膝盖"),
    ("video_caption", "社区食堂促进领导和居民坐在一起吃饭"),
    ("comment", "宽带每天20元，其他店一般免费"),
    ("video_caption", "完整版的影评写好了，点主页看"),
    ("video_caption", "今年雨水好，地里的庄稼长得喜人"),
    ("comment", "口味一直很稳，赢得了街坊的称赞"),
    ("comment", "去东南亚国家旅游，预计今年人更多"),
]
OFFERED = [
    ("cures_everything", "live_speech", "所有毛病都能调，不是药胜似药，没有副作用"),
    ("speech_of_illness", "live_speech", "姐妹们，这膏不是药却胜过药，能改善湿疹，没有副作用"),
    ("cures_everything", "video_caption", "调理咳嗽、调理积食，家里常备"),
    ("told_of_illness", "video_caption", "拿它炖汤喝，补肾强腰、舒筋活络都有功效"),
    ("body_made_thin", "video_caption", "贴肚子上，哪胖减哪，腰细两圈"),
    ("paper_for_money", "video_caption", "免试入学读研究生，周末上课就行"),
    ("official_backing", "video_title", "国徽认证的正规招生单位"),
    ("private_channel", "comment", "十V领资料"),
    ("private_channel", "comment", "加我telegram，慢慢聊"),
    ("private_channel", "comment", "开通会员有内部渠道"),
    ("nobody_equals", "product_title", "独一无二 不可替代 床头灯"),
    ("downline", "video_caption", "团队裂变到300人，坐着收钱"),
    ("forbidden_trade", "comment", "秃鹰、猎枪到货"),
    ("forbidden_trade", "comment", "收银行卡，收电话卡"),
    ("easy_money", "comment", "急用钱的看过来，需要借款请回复"),
    ("easy_money", "comment", "交易所开户返佣最高"),
    ("gambling", "comment", "拉你进jc群，跟单就行"),
    ("sex_offers", "comment", "要看什么都有，私我，各种资源"),
    ("gambling", "comment", "新澳门大量收单，找庄稼私"),
    ("sex_offers", "comment", "本市可接线下，喝茶过夜"),
]


def found(kind, text):
    return [hit.word for hit in read_closely(NO_WORDS, [TextField("text", text)], Context(kind, AT, None)).hits]


@pytest.mark.parametrize(("kind", "text"), BY_CHANCE, ids=[text for _, text in BY_CHANCE])
def test_characters_that_meet_by_chance_mean_nothing(kind, text):
    assert found(kind, text) == []


@pytest.mark.parametrize(("name", "kind", "text"), OFFERED, ids=[text for *_, text in OFFERED])
def test_offers_are_seen(name, kind, text):
    assert {each.name: each.title for each in constructions()}[name] in found(kind, text)


@pytest.mark.parametrize("text", ["这不是药，不能改善湿疹，大家当润肤膏用", "没有药的作用，姐妹们，它不能改善湿疹"])
def test_a_denial_is_still_a_denial(text):
    assert found("live_speech", text) == []
