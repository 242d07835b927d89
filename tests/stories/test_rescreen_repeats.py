"""What was told of a text holds where it is sent again, by whom it may, and nowhere else."""

from __future__ import annotations

import random
from dataclasses import replace

import polars as pl
import pytest

from app.flows.judge_many import Quiet
from app.flows.rescreen_piece import Asked, quiet_of, screen_batches
from app.flows.rescreen_pieces import cut
from app.flows.rescreen_rows import Columns, batches_of
from app.text.beside import Beside
from app.text.match import build_matcher
from app.text.wordlist import load_wordlists
from tests.parts.text.wordlist_files import CATEGORIES, HEAD
from tests.stories.test_rescreen_alike import archive

EXEMPT = (
    "- {shop: s1, word: 最佳, reason: 注册商标, basis: 商标注册证第1号, approved_by: ads, "
    "valid_from: 2026-01-01, valid_to: 2026-12-31}\n"
)


@pytest.mark.parametrize("words_only", [False, True])
def test_a_text_sent_again_is_told_as_it_is_when_nothing_was_told_before(judge, now, words_only):
    chance = random.Random(13)
    texts = [row["text"] for row in archive(chance, 60)]
    quiet = Quiet(judge, now=now, words_only=words_only)
    heard = 0
    for _ in range(4):
        some = [chance.choice(texts) for _ in range(60)]
        names = [chance.choice(("text", "title")) for _ in some]
        abouts = [
            (
                chance.choice(("video_caption", "product_title")),
                chance.choice(("", "food")),
                chance.choice(("s0", "s1")),
            )
            for _ in some
        ]

        loud = quiet.loud(some, names, abouts)

        for at, (text, name, about) in enumerate(zip(some, names, abouts, strict=True)):
            alone = Quiet(judge, now=now, words_only=words_only).loud([text], [name], [about])
            assert loud.get(at) == alone.get(0)
        heard += len(loud)
    assert 20 < heard < 220


@pytest.mark.parametrize("is_beside", [False, True])
def test_a_shop_that_an_exemption_or_a_list_speaks_of_is_told_by_itself(judge, now, is_beside):
    lists = {"categories.yaml": CATEGORIES, "a.txt": HEAD + "最佳\n", "exemptions.yaml": EXEMPT}
    matcher = build_matcher(load_wordlists(lists))
    if is_beside:
        other = {"categories.yaml": CATEGORIES, "b.txt": HEAD + "好物\n"}
        matcher = Beside(build_matcher(load_wordlists(other)), matcher)
    quiet = Quiet(replace(judge, matcher=matcher), now=now, words_only=True)

    for shops in (("s0", "s1", "s2"), ("s1", "s2", "s0")):
        loud = quiet.loud(["最佳面膜"] * 3, ["text"] * 3, [("video_caption", "", shop) for shop in shops])

        assert {shops[at]: (len(scan.hits), len(scan.exempted)) for at, scan in loud.items()} == {
            "s0": (1, 0),
            "s1": (0, 1),
            "s2": (1, 0),
        }


@pytest.mark.parametrize("line", ["# shops: s1\n最佳\n", "最佳 | shops: s1\n", "# shops: !s0, !s2\n最佳\n"])
def test_a_word_for_certain_shops_is_found_for_those_alone_however_often_the_text_is_sent(judge, now, line):
    matcher = build_matcher(load_wordlists({"categories.yaml": CATEGORIES, "a.txt": HEAD + line}))
    quiet = Quiet(replace(judge, matcher=matcher), now=now, words_only=True)

    for shops in (("s0", "s1", "s2"), ("s2", "s0", "s1")):
        loud = quiet.loud(["最佳面膜"] * 3, ["text"] * 3, [("video_caption", "", shop) for shop in shops])

        assert [shops[at] for at in loud] == ["s1"]


@pytest.mark.parametrize("words_only", [False, True])
def test_pieces_with_one_memory_come_out_as_each_does_by_itself(judge, tmp_path, now, words_only):
    chance = random.Random(17)
    rows = [{**row, "facts": None} for row in archive(chance, 80)]
    asked = Asked(now, words_only)
    quiet = quiet_of(judge, asked)
    for number in range(3):
        source = tmp_path / f"a{number}.parquet"
        pl.DataFrame([{**chance.choice(rows), "content_id": f"c{number}-{at}"} for at in range(120)]).write_parquet(
            source
        )
        [piece] = cut(source)
        folders = [tmp_path / f"{number}-{name}" for name in ("with", "without")]
        for folder in folders:
            folder.mkdir()

        both = [
            screen_batches(judge, piece.name, batches_of(judge, piece, Columns()), asked, folder, quiet=memory)
            for folder, memory in zip(folders, (quiet, None), strict=True)
        ]

        assert both[0][0].as_plain() == both[1][0].as_plain()
        frames = [pl.read_parquet(folder / f"{piece.name}.parquet") for folder in folders]
        assert frames[0].equals(frames[1])
        assert frames[0]["after"].n_unique() > 2
