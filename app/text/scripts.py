"""In which script a text is written, as far as characters tell: what an officer has to be able to read to judge it.

A script is no language: Arabic letters may be Uyghur or Arabic, Latin ones English or pinyin. Japanese mixes Han
characters with its own, so a tenth of kana among them makes a text Japanese.
"""

from __future__ import annotations

from collections.abc import Iterable

SCRIPTS = ("han", "latin", "kana", "hangul", "arabic", "tibetan", "mongolian", "cyrillic", "thai")
"""Those that are told apart; everything else counts as none."""
_RANGES = (
    (0x41, 0x24F, "latin"),
    (0x400, 0x52F, "cyrillic"),
    (0x600, 0x6FF, "arabic"),
    (0x750, 0x77F, "arabic"),
    (0xE00, 0xE7F, "thai"),
    (0xF00, 0xFFF, "tibetan"),
    (0x1100, 0x11FF, "hangul"),
    (0x1800, 0x18AF, "mongolian"),
    (0x3040, 0x30FF, "kana"),
    (0x3400, 0x9FFF, "han"),
    (0xAC00, 0xD7AF, "hangul"),
    (0xF900, 0xFAFF, "han"),
    (0xFB50, 0xFDFF, "arabic"),
    (0xFE70, 0xFEFF, "arabic"),
    (0x20000, 0x3FFFF, "han"),
)
_LOOKED_AT = 2_000
_KANA_SHARE = 10


def script_of(texts: Iterable[str]) -> str | None:
    """The script most letters of the beginning are of; None where there is no letter of any that is known.

    Contacts and brand names are Latin in every language, so Latin letters only count where there are no others.
    """
    counts = dict.fromkeys(SCRIPTS, 0)
    for char in "".join(texts)[:_LOOKED_AT]:
        if char.isalpha() and (script := _script(ord(char))) is not None:
            counts[script] += 1
    latin = counts.pop("latin")
    if counts["kana"] * _KANA_SHARE >= counts["kana"] + counts["han"] > 0:
        counts["kana"] += counts.pop("han")
    most = max(counts, key=lambda script: counts[script])
    if counts[most]:
        return most
    return "latin" if latin else None


def _script(point: int) -> str | None:
    return next((script for first, last, script in _RANGES if first <= point <= last), None)
