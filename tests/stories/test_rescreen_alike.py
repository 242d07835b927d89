"""An archive is decided in bulk exactly as each of its contents is decided by itself, by both evaluators and anew."""

from __future__ import annotations

import gc
import random
from dataclasses import replace
from pathlib import Path

import orjson
import polars as pl
import pytest

from app.deciding import NOTHING_FOUND
from app.flows.judge_content import judge_content, judge_words, scan_contents
from app.flows.judge_many import AT_ONCE, Quiet
from app.flows.rescreen import Hands
from app.flows.rescreen_piece import Asked, screen_batches, screen_piece
from app.flows.rescreen_pieces import cut
from app.flows.rescreen_rows import Columns, batches_of, contents_of
from app.rules.engine import build_engine
from app.text.constructions import read_words
from app.text.match import Context, Scan, TextField
from app.values.content import ContentToScreen

TEXTS = Path(__file__).parents[1] / "parts" / "text"
BESIDE = (
    *(
        "电话13800138000",
        "加微信 vx12345678",
        "京A12345",
        "a@b.com",
        "<b>最*佳</b>",
        "三天根治痘痘",
        "国家級",
        "\ud7ff",
        "㎏",
    ),
    *(
        "有效率98%，临床证明",
        "产地直发",
        "限量100件秒杀",
        "数据来源：样本量 n=300",
        "素人改造前后对比",
        "。",
        "\n",
        "💯",
        "",
    ),
    *(
        "小🍠代发，做的来",
        "金🌸平台",
        "代[捂脸]发",
        "➕我",
        "加微❤️信",
        "最\u200b佳",
        "最\ufeff*佳",
        "\x00",
        "jia wei xin",
        "加wei信",
    ),
    *(
        "亻言",
        "加我亻言",
        "加加微微信信",
        "wеіxіn",
        "Ｖ❤",
        "&#26368;佳",
        "最佳拍档",
        "荣获最佳",
        "国家级非遗",
        "好评返现",
        "最" * 120,
    ),
)
NO_FINDS = Scan((), capped=False, folded=())
KINDS = ("video_caption", "product_title", "comment", "review", "coupon_text", "shop_name")
FACTS = ({}, {}, {"ad_label": True}, {"ai_generated": True, "ad_label": False}, {"content_type": "product"})


def archive(chance, count):
    """Random captions: honest and unlawful ones joined, with contacts, claims and markup between."""
    lines = [
        line.split("\t")[-1]
        for name in ("unlawful_captions.txt", "honest_titles.txt", "honest_numbers.txt")
        for line in (TEXTS / name).read_text("utf-8").splitlines()
        if line and not line.startswith("#")
    ]
    return [
        {
            "content_id": f"c{at}",
            "shop_id": f"s{chance.randrange(4)}",
            "kind": chance.choice(KINDS),
            "category": chance.choice((None, "cosmetics", "health_food")),
            "author_id": chance.choice((None, f"u{at % 9}")),
            "decision": chance.choice(("pass", "label", "review", "block", None)),
            "facts": chance.choice(FACTS),
            "text": "".join(chance.choice(lines + list(BESIDE) * 20) for _ in range(chance.randint(0, 4)))[:300],
        }
        for at in range(count)
    ]


def test_random_captions_are_decided_in_bulk_as_each_is_by_itself(judge, tmp_path, now):
    rows = archive(random.Random(20261126), 250)
    source = tmp_path / "a.jsonl"
    source.write_bytes(b"\n".join(map(orjson.dumps, rows)))
    [piece] = cut(source)

    screen_piece(judge, piece.name, contents_of(judge, piece, Columns()), Asked(now), tmp_path)
    found = pl.read_parquet(tmp_path / f"{piece.name}.parquet").to_dicts()

    assert len(found) == 250
    for thing, row in zip(contents_of(judge, piece, Columns()), found, strict=True):
        alone = judge_content(judge, thing.content, now=now, sample=True, advises=False).decision
        rules = dict.fromkeys(firing.rule for firing in alone.firings if not firing.shadow)
        words = dict.fromkeys(f"{hit.wordlist}/{hit.word}" for hit in alone.hits)
        assert (row["content_id"], row["after"]) == (thing.content.content_id, alone.decision)
        assert (row["rules"], row["words"], row["doubts"]) == (
            ",".join(rules),
            ",".join(words),
            "；".join(alone.doubts),
        )
    assert {row["after"] for row in found} >= {"pass", "review", "block"}


@pytest.mark.parametrize("words_only", [False, True])
def test_parquet_read_by_columns_is_decided_as_the_same_rows_are(judge, tmp_path, now, words_only):
    rows = archive(random.Random(11), 300)
    for at, other in enumerate(({"kind": "film"}, {"decision": "maybe"}, {"text": None}, {"content_id": None})):
        rows[40 * at] |= other
    rows[200] |= {"kind": None, "shop_id": "", "text": "三天根治" * 200}
    rows = [{**row, "facts": orjson.dumps(row["facts"]).decode() if row["facts"] else None} for row in rows]
    source = tmp_path / "a.parquet"
    pl.DataFrame(rows).write_parquet(source)
    [piece] = cut(source)
    asked = Asked(now, words_only)
    (tmp_path / "by_rows").mkdir()

    by_columns = screen_batches(judge, piece.name, batches_of(judge, piece, Columns()), asked, tmp_path)
    by_rows = screen_piece(judge, piece.name, contents_of(judge, piece, Columns()), asked, tmp_path / "by_rows")

    assert by_columns[0].as_plain() == by_rows[0].as_plain()
    assert by_columns[1] == by_rows[1] != []
    assert by_columns[0].unreadable == 2
    both = [pl.read_parquet(folder / f"{piece.name}.parquet") for folder in (tmp_path, tmp_path / "by_rows")]
    assert both[0].equals(both[1])


