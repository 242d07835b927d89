"""The process that opens merchants' pictures and reads the words in them, one at a time, until its input ends.

It is a process of its own because decoders and models are C that may crash or run for ever on what somebody made up;
then it is killed, and the service goes on. In: 8 bytes of most pixels and of the length, then the picture. Out: one
line of JSON, ``{"lines": [[text, score_bp], …]}`` or ``{"problem": …}``.
"""

from __future__ import annotations

import os
import struct
import sys
import warnings
from io import BytesIO
from typing import Any, BinaryIO

import orjson

HEAD = struct.Struct(">II")
NOT_INSTALLED, NO_IMAGE, TOO_LARGE, ANIMATED = "not_installed", "no_image", "too_large", "animated"
_FORMATS = ("JPEG", "PNG", "GIF", "WEBP")
_LONGEST_SIDE = 2_000
_LINES_MAX, _LINE_MAX = 200, 500


class _Unread(Exception):
    """Why a picture was not read."""


def main() -> None:
    """Answer pictures from the standard input."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints is no answer
    os.nice(5)  # uploads go first
    engine = None
    while (head := _exactly(sys.stdin.buffer, HEAD.size)) is not None:
        most_pixels, length = HEAD.unpack(head)
        body = _exactly(sys.stdin.buffer, length)
        if body is None:
            return
        try:
            engine = engine or _engine()
            said: dict[str, object] = {"lines": _read(engine, body, most_pixels)}
        except _Unread as why:
            said = {"problem": str(why)}
        answers.write(orjson.dumps(said) + b"\n")
        answers.flush()


def _exactly(source: BinaryIO, length: int) -> bytes | None:
    read = source.read(length)
    return read if len(read) == length else None


def _engine() -> Any:
    try:
        from rapidocr_onnxruntime import RapidOCR  # noqa: PLC0415 - an extra, and half a second to load
    except ImportError:
        raise _Unread(NOT_INSTALLED) from None
    return RapidOCR(intra_op_num_threads=1, inter_op_num_threads=1)


def _read(engine: Any, body: bytes, most_pixels: int) -> list[tuple[str, int]]:
    found: dict[str, int] = {}
    for pixels in _opened(body, most_pixels):
        lines, _ = engine(pixels)
        for _, text, score in lines or ():
            said = str(text).strip()[:_LINE_MAX]
            if said:
                found[said] = max(found.get(said, 0), int(float(score) * 10_000))
    return list(found.items())[:_LINES_MAX]


def _opened(body: bytes, most_pixels: int) -> list[Any]:
    """The picture as blue, green and red; what can be seen through is read on white and on black."""
    import numpy  # noqa: ICN001, PLC0415 - not before the extra is known to be there
    from PIL import Image, ImageOps, UnidentifiedImageError  # noqa: PLC0415 - comes with the extra

    warnings.simplefilter("error", Image.DecompressionBombWarning)
    Image.MAX_IMAGE_PIXELS = most_pixels
    try:
        with Image.open(BytesIO(body), formats=_FORMATS) as image:
            if image.width * image.height > most_pixels:
                raise _Unread(TOO_LARGE)
            if getattr(image, "n_frames", 1) > 1:
                raise _Unread(ANIMATED)
            image.draft("RGB", (_LONGEST_SIDE, _LONGEST_SIDE))
            shown = ImageOps.exif_transpose(image).convert("RGBA")
            shown.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _Unread(TOO_LARGE) from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, struct.error):
        raise _Unread(NO_IMAGE) from None
    is_opaque = shown.getchannel("A").getextrema()[0] == 255  # noqa: PLR2004 - a byte's most
    grounds = ("white",) if is_opaque else ("white", "black")
    laid = [Image.alpha_composite(Image.new("RGBA", shown.size, ground), shown) for ground in grounds]
    return [numpy.ascontiguousarray(numpy.asarray(each.convert("RGB"))[:, :, ::-1]) for each in laid]


if __name__ == "__main__":
    main()
