"""``weiheng rules why``: what the rules in the folder say about a text or about facts, and why, without a service."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
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
from app.values.change import Language
from app.values.deciding import VERDICT_TITLES

if TYPE_CHECKING:
    from app.web.schemas import EvaluationIn

_MARKS = {True: "✓", False: "✗", None: "?"}
_SHOWN_ITEMS = 6


@dataclass(frozen=True, slots=True)
class _Words:
    """What is said around an explanation, in one language."""

    outcomes: Mapping[str, str]
    decisions: Mapping[str, str]
    joints: Mapping[str, str]
    decided: str
    hit: str
    exempted: str
    doubt: str
    rule: str
    lacking: str
    first: str
    given: str
    joint: str
    comma: str


_WORDS: Mapping[Language, _Words] = {
    "zh": _Words(
        outcomes={"fired": "触发", "not_fired": "未触发", "unknown": "无法判断", "not_in_force": "未生效"},
        decisions=VERDICT_TITLES,
        joints={"and": "同时满足", "or": "满足其一"},
        decided="裁决：{}",
        hit="命中：{word}（{wordlist}，{verdict}）{source}",
        exempted="豁免：{word}（{wordlist}）{reason}，有效期至 {valid_to}",
        doubt="存疑：{}",
        rule="{rule} {title}：{outcome}{lacking}",
        lacking="，差 {} 项",
        first="  ← 首先不成立",
        given="{name} = {value}（{origin}）",
        joint="{joint}：{sentence}",
        comma="、",
    ),
    "en": _Words(
        outcomes={
            "fired": "fired",
            "not_fired": "did not fire",
            "unknown": "not known",
            "not_in_force": "not in force",
        },
        decisions={"pass": "pass", "label": "label", "review": "review", "block": "block"},
        joints={"and": "all of these", "or": "one of these"},
        decided="Decision: {}",
        hit="Hit: {word} ({wordlist}, {verdict}) {source}",
        exempted="Exempt: {word} ({wordlist}) {reason}, until {valid_to}",
        doubt="Doubt: {}",
        rule="{rule} {title}: {outcome}{lacking}",
        lacking=", {} to go",
        first="  ← the first that fails",
        given="{name} = {value} ({origin})",
        joint="{joint}: {sentence}",
        comma=", ",
    ),
}


@click.command("why")
@click.argument("source", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--facts", help="Facts of an event as a JSON object, instead of a file.")
@click.option("--on", "event_kind", default="content.submit", show_default=True, help="Kind of event of the facts.")
@click.option("--kind", default="video_caption", show_default=True, help="Kind of content of a text file.")
@click.option("--category", help="Shop category of a text file.")
@click.option("--rule", "rules", multiple=True, help="Explain this rule only; may be given several times.")
@click.option(
    "--language", type=click.Choice(["zh", "en"]), default="zh", show_default=True, help="Language of the explanations."
)
@click.option("--now", "at", help="Instant with an offset, such as 2026-11-22T10:00:00+08:00. Default: now.")
def rules_why(
    source: Path | None, at: str | None, rules: tuple[str, ...], language: Language, **asked: str | None
) -> None:
    """Say why each rule fires or not, on a text file, a JSON file like the body of POST /v1/evaluations, or facts."""
    if (source is None) is (asked["facts"] is None):
        raise click.UsageError("give a file or --facts")
    from app.web.errors import problems_of  # noqa: PLC0415 - the web loads slowly
    from app.web.schemas import EvaluationIn  # noqa: PLC0415

    body = _body(source, asked) | ({"now": at} if at else {}) | ({"rules": list(rules)} if rules else {})
    body = {"language": language} | body
    try:
        question = EvaluationIn.model_validate(body)
    except ValidationError as error:
        raise InvalidInput("the question does not fit the contract", problems=problems_of(error)) from error
    if question.snapshot is not None:
        raise click.UsageError("the folders are asked here: leave `snapshot` out, or ask a service")
    for line in _lines(_answer(question, now=question.now or utc_now()), _WORDS[question.language]):
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
    judge, only, language = judge_from_folders(read_settings(os.environ)), question.rules, question.language
    try:
        if question.content is not None:
            return what_if_content(judge, question.content.as_content(), now=now, only=only, language=language)
        kind, facts = question.kind or "", question.facts or {}
        return what_if_facts(judge, kind, facts, now=now, only=only, language=language)
    finally:
        judge.engine.close()


def _lines(answer: Mapping[str, Any], words: _Words) -> Iterator[str]:
    """What was decided, then each rule: those that fired, those that came near, the rest."""
    yield words.decided.format(words.decisions.get(answer["decision"], answer["decision"]))
    yield from (words.hit.format_map(hit) for hit in answer["hits"])
    yield from (words.exempted.format_map(each) for each in answer["exempted"])
    yield from (words.doubt.format(doubt) for doubt in answer["doubts"])
    order = {"fired": 0, "unknown": 1, "not_fired": 2, "not_in_force": 3}
    near = {rule: place for place, rule in enumerate(answer["near_misses"])}
    ranked = sorted(answer["rules"], key=lambda told: (order[told["outcome"]], near.get(told["rule"], len(near))))
    for told in ranked:
        yield ""
        lacking = words.lacking.format(told["failed"]) if told["outcome"] == "not_fired" else ""
        outcome = words.outcomes[told["outcome"]]
        yield words.rule.format(rule=told["rule"], title=told["title"], outcome=outcome, lacking=lacking)
        yield f"  {told['because']}"
        yield from _part(told["condition"], told["first_failed"], words, depth=1)


def _part(part: Mapping[str, Any], first: str | None, words: _Words, *, depth: int) -> Iterator[str]:
    is_plain = part["kind"] == "not" and part["parts"][0]["kind"] == "test"
    told = part["parts"][0] if is_plain else part  # the part inside says the same once more
    arrow = words.first if part["path"] == first and part["outcome"] is False else ""
    joint = words.joints.get(part["kind"])
    text = words.joint.format(joint=joint, sentence=part["sentence"]) if joint else part["text"]
    yield f"{'  ' * depth}{_MARKS[part['outcome']]} {text}{arrow}"
    if told["kind"] in ("test", "any", "all"):
        yield f"{'  ' * depth}    {told['sentence']}"
    for seen in told["values"]:
        if seen["what"] == "parameter":
            called = f"{seen['title']} {seen['name']}" if seen["title"] else seen["name"]
            value = _shown(seen["value"], words)
            yield f"{'  ' * depth}    " + words.given.format(name=called, value=value, origin=seen["origin"])
    for inner in () if is_plain else part["parts"]:
        yield from _part(inner, first, words, depth=depth + 1)


def _shown(value: Any, words: _Words) -> str:
    if isinstance(value, list):
        return words.comma.join(str(each) for each in value[:_SHOWN_ITEMS]) + ("…" if len(value) > _SHOWN_ITEMS else "")
    return str(value)
