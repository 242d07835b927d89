"""Tables on paper: a report of a month for people who print, sign and file it; Chinese letters embedded."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from fpdf.enums import TableCellFillMode, XPos, YPos
from fpdf.fonts import FontFace

from app.money.month_tables import Table
from app.web.console.paper import FONT, Paper
from app.web.console.shown import actor, instant
from app.web.console.words import say

TYPE = "application/pdf"


def report_pdf(title: str, tables: Sequence[Table], *, made_by: str, at: datetime) -> bytes:
    """The report as a PDF file; amounts and counts stand to the right."""
    paper = Paper(title, at)
    paper.set_title(title)
    paper.add_page()
    paper.set_font(FONT, size=17)
    paper.multi_cell(0, 10, title, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    paper.set_font(FONT, size=9)
    paper.set_text_color(90)
    for line in (say("report.made", at=instant(at), by=actor(made_by)), say("paper.zone")):
        paper.multi_cell(0, 5, line, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    paper.set_text_color(0)
    for table in tables:
        _table(paper, table)
    return paper.finished()


def _table(paper: Paper, table: Table) -> None:
    if paper.will_page_break(28):
        paper.add_page()
    paper.ln(4)
    paper.set_font(FONT, size=11.5)
    paper.multi_cell(0, 7, table.title, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    paper.set_font(FONT, size=9)
    if not table.rows:
        paper.multi_cell(0, 6, say("report.nothing"), new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        return
    align = ("LEFT", *("RIGHT" for _ in table.head[1:]))
    with paper.table(
        headings_style=FontFace(emphasis="", fill_color=(236, 239, 243)),
        cell_fill_color=(249, 250, 251),
        cell_fill_mode=TableCellFillMode.ROWS,
        borders_layout="HORIZONTAL_LINES",
        line_height=6,
        text_align=align,
        width=int(paper.epw),
        wrapmode="CHAR",
    ) as made:
        for row in (table.head, *table.rows):
            made.row([f"{cell:,}" if isinstance(cell, int) else cell for cell in row])
