"""Made-up decisions of officers: honest texts as shipped, unlawful ones put together from false promises."""

from __future__ import annotations

from functools import cache
from itertools import cycle
from pathlib import Path

DATA = Path(__file__).parents[1] / "app" / "text" / "data"
OPENERS = ("家人们", "老铁们看过来", "今天直播间", "新到一批", "这款", "我家的", "实体店同款", "姐妹们")
GOODS = ("膏药", "面膜", "保健茶", "减肥糖", "口服液", "贴片", "护肝片", "酵素", "理疗仪", "足浴包")
CLAIMS = (
    "三天见效不反弹", "吃了就能停药", "祖传老方子一贴就好", "不用忌口一个月瘦二十斤", "医院都治不好的它能行",
    "无效全额退款", "专家亲自推荐", "根治多年的老毛病", "坚持喝三高全没了", "彻底告别失眠",
    "用过的人都说断根了", "当天用当天就看到变化", "比打针吃药还管用", "百分之百有效",
)  # fmt: skip
ENDS = ("错过不再有", "赶紧下单", "点赞关注", "只剩最后几盒", "加我领取", "不买后悔", "")


@cache
def _honest():
    lines = (DATA / "honest_video_titles.tsv").read_text("utf-8").splitlines()
    lines += (DATA / "honest_shop_titles.tsv").read_text("utf-8").splitlines()
    return [line.split("\t")[-1] for line in lines if line and not line.startswith("#")]


def honest_texts(chance):
    """Honest titles, each once and then from the start."""
    texts = list(_honest())
    chance.shuffle(texts)
    return cycle(texts)


def unlawful_texts(chance):
    """Captions that promise what nothing keeps, no two alike for a long time."""
    while True:
        said = chance.sample(CLAIMS, 2)
        yield f"{chance.choice(OPENERS)}{chance.choice(GOODS)}，{'，'.join(said)}，{chance.choice(ENDS)}"
