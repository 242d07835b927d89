"""Tables on paper: a report of a month for people who print, sign and file it; Chinese letters embedded."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from fpdf import FPDF
from fpdf.enums import TableCellFillMode, XPos, YPos
from fpdf.fonts import FontFace

from app.money.month_tables import Table
from app.web.console.evidence_pdf import font_path
from app.web.console.shown import instant
from app.web.console.words import say

TYPE = "application/pdf"
_FONT = "cjk"


class _Report(FPDF):
    """A page with the report's name and its number at the foot."""

    def __init__(self, title: str, at: datetime) -> None:
        super().__init__(format="A4")
        self._title = title
        self.set_creation_date(at)
        self.set_margins(18, 16, 18)
        self.set_auto_page_break(auto=True, margin=18)
        self.add_font(_FONT, fname=font_path())

    def footer(self) -> None:
        """Title and page number."""
        self.set_y(-12)
        self.set_font(_FONT, size=7)
        self.cell(0, 5, f"{self._title}    {self.page_no()}")


def report_pdf(title: str, tables: Sequence[Table], *, made_by: str, at: datetime) -> bytes:
    """The report as a PDF file; amounts and counts stand to the right."""
    paper = _Report(title, at)
    paper.set_title(title)
    paper.add_page()
    paper.set_font(_FONT, size=17)
    paper.multi_cell(0, 10, title, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    paper.set_font(_FONT, size=9)
    paper.set_text_color(90)
    paper.multi_cell(0, 5, say("report.made", at=instant(at), by=made_by), new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    paper.set_text_color(0)
    for table in tables:
        _table(paper, table)
    return bytes(paper.output())


def _table(paper: FPDF, table: Table) -> None:
    if paper.will_page_break(28):
        paper.add_page()
    paper.ln(4)
    paper.set_font(_FONT, size=11.5)
    paper.multi_cell(0, 7, table.title, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    paper.set_font(_FONT, size=9)
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
