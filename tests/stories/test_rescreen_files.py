"""A law has changed, and somebody screens the whole archive of files again: every format, stopped, killed, gone on."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import orjson
import polars as pl
import psutil
import pytest
from click.testing import CliRunner

from app.cli import main
from app.flows import rescreen_pieces
from app.flows.rescreen_piece import Asked, screen_piece
from app.flows.rescreen_pieces import cut, read_piece
from app.flows.rescreen_rows import Columns, contents_of
from app.flows.rows import open_reader
from bench.made import made_packs
from tests.service import MATCHERS

PROJECT = Path(__file__).resolve().parents[2]
CATEGORIES = "banned: {title: 新规禁用, law: 新法第一条, severity: 4}\n"
HEAD = "# category: banned\n# verdict: block\n# source: 新法第一条\n# owner: test\n"
TEXTS = ["云南小番茄 五斤装", "全新神效贴 三天见效", "加厚四件套", "神 效 贴 加微信 vx12345678"]
SAMPLES = (
    "tests/parts/text/unlawful_captions.txt",
    "tests/parts/text/honest_titles.txt",
    "tests/parts/text/honest_numbers.txt",
)


@pytest.fixture
def candidate(tmp_path):
    """A new law: one wordlist, and one rule that is not about captions."""
    folder = tmp_path / "candidate"
    for name, files in (
        ("rules", made_packs(1)),
        ("wordlists", {"categories.yaml": CATEGORIES, "new_law.txt": HEAD + "神效贴\n"}),
    ):
        for path, body in files.items():
            target = folder / name / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(body, encoding="utf-8")
    return folder


def rescreen(candidate, out, *words):
    asked = ["rescreen", *map(str, words), "-o", str(out), "--candidate", str(candidate), "-j", "1"]
    return CliRunner().invoke(main, asked)


def decisions(out):
    frames = [pl.read_parquet(path) for path in sorted(out.glob("*.parquet"))]
    return pl.concat(frames).to_dicts()


def write_archive(path, texts=TEXTS, **more):
    columns = {"content_id": [f"c{at}" for at in range(len(texts))], "shop_id": ["s1"] * len(texts), "text": texts}
    frame = pl.DataFrame(columns | more)
    {".csv": frame.write_csv, ".jsonl": frame.write_ndjson, ".parquet": frame.write_parquet}[path.suffix](path)
    return path


@pytest.mark.parametrize("ending", [".csv", ".jsonl", ".parquet", ".txt"])
def test_every_format_is_judged_by_the_new_law_and_the_report_counts_it(candidate, tmp_path, ending):
    source = tmp_path / f"archive{ending}"
    if ending == ".txt":
        source.write_text("\n".join(TEXTS) + "\n", encoding="utf-8")
    else:
        write_archive(source, decision=["pass"] * 4)

    result = rescreen(candidate, tmp_path / "out", source)

    assert result.exit_code == 0, result.output
    assert [row["after"] for row in decisions(tmp_path / "out")] == ["pass", "block", "pass", "block"]
    told = json.loads((tmp_path / "out/report.json").read_text(encoding="utf-8"))
    assert (told["looked_at"], told["changed"], told["newly_stopped"]) == (4, 2, 2)
    before = "unknown" if ending == ".txt" else "pass"
    assert {"before": before, "after": "block", "count": 2} in told["verdicts"]
    assert told["by"]["word"][0] == {"name": "new_law/神效贴", "contents": 2, "changed": 2, "newly_stopped": 2}
    assert told["by"]["category"][0]["name"] == "banned"
    assert "2 decisions would change" in result.output


def test_the_page_shows_a_sample_starred_and_escaped_and_the_csv_all_counts(candidate, tmp_path):
    texts = ["<script>神效贴 电话 13800138000", "好看"]
    source = write_archive(tmp_path / "a.parquet", texts, shop_id=["=1+1", "s2"])

    assert rescreen(candidate, tmp_path / "out", source).exit_code == 0

    page = (tmp_path / "out/report.html").read_text(encoding="utf-8")
    assert "138****8000" in page
    assert "&lt;script&gt;神效贴" in page
    assert "<script>" not in page
    rows = list(csv.DictReader(io.StringIO((tmp_path / "out/report.csv").read_text(encoding="utf-8-sig"))))
    assert {"dimension": "shop", "name": "'=1+1", "before": "unknown", "after": "block", "count": "1"} in rows
    everything = b"".join(path.read_bytes() for path in (tmp_path / "out").iterdir())
    assert b"13800138000" not in everything


def test_a_run_that_was_stopped_goes_on_with_what_is_missing_and_ends_the_same(candidate, tmp_path):
    sources = tmp_path / "archive"
    sources.mkdir()
    for number in range(4):
        write_archive(sources / f"day-{number}.jsonl", decision=["pass"] * 4)
    out = tmp_path / "out"
    rescreen(candidate, out, sources)
    whole = orjson.loads((out / "report.json").read_bytes())
    lost = min(out.glob("day-2*.counts.json"))
    lost.unlink()
    (out / "day-2-x.parquet.partial").write_bytes(b"half")
    stamps = {path: path.stat().st_mtime_ns for path in out.glob("*.counts.json")}

    result = rescreen(candidate, out, sources)

    assert result.exit_code == 0, result.output
    assert orjson.loads((out / "report.json").read_bytes()) == whole
    assert lost.exists()
    assert {path: path.stat().st_mtime_ns for path in stamps} == stamps
    assert not list(out.glob("*.partial"))


def test_another_question_does_not_go_into_the_same_folder(candidate, tmp_path):
    source = write_archive(tmp_path / "a.csv")
    rescreen(candidate, tmp_path / "out", source)

    other = rescreen(candidate, tmp_path / "out", source, "--words-only")
    strange = rescreen(candidate, candidate, source)

    assert other.exit_code == 1
    assert "words_only" in other.output
    assert strange.exit_code == 1
    assert "holds other things" in strange.output


def test_what_cannot_be_read_is_named_and_the_rest_is_judged(candidate, tmp_path):
    source = tmp_path / "a.jsonl"
    lines = [
        '{"text": "神效贴"}',
        "{nonsense",
        '{"text": "x", "kind": "film"}',
        '{"text": "x", "decision": "maybe"}',
        "[]",
    ]
    source.write_text("\n".join(lines), encoding="utf-8")

    result = rescreen(candidate, tmp_path / "out", source)

    assert result.exit_code == 1
    told = orjson.loads((tmp_path / "out/report.json").read_bytes())
    assert (told["looked_at"], told["unreadable"]) == (1, 4)
    assert f"{source}:2" in "\n".join(told["problems"])
    assert [word for word in ("film", "maybe") if word not in "\n".join(told["problems"])] == []
    assert [row["after"] for row in decisions(tmp_path / "out")].count("unreadable") == 4


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ([], "--stored"),
        (["{csv}", "--open-cases"], "--open-cases"),
        (["{csv}", "-c", "title"], "title"),
        (["{csv}", "--kind", "film"], "film"),
        (["{empty}"], "nothing to screen"),
    ],
)
def test_a_wrong_question_is_refused_before_anything_is_judged(candidate, tmp_path, words, told):
    (tmp_path / "empty").mkdir()
    places = {"csv": write_archive(tmp_path / "a.csv"), "empty": tmp_path / "empty"}

    result = rescreen(candidate, tmp_path / "out", *(word.format(**places) for word in words))

    assert result.exit_code in {1, 2}
    assert told in result.output
    assert not list((tmp_path / "out").glob("*.parquet"))


def test_a_bad_candidate_is_named_by_file_and_line(candidate, tmp_path):
    (candidate / "wordlists/new_law.txt").write_text(HEAD.replace("block", "blok") + "神效贴\n", encoding="utf-8")

    result = rescreen(candidate, tmp_path / "out", write_archive(tmp_path / "a.csv"))

    assert result.exit_code == 1
    assert "new_law.txt:2" in result.output


@pytest.mark.parametrize("ending", [".csv", ".jsonl", ".txt", ".parquet"])
def test_pieces_together_hold_every_row_once_and_in_order(tmp_path, monkeypatch, ending):
    monkeypatch.setattr(rescreen_pieces, "PIECE_BYTES", 300)
    monkeypatch.setattr(rescreen_pieces, "PIECE_ROWS", 7)
    texts = [f'第{at}行，他说“"好"”\n第二段，{"长" * (at % 5)}' for at in range(60)]
    source = tmp_path / f"a{ending}"
    if ending == ".txt":
        source.write_text("\n".join(text.replace("\n", " ") for text in texts), encoding="utf-8")
    else:
        write_archive(source, texts)

    pieces = cut(source)

    assert len(pieces) > 5
    assert [row for piece in pieces for row in read_piece(piece)] == list(open_reader(source).rows())


def listed_in(words):
    """Of a row's words those that stand in lists."""
    return ",".join(word for word in words.split(",") if not word.startswith("constructions/"))


