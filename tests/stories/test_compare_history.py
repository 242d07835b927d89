"""A newcomer compares the decisions of their own people with ours, from the files they have."""

from __future__ import annotations

import orjson
import polars as pl
import pytest
from click.testing import CliRunner

from app.cli import main
from app.flows.past_decisions import KNOWN, as_word, find_columns
from app.flows.rows import open_reader

NUMBER = "1380013" + "8000"
ROWS = [
    ("a1", "云南小番茄 五斤装", "通过", "food"),
    ("a2", "祖传秘方，包治百病", "违规", "health_food"),
    ("a3", "加厚四件套", "违规", "home"),
    ("a4", f"全网最*佳面膜，三天根治痘痘，打{NUMBER}", "通过", "cosmetics"),
    ("a5", f"今天教大家做番茄炒蛋，电话{NUMBER}", "复核", "food"),
]
HEADINGS = ("编号", "文案", "审核结果", "类目")


def run(*words):
    return CliRunner().invoke(main, ["compare", *map(str, words), "-j", "2"])


def history(folder, *, ending=".csv", encoding="utf-8", rows=ROWS):
    path = folder / f"history{ending}"
    if ending == ".parquet":
        pl.DataFrame(rows, schema=HEADINGS, orient="row").write_parquet(path)
        return path
    if ending == ".jsonl":
        lines = [orjson.dumps(dict(zip(HEADINGS, row, strict=True))).decode() for row in rows]
    else:
        lines = [",".join(row) for row in (HEADINGS, *rows)]
    path.write_bytes("\n".join(lines).encode(encoding))
    return path


@pytest.mark.parametrize(
    ("ending", "encoding", "said"),
    [
        (".csv", "utf-8", "UTF-8"),
        (".csv", "utf-8-sig", "UTF-8"),
        (".csv", "gb18030", "GB18030"),
        (".jsonl", "gb18030", "GB18030"),
        (".parquet", "", None),
    ],
)
def test_a_history_is_compared_in_any_format_and_what_was_guessed_is_said(tmp_path, ending, encoding, said) -> None:
    result = run(history(tmp_path, ending=ending, encoding=encoding))

    assert result.exit_code == 0, result.output
    assert (f"encoding: {said}" in result.stderr) == (said is not None)
    assert "text: 文案  (guessed" in result.stderr
    assert "decision: 审核结果  (guessed" in result.stderr
    lines = [" ".join(line.split()) for line in result.stdout.splitlines()]
    assert "5 decisions compared" in lines
    assert "they pass 1 (20.0%) 0 (0.0%) 1 (20.0%)" in lines
    assert "they block 1 (20.0%) 0 (0.0%) 1 (20.0%)" in lines
    assert "review counts as half 50.0% 0.00" in lines
    assert "cosmetics 1 0.0% 1 0" in lines
    assert "word 最佳 (absolute_terms) 1 0" in lines


def test_samples_show_the_hits_and_no_personal_data(tmp_path) -> None:
    result = run(history(tmp_path))

    assert "row 4 (a4): 全网最*佳面膜，三天根治痘痘，打138****8000" in result.stdout
    assert "最*佳 = 最佳 [absolute_terms] by inserted_symbol" in result.stdout
    assert "row 3 (a3): 加厚四件套" in result.stdout
    assert NUMBER not in result.output


@pytest.mark.parametrize("ending", [".csv", ".jsonl", ".parquet"])
def test_every_row_comes_out_with_our_decision(tmp_path, ending) -> None:
    target = tmp_path / f"out{ending}"

    result = run(
        history(tmp_path, rows=[*ROWS, ("a6", "加厚四件套", "申诉中", "home")]), "--out", target, "-m", "申诉中=skip"
    )

    assert result.exit_code == 0, result.output
    assert "5 decisions compared, 1 skipped" in result.stdout
    rows = list(open_reader(target).rows())
    assert [row["文案"] for row in rows] == [text for _, text, _, _ in ROWS] + ["加厚四件套"]
    assert [row["their_decision"] for row in rows] == ["pass", "block", "block", "pass", "review", "skip"]
    assert [row["our_decision"] for row in rows] == ["pass", "block", "pass", "block", "pass", "pass"]
    assert [row["agrees"] for row in rows] == ["true", "true", "false", "false", "false", ""]
    assert orjson.loads(rows[3]["personal_data"])[0]["kind"] == "mobile"
    assert list(tmp_path.glob("*.partial")) == []


