"""``weiheng suppliers``: rank them now, list them, print them as a file."""

from __future__ import annotations

import click

from app.cli.opened import opened_parts
from app.cli.tiering import number_of
from app.flows.follow_snapshots import follow_once
from app.flows.rank_suppliers import rank_suppliers
from app.flows.try_supplier_tiers import NONE, try_supplier_tiers
from app.suppliers import ranks
from app.suppliers.across import across_shops
from app.suppliers.ranking import Ranked
from app.values.access import SYSTEM

TIERS = {"strategic": "战略", "distributor": "云仓分销", "local": "本地", None: "未分层"}
WHY = {
    "too_few_orders": "订单太少",
    "no_deadlines": "没有到期的发货时限",
    "too_few_suppliers": "可排名的供应商太少",
}
_PAGE = 200
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


@suppliers.command("what-if")
@click.argument("changes", nargs=-1, required=True, metavar="NAME=NUMBER…")
@_SHOP
def what_if(changes: tuple[str, ...], shop: str | None) -> None:
    """Print which suppliers would be in which tier with other numbers, such as top_bp=1500. Stores nothing."""
    values = dict(number_of(each) for each in changes)
    with opened_parts() as parts:
        follow_once(parts)
        tried = try_supplier_tiers(parts, values, caller=SYSTEM, shop_id=shop, now=parts.now())
    click.echo(
        f"看过 {tried.looked_at} 家，换层 {len(tried.moves)} 家，已指定层级的结论不同 {tried.judged_differently} 家"
    )
    for tier in ("strategic", "distributor", "local", None):
        name = tier or NONE
        click.echo(f"  {TIERS[tier]}  {tried.before.get(name, 0)} → {tried.after.get(name, 0)}")
    titles = {**TIERS, NONE: TIERS[None]}
    for move in tried.moves:
        judged = "，结论不同" if move.is_judged else ""
        click.echo(f"  {move.shop_id}  {move.supplier_id}  {titles[move.before]} → {titles[move.after]}{judged}")


@suppliers.command("across-shops")
def across() -> None:
    """Print every supplier once, with its newest figures of all shops added up."""
    after: str | None = None
    with opened_parts() as parts, parts.db.read() as session:
        while found := across_shops(session, caller=SYSTEM, after=after, limit=_PAGE):
            after = found[-1].supplier_id
            for each in found:
                timely = "–" if each.fulfilment_bp is None else f"{each.fulfilment_bp / 100:.2f}%"
                sums = f"{each.order_count} 单  {each.sales_fen / 100:,.2f} 元"
                tiers = f"战略 {each.strategic_count}  云仓分销 {each.distributor_count}  本地 {each.local_count}"
                click.echo(f"{each.supplier_id}  {each.shop_count} 家店铺  履约 {timely}  {sums}  {tiers}")


def _line(each: Ranked) -> str:
    of = each.figures
    timely = "–" if of.fulfilment_bp is None else f"{of.fulfilment_bp / 100:.2f}%"
    where = f"第 {each.place} 名，{TIERS[each.tier]}" if each.place else WHY[each.why or ""]
    return f"  {of.supplier_id}  {where}  履约 {timely}  {of.order_count} 单  {of.sales_fen / 100:,.2f} 元"