def test_words_alone_say_of_every_sample_what_the_whole_judge_sees_in_its_words(judge, tmp_path, now):
    samples, source = sample_texts(), tmp_path / "a.parquet"
    write_archive(source, samples)
    [piece] = cut(source)
    whole, alone = tmp_path / "whole", tmp_path / "alone"
    for folder, words_only in ((whole, False), (alone, True)):
        folder.mkdir()
        screen_piece(judge, piece.name, contents_of(judge, piece, Columns()), Asked(now, words_only), folder)

    full, words = (pl.read_parquet(folder / f"{piece.name}.parquet") for folder in (whole, alone))

    assert [listed_in(words) for words in full["words"]] == words["words"].to_list()
    assert full["words"].str.contains("constructions/").any()
    assert sum(word != "" for word in words["words"]) > 100


def test_every_sample_is_decided_as_the_service_decides_it(sqlite_service, judge, tmp_path):
    client, samples = sqlite_service.client(), sample_texts()
    answers = []
    for start in range(0, len(samples), 500):
        items = [
            {"content_id": f"c{at}", "kind": "video_caption", "shop_id": "s1", "text": text}
            for at, text in enumerate(samples[start : start + 500], start)
        ]
        answers += client.post("/v1/screenings/batch", json={"items": items}).get_json()["results"]
    source = write_archive(tmp_path / "a.parquet", samples)
    [piece] = cut(source)

    things = contents_of(judge, piece, Columns())
    screen_piece(judge, piece.name, things, Asked(sqlite_service.clock()), tmp_path)

    ours = pl.read_parquet(tmp_path / f"{piece.name}.parquet").to_dicts()
    assert len(ours) == len(samples) > 500
    for row, answer in zip(ours, answers, strict=True):
        live = dict.fromkeys(firing["rule"] for firing in answer["firings"] if not firing.get("shadow"))
        words = dict.fromkeys(f"{hit['wordlist']}/{hit['word']}" for hit in answer["hits"])
        assert (row["after"], row["rules"], row["words"]) == (answer["decision"], ",".join(live), ",".join(words))
    assert {row["after"] for row in ours} >= {"pass", "review", "block"}


