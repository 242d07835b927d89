"""What a page says of a form that is too large: how much fits, and what was written in it before its files."""

from __future__ import annotations

from flask import request
from werkzeug.sansio.multipart import Data, Field, MultipartDecoder, NeedData

from app.web.auth import parts
from app.web.gate import BEGINNING

_AROUND = 65_536


def total_bytes() -> int:
    """How much the files of one form may have together; a little is left for what stands around them."""
    return max(0, parts().settings.max_body_bytes - _AROUND)


def total_megabytes() -> str:
    """The same in MB, rounded down so that what is promised fits."""
    return f"{total_bytes() * 10 // 2**20 / 10:g}"


def text_before_files(field: str) -> str:
    """What stood in this field of a form that was too large to be read; empty when it came after the files."""
    boundary = request.mimetype_params.get("boundary", "")
    if request.mimetype != "multipart/form-data" or not boundary:
        return ""
    decoder = MultipartDecoder(boundary.encode(), max_form_memory_size=2 * _AROUND)
    try:
        decoder.receive_data(request.environ.get(BEGINNING, b""))
        return _read(decoder, field)
    except ValueError:  # no form as browsers make them
        return ""


def _read(decoder: MultipartDecoder, field: str) -> str:
    pieces: list[bytes] = []
    is_wanted = False
    while not isinstance(event := decoder.next_event(), NeedData):
        if isinstance(event, Data):
            pieces += [event.data] if is_wanted else []
            if is_wanted and not event.more_data:
                return b"".join(pieces).decode(errors="replace")
        else:
            is_wanted = isinstance(event, Field) and event.name == field
    return ""
