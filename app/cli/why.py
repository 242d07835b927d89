"""``weiheng rules why``: what the rules in the folder say about a text or about facts, and why, without a service."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import orjson
from pydantic import ValidationError

from app.clock import utc_now
from app.errors import BrokenRequest, InvalidInput
from app.flows.screen_file import judge_from_folders
from app.flows.what_if import what_if_content, what_if_facts
from app.settings import read_settings

if TYPE_CHECKING:
    from app.web.schemas import EvaluationIn

_MARKS = {True: "✓", False: "✗", None: "?"}
_OUTCOMES = {"fired": "触发", "not_fired": "未触发", "unknown": "无法判断", "not_in_force": "未生效"}
_DECISIONS = {"pass": "通过", "label": "加标识", "review": "复核", "block": "拦截"}
_JOINTS = {"and": "同时满足", "or": "满足其一"}
_SHOWN_ITEMS = 6


@click.command("why")
@click.argument("source", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--facts", help="Facts of an event as a JSON object, instead of a file.")
@click.option("--on", "event_kind", default="content.submit", show_default=True, help="Kind of event of the facts.")
@click.option("--kind", default="video_caption", show_default=True, help="Kind of content of a text file.")
@click.option("--category", help="Shop category of a text file.")
@click.option("--rule", "rules", multiple=True, help="Explain this rule only; may be given several times.")
@click.option("--now", "at", help="Instant with an offset, such as 2026-11-22T10:00:00+08:00. Default: now.")
def rules_why(source: Path | None, at: str | None, rules: tuple[str, ...], **asked: str | None) -> None:
    """Say why each rule fires or not, on a text file, a JSON file like the body of POST /v1/evaluations, or facts."""
    if (source is None) is (asked["facts"] is None):
        raise click.UsageError("give a file or --facts")
    from app.web.errors import problems_of  # noqa: PLC0415 - the web loads slowly
    from app.web.schemas import EvaluationIn  # noqa: PLC0415

    body = _body(source, asked) | ({"now": at} if at else {}) | ({"rules": list(rules)} if rules else {})
    try:
        question = EvaluationIn.model_validate(body)
    except ValidationError as error:
        raise InvalidInput("the question does not fit the contract", problems=problems_of(error)) from error
    if question.snapshot is not None:
        raise click.UsageError("the folders are asked here: leave `snapshot` out, or ask a service")
    for line in _lines(_answer(question, now=question.now or utc_now())):
        click.echo(line)


def _body(source: Path | None, asked: Mapping[str, str | None]) -> dict[str, Any]:
    if source is None:
        return {"kind": asked["event_kind"], "facts": _json(asked["facts"] or "", "--facts")}
    if source.suffix == ".json":
        return _json(source.read_bytes(), source.name)
    content = {"content_id": source.name, "kind": asked["kind"], "shop_id": "folder", "text": source.read_text("utf-8")}
    return {"content": content | ({"category": asked["category"]} if asked["category"] else {})}


def _json(text: str | bytes, name: str) -> dict[str, Any]:
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise BrokenRequest(f"{name} is not valid JSON: {error}") from None
    if not isinstance(value, dict):
        raise BrokenRequest(f"{name} is no JSON object")
    return value


def _answer(question: EvaluationIn, *, now: datetime) -> dict[str, Any]:
    judge = judge_from_folders(read_settings(os.environ))
    try:
        if question.content is not None:
            return what_if_content(judge, question.content.as_content(), now=now, only=question.rules)
        return what_if_facts(judge, question.kind or "", question.facts or {}, now=now, only=question.rules)
    finally:
        judge.engine.close()


def _lines(answer: Mapping[str, Any]) -> Iterator[str]:
    """What was decided, then each rule: those that fired, those that came near, the rest."""
    yield f"裁决：{_DECISIONS.get(answer['decision'], answer['decision'])}"
    for hit in answer["hits"]:
        yield f"命中：{hit['word']}（{hit['wordlist']}，{hit['verdict']}）{hit['source']}"
    for each in answer["exempted"]:
        yield f"豁免：{each['word']}（{each['wordlist']}）{each['reason']}，有效期至 {each['valid_to']}"
    yield from (f"存疑：{doubt}" for doubt in answer["doubts"])
    order = {"fired": 0, "unknown": 1, "not_fired": 2, "not_in_force": 3}
    near = {rule: place for place, rule in enumerate(answer["near_misses"])}
    ranked = sorted(answer["rules"], key=lambda told: (order[told["outcome"]], near.get(told["rule"], len(near))))
    for told in ranked:
        yield ""
        how = f"，差 {told['failed']} 项" if told["outcome"] == "not_fired" else ""
        yield f"{told['rule']} {told['title']}：{_OUTCOMES[told['outcome']]}{how}"
        yield f"  {told['because']}"
        yield from _part(told["condition"], told["first_failed"], depth=1)


def _part(part: Mapping[str, Any], first: str | None, *, depth: int) -> Iterator[str]:
    is_plain = part["kind"] == "not" and part["parts"][0]["kind"] == "test"
    told = part["parts"][0] if is_plain else part  # the part inside says the same once more
    arrow = "  ← 首先不成立" if part["path"] == first and part["outcome"] is False else ""
    text = _JOINTS[part["kind"]] + f"：{part['sentence']}" if part["kind"] in _JOINTS else part["text"]
    yield f"{'  ' * depth}{_MARKS[part['outcome']]} {text}{arrow}"
    if told["kind"] in ("test", "any", "all"):
        yield f"{'  ' * depth}    {told['sentence']}"
    for seen in told["values"]:
        if seen["what"] == "parameter":
            called = f"{seen['title']} {seen['name']}" if seen["title"] else seen["name"]
            yield f"{'  ' * depth}    {called} = {_shown(seen['value'])}（{seen['origin']}）"
    for inner in () if is_plain else part["parts"]:
        yield from _part(inner, first, depth=depth + 1)


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return "、".join(str(each) for each in value[:_SHOWN_ITEMS]) + ("…" if len(value) > _SHOWN_ITEMS else "")
    return str(value)
