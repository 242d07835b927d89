"""``weiheng funnel``: from the public feed to a deal, and the share of the shop's own channels."""

from __future__ import annotations

import click

from app.cli.opened import opened_parts
from app.cli.tiering import instant
from app.flows.follow_snapshots import follow_once
from app.flows.show_funnel import funnel_csv, funnel_report, span_of
from app.money.amounts import yuan


@click.group()
def funnel() -> None:
    """公域获客 → 社群沉淀 → 朋友圈触达 → 小程序成交."""


@funnel.command("report")
@click.option("--shop", required=True, help="Of which shop.")
@click.option("--from", "from_at", help="An instant with its zone. Default: 30 days before the end.")
@click.option("--to", "to_at", help="An instant with its zone. Default: now.")
@click.option("--months", default=6, type=click.IntRange(1, 36), help="How many months of sales.", show_default=True)
@click.option("--csv", "is_csv", is_flag=True, help="As CSV.")
def report(*, shop: str, from_at: str | None, to_at: str | None, months: int, is_csv: bool) -> None:
    """Print people by step with their conversion, and sales through own channels by month."""
    with opened_parts() as parts:
        follow_once(parts)
        span = span_of(shop, instant(from_at), instant(to_at), now=parts.now())
        with parts.db.read() as session:
            told = funnel_report(parts, session, span, months=months)
    if is_csv:
        click.echo(funnel_csv(told), nl=False)
        return
    click.echo(f"{shop}  {told['from_at']} 至 {told['to_at']}")
    for each in told["steps"]:
        came = each["conversion_bp"]
        share = "" if came is None else f"  来自上一步 {each['from_before']} 人，转化 {came / 100:.2f}%"
        click.echo(f"  {each['title']}  {each['people']} 人{share}  走完至此 {each['passed_all']} 人")
    for each in told["months"]:
        part = "无法计算" if each["share_bp"] is None else f"{each['share_bp'] / 100:.2f}%"
        over = "  增速超过参考曲线" if each["is_over_limit"] else ""
        click.echo(f"  {each['month']}  成交 {yuan(each['gmv_fen'])} 元，私域占比 {part}{over}")