@pytest.mark.parametrize("form", ["parquet", "jsonl"])
def test_what_stands_at_the_border_of_two_batches_is_found_on_both_sides(judge, tmp_path, now, form):
    borders = {0, AT_ONCE - 1, AT_ONCE, AT_ONCE + 1, AT_ONCE + 2}
    texts = ["三天根治痘痘" if at in borders else "今天的风很大" for at in range(AT_ONCE + 3)]
    rows = [{"content_id": f"c{at}", "shop_id": "s", "text": text} for at, text in enumerate(texts)]
    source = tmp_path / f"a.{form}"
    frame = pl.DataFrame(rows)
    frame.write_parquet(source) if form == "parquet" else frame.write_ndjson(source)
    [piece] = cut(source)

    changes, _ = screen_batches(
        judge, piece.name, batches_of(judge, piece, Columns()), Asked(now, words_only=True), tmp_path
    )

    assert changes.looked_at == len(texts)
    after = pl.read_parquet(tmp_path / f"{piece.name}.parquet")["after"].to_list()
    assert {at for at, decision in enumerate(after) if decision != "pass"} == borders


def test_words_alone_find_in_bulk_what_is_found_in_each_text_by_itself(judge, now):
    rows = archive(random.Random(5), 600)
    texts = [TextField("text", row["text"]) for row in rows]
    abouts = [(row["kind"], row["category"] or "", row["shop_id"]) for row in rows]

    loud = Quiet(judge, now=now, words_only=True).loud([each.text for each in texts], ["text"] * len(texts), abouts)

    for at, (text, (kind, category, shop_id)) in enumerate(zip(texts, abouts, strict=True)):
        alone = read_words(judge.matcher, [text], Context(kind, now, category or None, shop_id))
        together = loud.get(at, NO_FINDS)
        assert (together.hits, together.exempted, together.capped) == (alone.hits, alone.exempted, alone.capped)
    assert 60 < len(loud) < 540


def test_words_alone_say_nothing_of_what_is_meant_without_a_listed_word(judge, tmp_path, now):
    meant, listed = "我家这款酒没人敢跟我比", "三天根治痘痘"
    long = "今天的风很大，" * 80 + meant
    rows = [{"content_id": text, "shop_id": "s", "text": text} for text in (meant, long, listed)]
    source = tmp_path / "a.parquet"
    pl.DataFrame(rows).write_parquet(source)
    [piece] = cut(source)

    found = {}
    for words_only in (False, True):
        batches = batches_of(judge, piece, Columns())
        screen_batches(judge, piece.name, batches, Asked(now, words_only), tmp_path)
        table = pl.read_parquet(tmp_path / f"{piece.name}.parquet")
        found[words_only] = dict(zip(table["content_id"], table["words"], strict=True))

    assert all("/" in words for words in found[False].values())
    assert (found[True][meant], found[True][long]) == ("", "")
    assert found[True][listed] == found[False][listed]


def test_what_is_called_quiet_is_what_nothing_is_found_in(judge, now):
    rows = [row for row in archive(random.Random(3), 400) if not row["facts"]]
    for start in range(0, len(rows), 100):
        some = rows[start : start + 100]
        texts = [row["text"] for row in some]
        abouts = [(row["kind"], row["category"] or "", row["shop_id"]) for row in some]

        loud = Quiet(judge, now=now).loud(texts, ["text"] * len(texts), abouts)

        assert 0 < len(loud) < len(some)
        for at, row in enumerate(some):
            alone = judge_content(judge, content_of(row), now=now, sample=True)
            assert at in loud or alone.decision is NOTHING_FOUND


def test_what_is_kept_of_a_content_does_not_depend_on_its_company(judge, now):
    rows = archive(random.Random(7), 150)
    contents = [content_of(row) for row in rows]

    scans = scan_contents(judge, contents, now=now)

    for content, scan in zip(contents, scans, strict=True):
        alone = judge_content(judge, content, now=now, sample=True)
        assert judge_content(judge, content, now=now, scan=scan) == alone
        assert judge_words(content, scan).hits == alone.decision.hits


def test_a_process_that_has_ended_its_pieces_looks_for_waste_as_often_as_before(judge):
    usual = gc.get_threshold()
    hands = Hands(None, replace(judge, engine=build_engine((), judge.kinds)))

    gc.set_threshold(123_456, 7, 7)
    hands.close()

    assert gc.get_threshold() == usual


def content_of(row):
    return ContentToScreen(
        row["content_id"],
        row["kind"],
        row["shop_id"],
        {"text": row["text"]},
        row["author_id"],
        row["category"],
        facts=row["facts"],
    )
