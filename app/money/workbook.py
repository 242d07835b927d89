"""Tables as a workbook (.xlsx): one sheet a table, numbers as numbers. Office Open XML, ECMA-376, the least of it.

Written here because nothing else needs a spreadsheet: a zip of five kinds of small XML files.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

from app.money.month_tables import Cell, Table

TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TITLE_MAX = 31
_AMOUNT, _STRONG = 1, 2
_STYLES = (
    f'<styleSheet {_MAIN}><fonts count="2"><font><sz val="11"/></font><font><b/><sz val="11"/></font></fonts>'
    '<fills count="1"><fill><patternFill patternType="none"/></fill></fills><borders count="1"><border/></borders>'
    '<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="3"><xf xfId="0"/>'
    '<xf xfId="0" numFmtId="4" applyNumberFormat="1"/><xf xfId="0" fontId="1" applyFont="1"/></cellXfs></styleSheet>'
)


def as_workbook(tables: Sequence[Table]) -> bytes:
    """The file; the same tables give the same bytes."""
    files = {
        "[Content_Types].xml": _types(len(tables)),
        "_rels/.rels": _relations([("officeDocument", "xl/workbook.xml")]),
        "xl/workbook.xml": _workbook(tables),
        "xl/_rels/workbook.xml.rels": _relations(
            [*(("worksheet", f"worksheets/sheet{n}.xml") for n in range(1, len(tables) + 1)), ("styles", "styles.xml")]
        ),
        "xl/styles.xml": _STYLES,
    }
    files |= {f"xl/worksheets/sheet{number}.xml": _sheet(each) for number, each in enumerate(tables, 1)}
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), _HEAD + text)
    return made.getvalue()


def _types(sheets: int) -> str:
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    parts = [("/xl/workbook.xml", "sheet.main"), ("/xl/styles.xml", "styles")]
    parts += [(f"/xl/worksheets/sheet{number}.xml", "worksheet") for number in range(1, sheets + 1)]
    rows = "".join(f'<Override PartName="{name}" ContentType="{kind}.{what}+xml"/>' for name, what in parts)
    defaults = '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    return f'<Types xmlns="{_PACKAGE}/content-types">{defaults}{rows}</Types>'


def _relations(parts: Sequence[tuple[str, str]]) -> str:
    rows = "".join(
        f'<Relationship Id="rId{number}" Type="{_RELATIONS}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(parts, 1)
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{rows}</Relationships>'


def _workbook(tables: Sequence[Table]) -> str:
    sheets = "".join(
        f'<sheet name={quoteattr(each.title[:_TITLE_MAX])} sheetId="{number}" r:id="rId{number}"/>'
        for number, each in enumerate(tables, 1)
    )
    return f'<workbook {_MAIN} xmlns:r="{_RELATIONS}"><sheets>{sheets}</sheets></workbook>'


def _sheet(table: Table) -> str:
    rows = [_row(1, table.head, is_head=True)]
    rows += [_row(number, row, is_head=False) for number, row in enumerate(table.rows, 2)]
    columns = f'<cols><col min="1" max="{len(table.head)}" width="24" customWidth="1"/></cols>'
    return f"<worksheet {_MAIN}>{columns}<sheetData>{''.join(rows)}</sheetData></worksheet>"


def _row(number: int, cells: Sequence[Cell], *, is_head: bool) -> str:
    made = "".join(_cell(f"{chr(ord('A') + at)}{number}", cell, is_head=is_head) for at, cell in enumerate(cells))
    return f'<row r="{number}">{made}</row>'


def _cell(place: str, cell: Cell, *, is_head: bool) -> str:
    if isinstance(cell, int):
        return f'<c r="{place}"><v>{cell}</v></c>'
    whole, dot, part = cell.removeprefix("-").partition(".")
    if dot and whole.isdecimal() and part.isdecimal():
        return f'<c r="{place}" s="{_AMOUNT}"><v>{cell}</v></c>'
    style = f' s="{_STRONG}"' if is_head else ""
    return f'<c r="{place}" t="inlineStr"{style}><is><t xml:space="preserve">{escape(cell)}</t></is></c>'
