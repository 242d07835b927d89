"""``weiheng inquiry`` and ``weiheng report``: an export for an authority, and the compliance month, as files."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path

import click

from app.cli.acting import acting
from app.cli.free_text import FREE_TEXT
from app.cli.opened import opened_parts
from app.errors import InvalidInput, Problem
from app.flows.compliance_month import TITLE, compliance_month
from app.flows.download_inquiry import download_inquiry
from app.flows.export_inquiry import Asked, ask_inquiry, make_page
from app.money.workbook import as_workbook
from app.values.access import SYSTEM, Role
from app.values.china_days import month_of
from app.values.given_instants import read_instant

_ROLES = (Role.OFFICER, Role.SENIOR, Role.AUDITOR, Role.ADMIN)


@click.group()
def inquiry() -> None:
    """Exports for an authority's inquiry (协查)."""


@inquiry.command("export")
@click.option("--shop", required=True, help="Whose records.")
@click.option("--from", "from_", required=True, help="From this instant, such as 2026-07-01T00:00:00+08:00.")
@click.option("--to", required=True, help="Until before this instant.")
@click.option("--reason", type=FREE_TEXT, required=True, help="Who asks for it, by which document.")
@click.option("--notice", help="The notice that asks for it.")
@click.option("--personal", is_flag=True, help="Personal data in full; needs the role admin.")
@click.option("--by", required=True, help="User name of the officer who does this.")
@click.option("-o", "--output", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The ZIP file.")
def export(
    shop: str, from_: str, to: str, reason: str, notice: str | None, by: str, output: Path, *, personal: bool
) -> None:
    """Make the export at once and write it into a file; clients/verify_inquiry.py verifies it."""
    with opened_parts() as parts:
        officer = acting(parts, by, _ROLES)
        asked = Asked(
            shop, _instant("--from", from_), _instant("--to", to), reason, with_personal=personal, notice_id=notice
        )
        run = ask_inquiry(parts, asked, caller=officer, now=parts.now())
        while make_page(parts, run.id, now=parts.now()):
            pass
        with download_inquiry(parts, run.id, caller=officer, now=parts.now()) as made, output.open("wb") as target:
            shutil.copyfileobj(made, target)
    click.echo(f"{run.id}  {output}")


@click.group("report")
def report() -> None:
    """Reports of a month."""


@report.command("compliance")
@click.option("--month", help="YYYY-MM. Default: this month so far.")
@click.option("--shop", help="Only this shop.")
@click.option("-o", "--output", required=True, type=click.Path(dir_okay=False, path_type=Path), help=".xlsx or .pdf.")
def compliance(month: str | None, shop: str | None, output: Path) -> None:
    """Write the compliance month (合规月报) into a file."""
    from app.web.console.report_pdf import report_pdf  # noqa: PLC0415 - the web loads slowly
    from app.web.console.titles import category_titler  # noqa: PLC0415 - the same

    if output.suffix not in {".xlsx", ".pdf"}:
        raise click.UsageError("the output must end in .xlsx or .pdf")
    with opened_parts() as parts, parts.db.read() as session:
        now = parts.now()
        wanted = month or month_of(now)
        titled = category_titler(parts, session)
        tables = compliance_month(session, wanted, shop_id=shop, caller=SYSTEM, now=now, category_title=titled)
    is_book = output.suffix == ".xlsx"
    made = as_workbook(tables) if is_book else report_pdf(f"{TITLE} {wanted}", tables, made_by="cli", at=now)
    output.write_bytes(made)
    click.echo(str(output))


def _instant(option: str, text: str) -> datetime:
    if (at := read_instant(text)) is None:
        raise InvalidInput("时间有误", problems=[Problem(option, text[:40], "2026-07-01T00:00:00+08:00")])
    return at
