"""Officers read Chinese: every name that a hit may carry has a Chinese one in the console."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.text.spellings import Trick
from app.web.console.words import NAMES

APP = Path(__file__).parents[2] / "app"
ACTION = re.compile(r"[a-z_]+\.[a-z_]+")


def said(node: ast.expr) -> Iterator[str]:
    """The texts an argument may be, as far as they stand there."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from said(node.body)
        yield from said(node.orelse)


def calls_on_record() -> Iterator[ast.Call]:
    """Every call that records a deed: `audit.record` itself and the small `_record` that a module has of its own."""
    for path in (APP / "flows").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in {"audit.record", "_record", "record"}:
                yield node


@pytest.mark.parametrize(
    "trick", [trick.label for trick in Trick if trick is not Trick.PLAIN] + ["split_over_segments", "emoji_read"]
)
def test_the_console_names_every_trick_in_chinese(trick) -> None:
    assert any("\u4e00" <= char <= "\u9fff" for char in NAMES["trick"][trick])


def test_no_two_tricks_have_the_same_name() -> None:
    names = list(NAMES["trick"].values())

    assert len(set(names)) == len(names)


def test_every_deed_on_record_and_what_it_was_done_to_has_a_chinese_name() -> None:
    actions, things = set(), set()
    for call in calls_on_record():
        actions |= {text for each in call.args for text in said(each) if ACTION.fullmatch(text)}
        for keyword in call.keywords:
            wanted = {"action": actions, "object_type": things}.get(keyword.arg or "")
            if wanted is not None:
                wanted |= set(said(keyword.value))

    assert len(actions) > 60
    assert sorted(actions - NAMES["action"].keys()) == []
    assert sorted(things - NAMES["object_type"].keys()) == []
