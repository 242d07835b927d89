"""Downloading a bill of WeChat Pay: its address and digest come in a signed answer, the file itself is not signed.

``tar_type=GZIP`` has the file packed; the digest is that of the bill itself, so it is unpacked first, and never further
than a bill can be long.
"""

from __future__ import annotations

import hashlib
import hmac
import zlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.errors import InvalidInput, Problem
from app.wechat.errors import Doubt, Untrusted
from app.wechat.pay_client import PayClient
from app.wechat.reading import text

BILL_MAX_BYTES = 256 * 2**20
_GZIP = 16 + zlib.MAX_WBITS
_PIECE = 2**20


def download_bill(
    client: PayClient,
    described: Mapping[str, Any],
    *,
    is_packed: bool,
    now: datetime,
    max_bytes: int = BILL_MAX_BYTES,
) -> bytes:
    """The bill that a signed answer describes, its digest checked.

    Raises:
        InvalidInput: it is not the one the platform described, or no gzip, or longer than ``max_bytes``.
        Untrusted: the description lacks what it must have.
        PlatformRefused, PlatformBusy: there is none, or it could not be fetched.
    """
    url, wanted = text(described, "download_url"), text(described, "hash_value")
    if url is None or wanted is None:
        raise Untrusted(Doubt.MALFORMED, "the platform's answer has no download_url or hash_value")
    bill = client.download(url, now=now)
    if is_packed:
        bill = unpacked(bill, max_bytes=max_bytes)
    own = hashlib.sha1(bill).hexdigest()  # noqa: S324 - the platform's choice
    if described.get("hash_type") != "SHA1" or not hmac.compare_digest(own.encode(), wanted.lower().encode()):
        problem = Problem("hash_value", f"the bill's SHA-1 is {own}", wanted[:80])
        raise InvalidInput("账单校验失败，未对账", problems=[problem])
    return bill


def unpacked(packed: bytes, *, max_bytes: int) -> bytes:
    """What a gzip file holds, all of its members; raises InvalidInput."""
    whole, rest = bytearray(), packed
    while rest:
        unpacking = zlib.decompressobj(_GZIP)
        while not unpacking.eof:
            try:
                whole += unpacking.decompress(rest, _PIECE)
            except zlib.error as error:
                raise _wrong(f"is no gzip: {error}"[:120], "a gzip file") from None
            if len(whole) > max_bytes:
                raise _wrong(f"unpacks to more than {max_bytes} bytes", "the bill of one day")
            rest = unpacking.unconsumed_tail
            if not rest and not unpacking.eof:
                raise _wrong("the gzip file is cut off", "a whole gzip file")
        rest = unpacking.unused_data
    return bytes(whole)


def _wrong(problem: str, expected: str) -> InvalidInput:
    return InvalidInput("账单无法解压，未对账", problems=[Problem("file", problem, expected)])
