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
    ("live_speech", "你们从哪刷到我的，我看看有多少老朋友"),
    ("video_caption", "这种草并没有预防和治疗心血管疾病的作用"),
    ("article", "银行卡被冻结了，需要本人联系银行来解除冻结"),
    ("article", "忘了账号的话，可以联系QQ客服找回"),
    ("article", "摘下眼镜，远处的灯就成了一团光"),
    ("article", "得了狂犬病的动物会怕水"),
    ("article", "肠道蠕动把废物排出体外，这是生理过程"),
    ("article", "雨水会从两边流走，不会灌满"),
    ("article", "这是一个电子游戏分发网站"),
    ("comment", "多大以后父母双亡不算孤儿"),
    ("comment", "出生证弄丢了，怎么证明自己出生了"),
    ("comment", "地球上那么多人，有人没有父母吗"),
    ("comment", "为什么我不吃屎，狗却不嫌"),
    ("comment", "她跪着求老天下场雨"),
    ("comment", "给猫留了半年的零花钱才出的门"),
    ("comment", "题目里小红步行的速度是每分钟60米"),
    ("comment", "嘉宾唱完，一句带我走唱哭了台下"),
    ("comment", "她发来一个拼多多链接，我马上下载了拼多多"),
    ("video_caption", "最好发现结尾藏着一个彩蛋"),
    ("video_caption", "同桌骂我穷鬼，我笑笑没说话"),
    ("video_caption", "有空去学风水去，死后的事谁知道"),
    ("product_description", "用刀在茄子上划一个口子，口子居中，上下各留1厘米"),
    ("product_description", "牛油烧到八成热，约240度"),
    ("comment", "孩子连续三年拿班上第一名"),
    ("article", "一群羊要穿过寸草不生的沼泽地"),
    ("video_caption", "几台电脑凑一起斗地主，风扇也要玩"),
    ("video_caption", "毕业那天同学们都给班主任送礼物"),
    ("video_caption", "路边算卦的老人对他说，先生，算一卦吧"),
    ("video_caption", "班长说完，老师吼道：滚出去！全班都笑了"),
    ("video_caption", "桥下有个拉二胡要饭的，唱得真好"),
    ("video_caption", "闯了祸，被我爸发现后挨了一顿"),
    ("video_caption", "他妈妈走到小学生的背后，狠狠地抽走了手机"),
    ("video_caption", "我家旺财喝完水就睡，叫旺财也不理"),
    ("video_caption", "有一日她说想看海"),
    ("video_caption", "曹操：我可以帮忙"),
    ("video_caption", "一家人喝茶的喝茶，嗑瓜子的嗑瓜子"),
    ("video_caption", "祝妈妈青春永驻"),
    ("video_caption", "心里一万只草泥马奔腾而过"),
    ("comment", "尼玛，门又锁了"),
    ("comment", "我饿得有点脑残"),
    ("comment", "人群里起了一阵小骚乱"),
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
    ("eaten_and_thin", "live_speech", "这款软糖喝了就瘦，老客户都掉了十几斤"),
    ("private_channel", "comment", "答案都在扣群【⑧①②③④⑤⑥⑦】里"),
    ("sure_return", "video_caption", "百分百本金保障，月月到账"),
    ("minors_involved", "live_speech", "小朋友们快让妈妈下单，全班同学都有了"),
    ("fake_comparison", "live_speech", "原价八百，今天八十，马上涨价"),
    ("organ_made_well", "live_speech", "一天一包，杀死肠道里的细菌"),
    ("cures_everything", "live_speech", "失眠的、抑郁症的都可以吃这个"),
    ("fortune", "product_description", "看风水、择日、取名，先付定金"),
    ("fortune", "live_speech", "这张文昌符贴上，孩子能考清华"),
    ("easy_money", "comment", "每天刷刷视频，月底就领4000"),
    ("sex_offers", "comment", "扫码约妹，附近的人200块一次"),
    ("sex_offers", "message", "富婆俱乐部诚聘男公关"),
    ("house_that_gains", "video_caption", "名校学区房，零首付，城南新盘"),
    ("vulgar_live", "live_speech", "刷火箭我就脱，哥哥带我走"),
    ("vulgar_live", "live_speech", "不买滚出去"),
    ("vulgar_live", "live_speech", "你个要饭的，也好意思看"),
    ("minors_involved", "live_speech", "小朋友上票，爸爸不会发现"),
    ("minors_involved", "video_caption", "初中生也能抽，果味的"),
    ("beauty_for_good", "video_caption", "天天敷一片，青春永驻"),
    ("sex_offers", "comment", "约茶的妹子出来喝茶"),
    ("abuse", "comment", "尼玛死了吧"),
    ("abuse", "comment", "尼玛的，这个SB客服"),
    ("sight_restored", "video_caption", "训练一个月，孩子摘下眼镜了"),
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
