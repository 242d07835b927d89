"""``weiheng campaigns``: check a campaign's file before it starts, list campaigns, try another threshold on them."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import click
import orjson

from app.campaigns.rows import STATES, Wanted
from app.cli.backtest import When
from app.cli.opened import opened_parts
from app.clock import utc_now
from app.errors import BadDefinition, BrokenRequest, InvalidInput, Problem
from app.flows.check_campaign import check_campaign
from app.flows.follow_snapshots import follow_once
from app.flows.screen_file import judge_from_folders
from app.flows.show_campaigns import as_csv, list_campaigns
from app.flows.what_if_campaigns import Change, what_if_campaigns
from app.rules.positions import BadYaml, read_document
from app.settings import read_settings
from app.values.access import SYSTEM, Caller, Scope

_OPERATOR = Caller("cli", "cli", frozenset({Scope.RULES, Scope.EVENTS}), None)
_LISTED_MAX = 10_000
_CLEAN = frozenset({"pass", "alert", "warn", "label"})


@click.group()
def campaigns() -> None:
    """Campaigns: checked before they start, watched while they run."""


@campaigns.command("check")
@click.argument("source", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--database", is_flag=True, help="Work out what the service's database knows of the shop, by its rules.")
@click.option("--now", "at", type=When(), help="Day or instant to judge as of. Default: now.")
@click.option("--json", "as_json", is_flag=True, help="Print the whole answer as JSON.")
def check(source: Path, at: datetime | None, *, database: bool, as_json: bool) -> None:
    """Judge the campaign of FILE (YAML or JSON): decision, reasons, law, remedy; exit code 1 if it may not start.

    Without --database the folders' rules are asked, and figures the file does not give are unknown.
    """
    document = _document(source)
    now = at or utc_now()
    if database:
        with opened_parts() as parts, parts.db.read() as session:
            follow_once(parts)
            answer = check_campaign(parts.live.current, document, now=now, session=session)
    else:
        judge = judge_from_folders(read_settings(os.environ))
        try:
            answer = check_campaign(judge, document, now=now)
        finally:
            judge.engine.close()
    if as_json:
        click.echo(orjson.dumps(answer, option=orjson.OPT_INDENT_2).decode())
    else:
        for line in _lines(answer):
            click.echo(line)
    if answer["decision"] not in _CLEAN:
        raise click.exceptions.Exit(1)


@campaigns.command("list")
@click.option("--shop", help="Only this shop. Default: all shops.")
@click.option("--state", type=click.Choice(STATES), help="Only campaigns in this state.")
@click.option("--csv", "as_table", is_flag=True, help="As CSV with reasons.")
def list_all(shop: str | None, state: str | None, *, as_table: bool) -> None:
    """Print up to 10,000 campaigns, the newest first, with what the rules say of each now."""
    with opened_parts() as parts, parts.db.read() as session:
        follow_once(parts)
        wanted = Wanted(parts.now(), shop, None, state)
        found = list_campaigns(session, parts.live.current, wanted, caller=SYSTEM, limit=_LISTED_MAX)
    answers = [answer for _, answer in found]
    if as_table:
        click.echo(as_csv(answers), nl=False)
        return
    for each in answers:
        rules = " ".join(firing["rule"] for firing in each["firings"])
        own = [str(each[name]) for name in ("shop_id", "campaign_id", "type", "state")]
        words = [*own, _verdict(each["decision"]), rules]
        click.echo("  ".join(words).rstrip())


@campaigns.command("what-if")
@click.option("--set", "changed", multiple=True, required=True, help="pack.parameter=value; may be repeated.")
@click.option("--from", "from_at", type=When(), help="First day or instant. Default: thirty days ago.")
@click.option("--to", "to_at", type=When(), help="Day or instant before which to end. Default: now.")
@click.option("--shop", "shops", multiple=True, help="Only this shop; may be given several times. Default: all shops.")
@click.option("--json", "as_json", is_flag=True, help="Print the whole report as JSON.")
def what_if(
    changed: tuple[str, ...],
    from_at: datetime | None,
    to_at: datetime | None,
    shops: tuple[str, ...],
    *,
    as_json: bool,
) -> None:
    """Judge the period's campaigns again with other thresholds and say what would come out differently."""
    with opened_parts() as parts:
        follow_once(parts)
        until = to_at or parts.now()
        since = from_at or until - timedelta(days=30)
        asked = Change(dict(_value(each) for each in changed), since, until, shops or None)
        report = what_if_campaigns(parts, asked, caller=_OPERATOR)
    if as_json:
        click.echo(orjson.dumps(report, option=orjson.OPT_INDENT_2).decode())
        return
    click.echo(f"看过 {report['looked_at']} 个活动、优惠券、有奖活动与商品价格，结论不同的 {report['changed']} 个")
    for each in report["decisions"]:
        mark = "→" if each["before"] != each["after"] else "＝"
        click.echo(f"  {_verdict(each['before'])} {mark} {_verdict(each['after'])}  {each['count']}")
    for each in report["samples"]:
        if each["before"] != each["after"]:
            rules = "、".join(rule["rule"] for rule in each["rules"])
            click.echo(f"  {each['shop_id']} {each['screening_id']}: {rules}")


def _value(text: str) -> tuple[str, Any]:
    name, sign, value = text.partition("=")
    if not sign or "." not in name:
        raise click.UsageError(f"--set {text}: expected pack.parameter=value")
    try:
        read = json.loads(value)
    except json.JSONDecodeError:
        read = value
    return name.strip(), read


def _document(source: Path) -> dict[str, Any]:
    """The file's one mapping; YAML 1.2, of which JSON is a part. Raises BadDefinition, BrokenRequest."""
    try:
        found = read_document(source.name, source.read_text("utf-8"))
    except UnicodeDecodeError as error:
        raise BrokenRequest(f"{source.name} is no UTF-8 text: {error}") from None
    except BadYaml as error:
        raise BadDefinition("the file cannot be read", problems=[error.problem]) from error
    if not isinstance(found.data, dict):
        raise InvalidInput(
            "the file holds no campaign", problems=[Problem(f"{source.name}:1", "is no mapping", "campaign: {…}")]
        )
    return found.data


def _lines(answer: Mapping[str, Any]) -> Iterator[str]:
    yield f"裁决：{_verdict(answer['decision'])}"
    for part in answer["parts"]:
        about = f"（{part['subject']}）" if part["subject"] else ""
        yield ""
        yield f"{part['part']}{about} {part['kind']}：{_verdict(part['decision'])}"
        for firing in part["firings"]:
            shadow = "（影子规则，不影响裁决）" if firing.get("shadow") else ""
            yield f"  {firing['rule']} {_verdict(firing['decision'])}{shadow}：{firing['reason']}"
            yield f"    依据：{'；'.join(firing['references'])}"
            if firing.get("missing"):
                yield f"    无法判断，缺少：{'、'.join(firing['missing'])}"
            if firing.get("unsigned"):
                yield f"    待签核：{'；'.join(firing['unsigned'])}"
            if firing["remedy"]:
                yield f"    整改：{firing['remedy']}"
        yield from (f"  存疑：{doubt}" for doubt in part["doubts"])
        for name, value in part["figures"].items():
            yield f"  {name} = {'未知' if value is None else value}"


def _verdict(token: str) -> str:
    from app.web.console.names import NAMES  # noqa: PLC0415 - the web loads slowly

    return NAMES["verdict"].get(token, token)