def sample_texts():
    lines = [line for name in SAMPLES for line in (PROJECT / name).read_text(encoding="utf-8").splitlines()]
    return list(dict.fromkeys(line.split("\t")[-1] for line in lines if line and not line.startswith("#")))[:600]


def test_killed_again_and_again_it_ends_as_if_it_had_never_been(candidate, tmp_path):
    sources = tmp_path / "archive"
    sources.mkdir()
    for number in range(24):
        write_archive(sources / f"day-{number:02}.parquet", TEXTS * 25, decision=["pass"] * 100)
    environment = os.environ | {
        "WEIHENG_DATA_DIR": str(tmp_path / "var"),
        "WEIHENG_CACHE_DIR": str(MATCHERS),
        "PYTHONPATH": str(PROJECT),
    }
    out = tmp_path / "out"
    command = [sys.executable, "-m", "app.cli", "rescreen", str(sources), "-o", str(out)]
    killed = 0
    for processes, at_least in (("1", 2), ("2", 9)):
        process = subprocess.Popen(  # noqa: S603
            [*command, "--candidate", str(candidate), "-j", processes], env=environment, stdout=subprocess.DEVNULL
        )
        while process.poll() is None and len(list(out.glob("*.counts.json"))) < at_least:
            time.sleep(0.002)
        killed += process.poll() is None
        children = psutil.Process(process.pid).children()
        assert processes == "1" or len(children) >= int(processes)
        process.kill()
        process.wait()
        _, left = psutil.wait_procs(children, timeout=30)
        assert left == [], "they would wait for pieces for ever"
    done = len(list(out.glob("*.counts.json")))

    result = rescreen(candidate, out, sources)

    assert killed == 2
    assert 0 < done < 24
    assert result.exit_code == 0, result.output
    told = orjson.loads((out / "report.json").read_bytes())
    assert told["looked_at"] == 24 * 100 == len(decisions(out))
    assert told["changed"] == 24 * 50
