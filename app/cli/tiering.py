"""``weiheng tiering``: put customers into segments, report, and try other numbers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from app.cli.opened import opened_parts
from app.errors import InvalidInput, Problem
from app.flows.follow_snapshots import follow_once
from app.flows.show_segments import person_report, report_csv, segment_report, title_of
from app.flows.tier_people import shops_with_customers, tier_people
from app.flows.try_tiers import try_tiers
from app.tiering.runs import READING, WRITING, Told
from app.values.access import SYSTEM
from app.values.given_instants import read_instant
from app.values.given_numbers import read_whole

_STAGES = {READING: "读取", WRITING: "写入"}
_SHOP = click.option("--shop", help="Only this shop. Default: every shop with customers.")
_AS_OF = click.option("--as-of", help="An instant with its zone, such as 2026-11-23T10:00:00+08:00. Default: now.")


@click.group()
def tiering() -> None:
    """Customers in segments: 高价值, 潜力, 新晋."""


@tiering.command("run")
@click.option("--full", is_flag=True, help="Everybody, not only those who may have changed.")
@_SHOP
@_AS_OF
def run(*, full: bool, shop: str | None, as_of: str | None) -> None:
    """Bring the segments up to an instant; only what changed is looked at and written."""
    at = instant(as_of)
    with opened_parts() as parts:
        follow_once(parts)
        with parts.db.read() as session:
            shops = [shop] if shop else shops_with_customers(session)
        if not shops:
            click.echo("no shop has an order with a buyer_ref yet")
        for each in shops:
            with _told(each) as told:
                done = tier_people(parts, each, as_of=at, is_full=full, by="command line", now=parts.now(), told=told)
            counts = "  ".join(f"{title_of(name)} {count}" for name, count in sorted(done.counts.items()))
            how = "全量" if done.is_full else "增量"
            click.echo(f"{each}  {how}  重算 {done.looked_at_count} 人，变动 {done.moved_count} 人  {counts}")


@tiering.command("report")
@_SHOP
@click.option("--csv", "is_csv", is_flag=True, help="As CSV.")
def report(*, shop: str | None, is_csv: bool) -> None:
    """Print how many customers are in which segment, against 15/35/50."""
    with opened_parts() as parts:
        follow_once(parts)
        with parts.db.read() as session:
            told = segment_report(parts, session, SYSTEM, shop_id=shop)
    if is_csv:
        click.echo(report_csv(told), nl=False)
        return
    if not told["items"]:
        click.echo("还没有分层结果：先运行 weiheng tiering run")
    for each in told["items"]:
        click.echo(f"{each['shop_id']}  截至 {each['as_of']}  共 {each['people']} 人")
        for line in each["segments"]:
            part, target = line["of_three_bp"], line["target_bp"]
            share = "" if part is None else f"  三层占比 {part / 100:.2f}%（目标 {target / 100:.0f}%）"
            off = "  偏离目标" if line["is_off"] else ""
            click.echo(f"  {line['title']}  {line['count']} 人  {line['of_all_bp'] / 100:.2f}%{share}{off}")
            click.echo(f"    建议：{'、'.join(line['treatments'])}")


@tiering.command("show")
@click.argument("person")
@_SHOP
def show(person: str, shop: str | None) -> None:
    """Print where a person (by the shop's own reference) stands, why, and where they stood before."""
    with opened_parts() as parts:
        follow_once(parts)
        with parts.db.read() as session:
            told = person_report(parts, session, SYSTEM, person, shop_id=shop)
    for each in told["items"]:
        click.echo(f"{each['shop_id']}  {each['title']}  自 {each['since_at']}")
        for why in each["why"]:
            holds = {True: "成立", False: "不成立", None: "未知"}[why["holds"]]
            value = "未知" if why["value"] is None else why["value"]
            click.echo(f"  {title_of(why['segment'])}  {why['figure']} = {value}，须 {why['wanted']}：{holds}")
        for move in each["history"]:
            click.echo(f"  {move['at']}  {title_of(move['from'])} → {title_of(move['to'])}")


@tiering.command("what-if")
@click.argument("changes", nargs=-1, required=True, metavar="NAME=NUMBER…")
@click.option("--shop", required=True, help="Of which shop.")
@_AS_OF
def what_if(changes: tuple[str, ...], shop: str, as_of: str | None) -> None:
    """Print how many customers would be in which segment with other numbers, such as high_monthly_fen=400000."""
    values = dict(number_of(each) for each in changes)
    with opened_parts() as parts:
        follow_once(parts)
        tried = try_tiers(parts, shop, values, as_of=instant(as_of), now=parts.now())
    for name, before in tried.before.items():
        click.echo(f"{title_of(name)}  {before} → {tried.after[name]}")
    for before_name, after_name, count in tried.moves:
        click.echo(f"  {title_of(before_name)} → {title_of(after_name)}  {count} 人")


@contextmanager
def _told(shop: str) -> Iterator[Told]:
    """How far a run is, as a bar where somebody watches: pieces read, then people written."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        tasks = {stage: bar.add_task(f"{shop}  {title}", total=None) for stage, title in _STAGES.items()}
        yield lambda now: bar.update(tasks[now.stage], completed=now.done, total=now.total)


def instant(given: str | None) -> datetime | None:
    """An instant of the command line; raises InvalidInput for one without a zone."""
    if given is None:
        return None
    if (found := read_instant(given)) is None:
        problem = Problem("--as-of", f"{given!r:.40} is no instant with a zone", "such as 2026-11-23T10:00:00+08:00")
        raise InvalidInput("the option is wrong", problems=[problem])
    return found


def number_of(given: str) -> tuple[str, int]:
    """A parameter and its number, as `name=number`; raises InvalidInput."""
    name, equals, number = given.partition("=")
    if not equals or (value := read_whole(number)) is None:
        problem = Problem("NAME=NUMBER", f"{given!r:.60}", "such as high_monthly_fen=400000")
        raise InvalidInput("the argument is wrong", problems=[problem])
    return name.strip(), value