def test_a_long_history_is_compared_by_processes_and_comes_out_in_its_order(tmp_path) -> None:
    target = tmp_path / "out.csv"

    result = run(history(tmp_path, rows=ROWS * 201), "--out", target)

    assert result.exit_code == 0, result.output
    assert "1,005 decisions compared" in result.stdout
    assert [row["文案"] for row in open_reader(target).rows()] == [text for _, text, _, _ in ROWS] * 201


def test_an_unknown_decision_is_named_with_its_row_and_how_to_go_on(tmp_path) -> None:
    path = history(
        tmp_path, rows=[*ROWS, ("a6", "好", "限流", "home"), ("a7", "好", "限流", "home"), ("a8", "好", "", "home")]
    )

    refused, mapped = run(path), run(path, "-m", "限流=review", "-m", "=skip")

    assert refused.exit_code == 1
    assert "row 6, 审核结果: '限流' (2 rows)" in refused.stderr
    assert "row 8, 审核结果: '' (1 rows)" in refused.stderr
    assert "--map '限流=pass|review|block|skip'" in refused.stderr
    assert mapped.exit_code == 0, mapped.output
    assert "7 decisions compared, 1 skipped" in mapped.stdout


@pytest.mark.parametrize(
    ("name", "content", "words", "code", "told"),
    [
        ("h.csv", b"a,b\nx,y\n", (), 1, "--text: no column looks like it (expected a, b)"),
        ("h.csv", b"text,result\nx,ok\n", ("--text", "body"), 1, "--text: not in the file: body"),
        ("h.csv", b"text,result\nx,ok\n", ("-m", "ok=fine"), 2, "WORD=MEANING"),
        ("h.csv", b"text,result\nx,ok\n", ("--out", "out.txt"), 2, ".parquet"),
        ("h.csv", b"text,result,kind\nx,ok,comment\nx,ok,film\n", (), 1, "row 2"),
        ("h.csv", b"text,result\n\xff\xff,ok\n", (), 1, "UTF-8 or GB18030"),
        ("h.csv", b"text,result\nx,ok,z\n", (), 1, "h.csv:2"),
        ("h.txt", b"x\n", (), 1, ".jsonl"),
    ],
)
def test_what_cannot_be_compared_is_refused_with_its_place(tmp_path, name, content, words, code, told) -> None:
    path = tmp_path / name
    path.write_bytes(content)

    result = run(path, *words)

    assert result.exit_code == code, result.output
    assert told in result.stderr


def test_the_history_is_never_overwritten(tmp_path) -> None:
    path = history(tmp_path)
    before = path.read_bytes()

    result = run(path, "--out", path)

    assert result.exit_code == 2
    assert path.read_bytes() == before


def test_a_named_column_is_not_guessed_again() -> None:
    columns = find_columns(["title", "text", "结果", "status"], texts=["title"], named={"decision": "status"})

    assert (columns.texts, columns.decision, columns.guessed) == (("title",), "status", ())


@pytest.mark.parametrize(
    ("value", "meaning"),
    [
        ("Approved", "pass"),
        (" ＰＡＳＳ ", "pass"),
        (0, "pass"),
        (1.0, "block"),
        ("驳回", "block"),
        ("人工审核", "review"),
    ],
)
def test_a_decision_is_understood_however_it_is_written(value, meaning) -> None:
    assert KNOWN[as_word(value)] == meaning


@pytest.mark.parametrize("value", [None, "", True, "2", "是"])
def test_what_could_mean_either_is_not_guessed(value) -> None:
    assert as_word(value) not in KNOWN
