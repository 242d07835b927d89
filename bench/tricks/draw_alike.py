"""Writes drawn_alike.txt anew: which characters' glyphs differ least from those of the shipped words' characters.

Every character of GB 2312 is drawn in Noto Sans CJK and blurred a little, as an eye in a hurry sees it; two look alike
when the correlation of their pixels is high. The lists and the font change seldom, so the result is kept as a file.

    python -m bench.tricks.draw_alike [FONT]     # from the project's root; apt-get install fonts-noto-cjk
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter, ImageFont

FONT = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"
SIMPLIFIED = 2  # the face in that collection
SIZE, POINTS, BLUR = 48, 44, 1.2
LEAST = 0.85
HEAD = """# Characters of the shipped words whose glyphs differ least: Noto Sans CJK SC at 44 px, correlation ≥ 0.85.
# Written by draw_alike.py. Each group: a character and its look-alikes; read both ways.
"""
ROOT = Path(__file__).resolve().parents[2]
TYPED = [bytes((row, cell)).decode("gb2312", "ignore") for row in range(0xB0, 0xF8) for cell in range(0xA1, 0xFF)]


def main() -> None:
    font = ImageFont.truetype(sys.argv[1] if sys.argv[1:] else FONT, POINTS, index=SIMPLIFIED)
    typed = [char for char in TYPED if char]
    listed = {char for file in (ROOT / "wordlists").glob("*.txt") for char in words_in(file)}
    glyphs = np.stack([drawn(char, font) for char in typed])
    places = [place for place, char in enumerate(typed) if char in listed]
    alike = glyphs[places] @ glyphs.T
    found = [
        (float(row[other]), typed[place], typed[other])
        for place, row in zip(places, alike, strict=True)
        for other in np.argsort(-row)[1:4]
        if row[other] >= LEAST
    ]
    groups: dict[str, str] = {}
    for _, char, twin in sorted(found, reverse=True):
        if char not in groups.get(twin, ""):
            groups[char] = groups.get(char, "") + twin
    (ROOT / "bench/tricks/drawn_alike.txt").write_text(HEAD + in_lines(groups), encoding="utf-8")


def words_in(file: Path) -> str:
    lines = file.read_text(encoding="utf-8").splitlines()
    return "".join(line.split("|")[0] for line in lines if not line.startswith("#"))


def drawn(char: str, font: ImageFont.FreeTypeFont) -> NDArray[np.float32]:
    """The glyph's pixels with mean 0 and length 1, so that a product of two is their correlation."""
    image = Image.new("L", (SIZE, SIZE), 0)
    ImageDraw.Draw(image).text((2, -8), char, 255, font=font)
    pixels = np.asarray(image.filter(ImageFilter.GaussianBlur(BLUR)), dtype=np.float32).ravel()
    pixels = pixels - pixels.mean()
    return pixels / np.linalg.norm(pixels)


def in_lines(groups: dict[str, str]) -> str:
    lines = [""]
    for char, twins in groups.items():
        if len(lines[-1]) + len(twins) > 56:
            lines.append("")
        lines[-1] += (" " if lines[-1] else "") + char + twins
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
