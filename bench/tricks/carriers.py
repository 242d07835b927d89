"""Honest sentences with one place for a listed word: the way shop titles, captions and comments really surround it.

`{}` is the place. It stands at the start, in the middle and at the end, beside punctuation, digits, Latin brand-like
names and emoji. None may hold a hit of its own; the measurement checks that before it begins.
"""

from __future__ import annotations

from random import Random
from typing import NamedTuple

SENTENCES = (
    # clothes and shoes
    "{}的春款针织开衫到啦",
    "这件{}风衣妈妈穿也显气质",
    "新款阔腿裤上身{}",
    "{}！加绒卫衣宽松又暖和",
    "小个子女生看过来，{}，配帆布鞋刚刚好",
    "Nanda运动鞋，{}，码数35-44",
    "男士皮带两条装（{}）",
    "真丝围巾礼盒 {} 送长辈",
    "童装连体衣A类面料{}",
    # food
    "山东烟台苹果5斤{}",
    "{}：云南小粒咖啡豆500g",
    "今晚八点，农家土蜂蜜【{}】",
    "手工水饺六种口味，{}，冷链到家",
    "川味腊肠真空包装🌶️{}🌶️现货",
    "大米十斤装{}当季新米",
    "孩子爱吃的牛肉干～{}～",
    "老面馒头早餐{}，微波一分钟就好",
    "安徽黄山毛峰 2026 春茶 {}",
    "{}，柠檬茶包三十袋",
    "榴莲千层八寸蛋糕预订 {} 周末可取",
    # cosmetics and care
    "氨基酸洁面乳120ml{}",
    "口红试色，{}，黄皮也合适",
    "面霜开箱：{}",
    "{}✨防晒喷雾通勤款",
    "护手霜三支装｜{}｜冬天常备",
    "Lumi眼影盘{}大地色",
    "洗发水家庭装1L×2，{}。",
    # household
    "304不锈钢保温杯{}刻字款",
    "厨房收纳架{}免打孔",
    "{}？大家都这么问，先看看尺寸",
    "四件套纯棉60支，“{}”，裸睡面料",
    "拖把家用一拖净 {}",
    "香薰蜡烛·{}·送闺蜜",
    "猫抓板瓦楞纸🐱{}🐱耐抓",
    "沙发垫子四季通用{}，可机洗",
    "LED台灯Type-C充电，{}，宿舍可用",
    # electronics
    "蓝牙耳机X7{}续航30小时",
    "手机壳iPhone15Pro{}透明款",
    "二手相机9新，{}，带原装电池",
    "充电宝20000mAh {} 可上飞机",
    "路由器AX3000（{}）大户型",
    "键盘青轴87键—{}—办公打字",
    # mother and child, books, sport
    "婴儿推车一键折叠{}",
    "绘本40册，{}，睡前故事",
    "{} 初中数学错题本 A5",
    "篮球7号室内外通用🏀{}",
    "瑜伽垫加宽80cm：{}！",
    "帐篷3-4人全自动，{}～周末露营去",
    "积木兼容大颗粒 {} 3岁以上",
    # live rooms, captions and comments
    "家人们，{}，想要的扣1",
    "直播间的朋友们听好了，{}！",
    "主播说{}，我就下单了",
    "姐妹问得多，{}，评论区回复",
    "今天这期视频聊聊{}这件事",
    "收到货了，{}，包装也用心",
    "视频最后我再说一句：{}",
    "刚到的货，我穿168/55kg，{}，喜欢的话左下角看看",
    "听老板讲了半天，原来是{}",
    "一句话总结：{}😊",
    "我们店里天天有人问{}怎么回事",
    "周五晚七点见👋 {} 👋 记得定闹钟",
    "下班路上拍的vlog，{}，随便看看",
    "奶奶八十岁生日，{}，一家人都很开心",
    "({})这一款目前补货中",
    "看到这里的都是老朋友了\n{}\n我们下期见",
)


class Text(NamedTuple):
    """A sentence with a word planted at [start, end)."""

    text: str
    start: int
    end: int


def planted(sentence: str, hidden: str, plain: str) -> Text:
    """The hidden word in the sentence; a Latin letter of it is kept from the sentence's own, as a writer would."""
    head, tail = sentence.split("{}")
    if any(_runs_on(head[-1:], edge) for edge in (hidden[:1], plain[:1])):
        head += " "
    if any(_runs_on(edge, tail[:1]) for edge in (hidden[-1:], plain[-1:])):
        tail = " " + tail
    return Text(head + hidden + tail, len(head), len(head) + len(hidden))


def sentences_for(plain: str, allowed: tuple[str, ...], chance: Random, count: int) -> list[str]:
    """`count` sentences in which none of the word's allowed contexts comes about around it."""
    found: list[str] = []
    for sentence in chance.sample(SENTENCES, len(SENTENCES)):
        if len(found) == count:
            break
        whole = "".join(filter(str.isalnum, planted(sentence, plain, plain).text)).lower()
        if not any(phrase in whole for phrase in allowed):
            found.append(sentence)
    return found


def _runs_on(one: str, other: str) -> bool:
    return one.isascii() and other.isascii() and one.isalnum() and other.isalnum()
