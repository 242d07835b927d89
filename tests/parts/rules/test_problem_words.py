"""Every mistake the checks are tested with is told to an officer in Chinese; what has no sentence is shown as it is."""

from __future__ import annotations

import re

import pytest
from sample_pack import KINDS
from test_broken_packs import CASES

from app.errors import BadDefinition, Problem
from app.rules.engine import build_engine
from app.rules.examples import run_examples
from app.rules.pack import load_packs
from app.web.console.problem_words import place, told

ENGLISH = re.compile(r"[a-z]{2,} [a-z]{2,} [a-z]{2,}")
FOREIGN = ("YAML 写法有误（", "读不懂（", "正则表达式有误：")  # what the parsers themselves say is kept in brackets


def problems(files):
    try:
        packs = load_packs(files, kinds=KINDS)
    except BadDefinition as error:
        return error.problems
    return run_examples(packs, build_engine(packs, KINDS, evaluator="python"))


@pytest.mark.parametrize("files", [files for files, _ in CASES], ids=[expected[:60] for _, expected in CASES])
def test_a_mistake_is_told_in_chinese(files):
    for problem in problems(files):
        said = told(problem)
        assert re.search(r"[\u4e00-\u9fff]", said.partition("。")[0]), said
        assert re.search(r"[\u4e00-\u9fff]|YAML", said.partition("。")[2]), said
        assert any(each in said for each in FOREIGN) or not ENGLISH.search(said), said
        assert re.search(r"第 \d+ 行", place(problem)), problem


@pytest.mark.parametrize(
    ("problem", "said"),
    [
        (
            Problem("x", "when: unknown name 'paid_fem' for order.overdue", "'paid_fen', did you mean that?"),
            "不认识的名字 paid_fem（事件 order.overdue 没有这个事实，本包也没有这个参数）。您是不是想写 paid_fen？",
        ),
        (
            Problem("x", "when: cannot compare int (fen) with text", "two values of one type"),
            "不能把整数（fen）与文本比较。应为同一类型的两个值",
        ),
        (Problem("x", "compensate.amount_fen: is in bp", "an amount in fen"), None),
        (Problem("x", "something new is wrong", "something else"), "something new is wrong。something else"),
    ],
)
def test_names_and_types_are_kept_and_what_has_no_sentence_is_shown(problem, said):
    assert told(problem) == (said or "compensate.amount_fen：单位是 bp。应为以 fen 计的金额或数量")
