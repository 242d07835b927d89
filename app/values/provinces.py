"""China's provinces by the names people use, and the place of origin that a text claims for its goods.

Provinces and the cities at the next level are those of GB/T 2260. Names that mean something else as well (朝阳, 海南州,
city names equal to everyday words) are left out: a claim nobody made must not be held against anybody.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_CITIES: Mapping[str, str] = {
    "北京": "",
    "天津": "",
    "上海": "",
    "重庆": "",
    "河北": "石家庄 唐山 秦皇岛 邯郸 邢台 保定 张家口 承德 沧州 廊坊 衡水",
    "山西": "太原 大同 阳泉 长治 晋城 朔州 晋中 运城 忻州 临汾 吕梁",
    "内蒙古": "呼和浩特 包头 乌海 赤峰 通辽 鄂尔多斯 呼伦贝尔 巴彦淖尔 乌兰察布 兴安盟 锡林郭勒 阿拉善",
    "辽宁": "沈阳 大连 鞍山 抚顺 本溪 丹东 锦州 营口 阜新 辽阳 盘锦 铁岭 葫芦岛",
    "吉林": "长春 四平 辽源 通化 白山市 松原 白城 延边",
    "黑龙江": "哈尔滨 齐齐哈尔 鸡西 鹤岗 双鸭山 大庆 伊春 佳木斯 七台河 牡丹江 黑河 绥化 大兴安岭 五常",
    "江苏": "南京 无锡 徐州 常州 苏州 南通 连云港 淮安 盐城 扬州 镇江 泰州 宿迁",
    "浙江": "杭州 宁波 温州 嘉兴 湖州 绍兴 金华 衢州 舟山 台州 丽水",
    "安徽": "合肥 芜湖 蚌埠 淮南 马鞍山 淮北 铜陵 安庆 黄山市 滁州 阜阳 宿州 六安 亳州 池州 宣城 砀山",
    "福建": "福州 厦门 莆田 三明 泉州 漳州 南平 龙岩 宁德",
    "江西": "南昌 景德镇 萍乡 九江 新余 鹰潭 赣州 赣南 吉安 宜春 抚州 上饶",
    "山东": "济南 青岛 淄博 枣庄 东营 烟台 潍坊 济宁 泰安 威海 日照 临沂 德州 聊城 滨州 菏泽",
    "河南": "郑州 开封 洛阳 平顶山 安阳 鹤壁 新乡 焦作 濮阳 许昌 漯河 三门峡 南阳 商丘 信阳 周口 驻马店 济源",
    "湖北": "武汉 黄石 十堰 宜昌 襄阳 鄂州 荆门 孝感 荆州 黄冈 咸宁 随州 恩施 秭归",
    "湖南": "长沙 株洲 湘潭 衡阳 邵阳 岳阳 常德 张家界 益阳 郴州 永州 怀化 娄底 湘西",
    "广东": "广州 韶关 深圳 珠海 汕头 佛山 江门 湛江 茂名 肇庆 惠州 梅州 汕尾 河源 阳江 清远 东莞 潮州 揭阳 云浮",
    "广西": "南宁 柳州 桂林 梧州 北海 防城港 钦州 贵港 玉林 百色 贺州 河池 来宾市 崇左",
    "海南": "海口 三亚 三沙 儋州",
    "四川": "成都 自贡 攀枝花 泸州 德阳 绵阳 广元 遂宁 内江 乐山 南充 眉山 宜宾 广安 达州 雅安 巴中 资阳 阿坝 甘孜",
    "贵州": "贵阳 六盘水 遵义 安顺 毕节 铜仁 黔西南 黔东南 黔南",
    "云南": "昆明 曲靖 玉溪 保山 昭通 丽江 普洱 临沧 楚雄 红河州 文山 西双版纳 大理 德宏 怒江 迪庆 蒙自",
    "西藏": "拉萨 日喀则 昌都 林芝 山南 那曲 阿里地区",
    "陕西": "西安 铜川 宝鸡 咸阳 渭南 延安 汉中 榆林 安康 商洛 洛川",
    "甘肃": "兰州 嘉峪关 金昌 白银市 天水 武威 张掖 平凉 酒泉 庆阳 定西 陇南 临夏 甘南",
    "青海": "西宁 海东 海北州 黄南 果洛 玉树州 海西州",
    "宁夏": "银川 石嘴山 吴忠 固原 中卫",
    "新疆": "乌鲁木齐 克拉玛依 吐鲁番 哈密 昌吉 博尔塔拉 巴音郭楞 阿克苏 克孜勒苏 喀什 和田 伊犁 塔城 阿勒泰 库尔勒",
    "台湾": "",
    "香港": "",
    "澳门": "",
}
_OF: Mapping[str, str] = {
    name: province for province, cities in _CITIES.items() for name in (province, *cities.split())
}
_PLACE = re.compile("|".join(sorted(_OF, key=len, reverse=True)))
_SAID = (
    "(?:原产地|产地|产区|基地|果园|果农|农户|农场|牧场|茶园|源头|渔港)"
    "(?:直发|直供|直邮|直采|直达|发货|现发|现摘现发|现采现发)"
)
_DIRECT = re.compile(f"(?:{_PLACE.pattern})(?:省|市|本地|当地|原产地|产地)?(?:直发|直供|直邮|发货|现摘现发)")
_CLAIM = re.compile(_SAID)
SENT = "直[发供邮采达]|发货|现发"
"""One of these stands in every claim; most texts hold none."""
_DENIED = re.compile("(?:非|不是|并非|没有|不支持|不做)[^，。！？；,.!?;]{0,4}$")
_SENT = re.compile(SENT)
_CLAUSE = re.compile(r"[^。！？；!?;\n]+")
_CODE = re.compile("^[1-9][0-9]{5}$")
_BY_CODE: Mapping[str, str] = {
    "11": "北京", "12": "天津", "13": "河北", "14": "山西", "15": "内蒙古", "21": "辽宁", "22": "吉林", "23": "黑龙江",
    "31": "上海", "32": "江苏", "33": "浙江", "34": "安徽", "35": "福建", "36": "江西", "37": "山东", "41": "河南",
    "42": "湖北", "43": "湖南", "44": "广东", "45": "广西", "46": "海南", "50": "重庆", "51": "四川", "52": "贵州",
    "53": "云南", "54": "西藏", "61": "陕西", "62": "甘肃", "63": "青海", "64": "宁夏", "65": "新疆", "71": "台湾",
    "81": "香港", "82": "澳门",
}  # fmt: skip


def province_of(told: str | None) -> str | None:
    """The province by its short name, of whatever a sender calls it (云南省, 广西壮族自治区, 大理, 530000), or None."""
    if told is None:
        return None
    said = told.strip()
    if _CODE.match(said):
        return _BY_CODE.get(said[:2])
    found = _PLACE.match(said) or _PLACE.search(said)
    return None if found is None else _OF[found[0]]


def claimed_origins(text: str) -> tuple[str, ...]:
    """The provinces from which a text says that goods are sent directly, in order of name; empty: it claims none.

    A place counts when it stands in one clause with words such as 产地直发, or right before 直发. A clause that
    denies it (非产地直发) claims nothing.
    """
    if _SENT.search(text) is None:
        return ()
    found: set[str] = set()
    for clause in _CLAUSE.finditer(text):
        said = clause[0]
        claims = [each for pattern in (_CLAIM, _DIRECT) for each in pattern.finditer(said)]
        if any(not _DENIED.search(said[: each.start()]) for each in claims):
            found |= _named(said, whole=bool(_CLAIM.search(said)))
    return tuple(sorted(found))


def _named(clause: str, *, whole: bool) -> set[str]:
    """Places of a clause: all of them beside 产地直发, else only those that 直发 follows."""
    stretches = [clause] if whole else [each[0] for each in _DIRECT.finditer(clause)]
    return {_OF[place[0]] for stretch in stretches for place in _PLACE.finditer(stretch)}
