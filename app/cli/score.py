"""``weiheng score``: the quality of a text by the folders as they are, without a running service."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click
import orjson

from app.clock import utc_now
from app.flows.judge_content import judge_content
from app.flows.screen_file import judge_from_folders, known_kind
from app.settings import read_settings
from app.values.answer import firing_answer
from app.values.content import ContentToScreen

_GRADES = {"poor": "不及格", "passable": "及格", "excellent": "优"}


@click.command()
@click.argument("source", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("-t", "--text", help="The text itself, instead of a file.")
@click.option("--lines", is_flag=True, help="Every line of the file is a text of its own.")
@click.option("--kind", default="video_caption", show_default=True, help="Kind of content.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document a text.")
def score(source: Path | None, text: str | None, *, lines: bool, kind: str, as_json: bool) -> None:
    """Score a text file or --text: information density, emotional appeal, guidance, and what to change."""
    if (source is None) is (text is None):
        raise click.UsageError("give a file or --text")
    whole = text if text is not None else Path(str(source)).read_text("utf-8")
    texts = [line for line in whole.splitlines() if line.strip()] if lines else [whole]
    judge, now = judge_from_folders(read_settings(os.environ)), utc_now()
    for each in texts:
        content = ContentToScreen("", known_kind(kind), "folder", {"text": each}, wants_score=True)
        scored = judge_content(judge, content, now=now).scored
        assert scored is not None, "a score was asked for"
        firings = [firing_answer(firing) for firing in scored.evaluation.firings]
        answer = {"text": each, **scored.answer(), "firings": firings}
        if as_json:
            sys.stdout.write(orjson.dumps(answer).decode() + "\n")
        else:
            for line in _lines(answer):
                click.echo(line)


def _lines(answer: Mapping[str, Any]) -> Iterator[str]:
    yield answer["text"].strip().splitlines()[0][:60]
    if answer["score"] is None:
        yield "  不出分：文字太短或没有中文词语，至少一个维度无法判断"
    else:
        yield f"  质量分 {answer['score']}（{_GRADES.get(answer['grade'], '未定')}）"
    for dimension in answer["dimensions"]:
        told = "无法判断" if dimension["score"] is None else str(dimension["score"])
        yield f"  {dimension['title']} {told}（权重 {dimension['weight']}）"
        counted = [
            f"{each['title']} {each['count']}（{each['points']:+d}）" for each in dimension["features"] if each["count"]
        ]
        if counted:
            yield "    " + "、".join(counted)
    for name, title in (("fear", "焦虑恐惧用语"), ("induced", "诱导互动")):
        if answer[name]:
            yield f"  {title}：" + "、".join(answer[name])
    for firing in answer["firings"]:
        yield f"  {firing['rule']} {firing['reason']}"
    for hint in answer["hints"]:
        yield f"  建议：{hint}"
