"""Pictures with words, as merchants upload them, drawn with the font that evidence packs are printed in."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

from app.web.console.paper import font_path


def picture(*lines, ground="#fff4e6", ink="#222222", size=(640, 360), kind="PNG", **more):
    """The bytes of a picture with lines of text."""
    drawn = Image.new("RGBA" if kind == "PNG" else "RGB", size, ground)
    pen, font = ImageDraw.Draw(drawn), ImageFont.truetype(font_path(), 48)
    for number, line in enumerate(lines):
        pen.text((30, 40 + number * 90), line, font=font, fill=ink)
    with BytesIO() as kept:
        drawn.save(kept, kind, **more)
        return kept.getvalue()


def bomb(width=60_000, height=60_000):
    """A few bytes that say they are a picture of billions of pixels."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    )
