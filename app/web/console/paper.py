"""The paper that reports and evidence packs are printed on: A4, Chinese letters embedded, pages counted at the foot.

The font comes from a Python package, so that the paper looks the same on a machine without any font. Its letters are
Taiwan's: commas stand in the middle of their square there, and some strokes differ. The mainland's forms are in the
same file, as replacements for text marked as its language; fpdf marks none, so they are put in here.
"""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any

import cvttf_NotoSansCJK_Regular as chinese_font
from fpdf import FPDF

from app.web.console.words import say

FONT = "cjk"
_MAINLAND = "ZHS "
_SINGLE = 1
"""The kind of replacement that puts one letter form for one."""


class Paper(FPDF):
    """A document whose pages say at their foot what they belong to and which of how many they are."""

    def __init__(self, foot: str, at: datetime) -> None:
        super().__init__(format="A4")
        self._foot = foot
        self.set_creation_date(at)
        self.set_lang("zh-CN")
        self.set_margins(18, 16, 18)
        self.set_auto_page_break(auto=True, margin=18)
        self.add_font(FONT, fname=font_path())
        _put_in_mainland_forms(self.fonts[FONT])

    def finished(self) -> bytes:
        """The document as a file; that of its font, which is read as letters are needed, is closed."""
        font: Any = self.fonts[FONT]
        try:
            return bytes(self.output())
        finally:
            font.close()

    def footer(self) -> None:
        """What the page belongs to, and its number."""
        self.set_y(-12)
        self.set_font(FONT, size=7)
        self.cell(0, 5, self._foot)
        self.set_x(self.l_margin)
        self.cell(0, 5, say("paper.page", number=self.page_no(), count=self.str_alias_nb_pages), align="R")


@cache
def font_path() -> str:
    """Where the Chinese font lies."""
    return str(chinese_font.get_TTF_path())


def _put_in_mainland_forms(font: Any) -> None:
    """``font`` is fpdf's own; its tables are fontTools'."""
    names = _mainland_forms(font.ttfont)
    font.cmap = font.cmap | names
    font.glyph_ids = font.glyph_ids | {code: font.ttfont.getGlyphID(name) for code, name in names.items()}


def _mainland_forms(tables: Any) -> dict[int, str]:
    """The names of the letter forms that differ on the mainland, by code point."""
    table = tables["GSUB"].table
    scripts = [each.Script for each in table.ScriptList.ScriptRecord if each.ScriptTag == "hani"]
    languages = [each.LangSys for one in scripts for each in one.LangSysRecord if each.LangSysTag == _MAINLAND]
    features = [table.FeatureList.FeatureRecord[at] for one in languages for at in one.FeatureIndex]
    lookups = [at for each in features if each.FeatureTag == "locl" for at in each.Feature.LookupListIndex]
    forms: dict[str, str] = {}
    for part in (part for at in lookups for part in table.LookupList.Lookup[at].SubTable):
        plain = part.ExtSubTable if hasattr(part, "ExtSubTable") else part
        if plain.LookupType == _SINGLE:
            forms |= plain.mapping
    return {code: forms[name] for code, name in tables.getBestCmap().items() if name in forms}
