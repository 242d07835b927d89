"""Somebody screens an archive on the command line: same rows out, decisions added, formats and faults handled."""

from __future__ import annotations

import csv

import orjson
import polars as pl
import pytest
from click.testing import CliRunner

from app.cli import main
from app.flows.rows import open_reader

TEXTS = ["云南小番茄 五斤装", "祖传秘方，包治百病", "加厚四件套"] * 400


def run(*words):
    return CliRunner().invoke(main, ["screen", *map(str, words), "-j", "2"])


def test_a_text_file_becomes_a_csv_of_the_same_lines(tmp_path):
    source = tmp_path / "captions.txt"
    source.write_text("\n".join(TEXTS) + "\n", encoding="utf-8")

    result = run(source)

    assert result.exit_code == 0, result.output
    with (tmp_path / "captions.decisions.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["text"] for row in rows] == TEXTS
    assert [row["decision"] for row in rows[:3]] == ["pass", "block", "pass"]
    assert orjson.loads(rows[1]["hits"])[0]["text"] in TEXTS[1]
    assert "block 400" in result.output


@pytest.mark.parametrize("ending", [".csv", ".jsonl", ".parquet"])
def test_every_format_comes_back_in_its_own_format(tmp_path, ending):
    source = tmp_path / f"archive{ending}"
    frame = pl.DataFrame({"content_id": [f"c{i}" for i in range(3)], "title": TEXTS[:3], "views": [1, 2, 3]})
    {".csv": frame.write_csv, ".jsonl": frame.write_ndjson, ".parquet": frame.write_parquet}[ending](source)

    result = run(source, "-c", "title")

    assert result.exit_code == 0, result.output
    rows = list(open_reader(tmp_path / f"archive.decisions{ending}").rows())
    assert [row["decision"] for row in rows] == ["pass", "block", "pass"]
    assert [str(row["views"]) for row in rows] == ["1", "2", "3"]


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("a.jsonl", '{"text": "x"}\n{"text": \n', "a.jsonl:2"),
        ("a.jsonl", '{"text": "x"}\n[1]\n', "a.jsonl:2"),
        ("a.csv", "id,text\n1,x\n2,x,y\n", "a.csv:3"),
        ("a.xlsx", "x", ".parquet"),
        ("a.parquet", "x", "Parquet"),
        ("a.csv", "id,kind\n1,comment\n", "--column"),
        ("a.csv", "text,kind\nx,film\n", "film"),
    ],
)
def test_what_cannot_be_read_is_named_and_leaves_no_output(tmp_path, name, text, told):
    source = tmp_path / name
    source.write_text(text, encoding="utf-8")

    result = run(source)

    assert result.exit_code == (2 if name.endswith(".xlsx") else 1)
    assert told in result.output
    assert [path.name for path in tmp_path.iterdir() if "decisions" in path.name and "partial" not in path.name] == []
