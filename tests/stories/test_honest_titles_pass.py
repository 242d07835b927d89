"""Honest shops and video makers are left alone: the samples, sent as a hook sends them, with nothing but the text."""

from __future__ import annotations

from pathlib import Path

import pytest

SAMPLES = Path(__file__).resolve().parents[2] / "app" / "text" / "data"
BATCH = 500


def honest(name: str) -> list[tuple[str, str]]:
    lines = (SAMPLES / f"honest_{name}_titles.tsv").read_text(encoding="utf-8").splitlines()
    return [(category, title) for category, title in (line.split("\t") for line in lines if not line.startswith("# "))]


def decisions(client, titles: list[str], *, kind: str) -> list[dict]:
    items = [
        {"content_id": f"{kind}-{number}", "kind": kind, "shop_id": "shop-1", "text": title}
        for number, title in enumerate(titles)
    ]
    answers: list[dict] = []
    for start in range(0, len(items), BATCH):
        answers += client.post("/v1/screenings/batch", json={"items": items[start : start + BATCH]}).get_json()[
            "results"
        ]
    return answers


@pytest.mark.parametrize(
    ("name", "kind", "least", "categories", "most"),
    [("shop", "product_title", 1200, 20, 0.01), ("video", "video_title", 600, 15, 0.005)],
    ids=["shop titles", "video titles"],
)
def test_hardly_an_honest_title_is_blocked_or_sent_to_a_person(sqlite_service, name, kind, least, categories, most):
    sample = honest(name)
    titles = [title for _, title in sample]

    answers = decisions(sqlite_service.client("screen"), titles, kind=kind)

    flagged = [
        (title, [hit["word"] for hit in said["hits"]], [firing["rule"] for firing in said["firings"]])
        for title, said in zip(titles, answers, strict=True)
        if said["decision"] not in {"pass", "label"}
    ]
    assert len(set(titles)) == len(titles) >= least
    assert len({category for category, _ in sample}) >= categories
    assert len(flagged) <= most * len(titles), flagged


@pytest.mark.parametrize(
    "offer",
    [
        "别信别家 我们的药包治百病",
        "包治百病 别家都是骗局",
        "不要相信医院 这个能根治糖尿病",
        "没有骗局 稳赚不赔",
        "不能错过的稳赚不赔项目",
        "拒绝假货 顶级高仿",
        "识别度超高的高仿手表",
        "专业鉴别不出的高仿包包",
        "检测不出的作弊耳机",
        "探测不到的针孔摄像头",
        "保护隐私 微型窃听器出售",
        "禁止转卖 仿真枪现货",
        "办假证怎么办 找我们",
        "没收到货的象牙手串补发",
        "国家级品质 生产基地直发",
        "国家级配方 平台直发",
        "哪款面霜最佳 我家的",
        "揭秘稳赚不赔的投资项目",
        "不得不说的降血压神器",
        "私聊下单 不要错过 加我微信",
    ],
)
def test_a_word_of_warning_nearby_excuses_no_offer(sqlite_service, offer):
    (said,) = decisions(sqlite_service.client("screen"), [offer], kind="video_title")

    assert said["decision"] in {"review", "block"}
