"""The paper of reports: letters as they are printed on the mainland."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from fontTools.pens.boundsPen import BoundsPen

from app.web.console.paper import FONT, Paper

AT = datetime(2026, 11, 23, tzinfo=UTC)


@pytest.mark.parametrize("mark", "，。、；：")
def test_a_mark_stands_at_the_beginning_of_its_square_not_in_its_middle(mark):
    font = Paper("月报", AT).fonts[FONT]
    glyphs = font.ttfont.getGlyphSet()
    pen = BoundsPen(glyphs)

    glyphs[font.cmap[ord(mark)]].draw(pen)

    assert pen.bounds[2] < font.ttfont["head"].unitsPerEm / 2
    assert font.glyph_ids[ord(mark)] == font.ttfont.getGlyphID(font.cmap[ord(mark)])
    font.close()


def test_a_finished_paper_leaves_no_file_open():
    paper = Paper("月报", AT)
    paper.add_page()
    paper.set_font(FONT, size=10)
    paper.cell(0, 5, "合规月报，第一页")
    letters = paper.fonts[FONT].ttfont.reader.file

    assert paper.finished().startswith(b"%PDF-")

    assert letters.closed
