"""``weiheng suppliers``: rank them now, list them, print them as a file."""

from __future__ import annotations

import click

from app.cli.opened import opened_parts
from app.flows.follow_snapshots import follow_once
from app.flows.rank_suppliers import rank_suppliers
from app.suppliers import ranks
from app.suppliers.ranking import Ranked
from app.values.access import SYSTEM

TIERS = {"strategic": "战略", "distributor": "云仓分销", "local": "本地", None: "未分层"}
WHY = {
    "too_few_orders": "订单太少",
    "no_deadlines": "没有到期的发货时限",
    "too_few_suppliers": "可排名的供应商太少",
}
_SHOP = click.option("--shop", help="Only this shop's suppliers.")


@click.group()
def suppliers() -> None:
    """Suppliers and their tiers."""


@suppliers.command("rank")
@_SHOP
@click.option("--dry-run", is_flag=True, help="Work it out and print it, keep nothing.")
def rank(shop: str | None, *, dry_run: bool) -> None:
    """Rank the suppliers now; the nightly run does the same. A second run on a day replaces the first."""
    with opened_parts() as parts:
        follow_once(parts)
        found = rank_suppliers(parts, by="cli", now=parts.now(), shop_id=shop, is_trial=dry_run)
    for shop_id, ranked in found.items():
        click.echo(f"{shop_id}：{len(ranked)} 家，可排名 {ranked[0].pool_count if ranked else 0} 家")
        for each in ranked:
            click.echo(_line(each))
    if not any(found.values()):
        click.echo("没有可排名的供应商：已付款的订单须带 supplier_id")


@suppliers.command("list")
@_SHOP
@click.option("--csv", "as_csv", is_flag=True, help="As CSV, for a spreadsheet.")
def list_(shop: str | None, *, as_csv: bool) -> None:
    """Print the newest rank of every supplier."""
    with opened_parts() as parts, parts.db.read() as session:
        found = ranks.listed(session, caller=SYSTEM, shop_id=shop)
    if as_csv:
        for line in ranks.as_csv(found):
            click.echo(line, nl=False)
        return
    for each in found:
        row = each.rank
        place = f"第 {row.place}/{row.pool_count}" if row.place else WHY.get(row.why or "", "")
        click.echo(f"{row.day}  {row.shop_id}  {row.supplier_id}  {TIERS[row.tier]}  {place}")


def _line(each: Ranked) -> str:
    of = each.figures
    timely = "–" if of.fulfilment_bp is None else f"{of.fulfilment_bp / 100:.2f}%"
    where = f"第 {each.place} 名，{TIERS[each.tier]}" if each.place else WHY[each.why or ""]
    return f"  {of.supplier_id}  {where}  履约 {timely}  {of.order_count} 单  {of.sales_fen / 100:,.2f} 元"
