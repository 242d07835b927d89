"""A list, or a manifest with several, over HTTPS.

With a manifest and keys the lists are signed; without keys, or a single file, they are not, and whatever changes waits
for a person. ``ETag`` is sent back, so that an hour without change costs one short answer.
"""

from __future__ import annotations

from typing import Annotated, Self
from urllib.parse import urljoin

from pydantic import Field, model_validator

from app.errors import BadDefinition
from app.wordlist_sources.fetching import SourceDown, get
from app.wordlist_sources.manifest import PublicKey, fetch_signed
from app.wordlist_sources.source import Around, Fetched, Known, ListName, SourceOptions, Trust

Url = Annotated[str, Field(max_length=2_000, pattern=r"^https?://[^\s#]+$")]


class Options(SourceOptions):
    """``manifest`` with ``public_keys``, or the ``url`` of one list, named by ``as_list``."""

    manifest: Url | None = None
    public_keys: list[PublicKey] = Field(default_factory=list, max_length=10)
    url: Url | None = None
    as_list: ListName | None = None

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if (self.manifest is None) is (self.url is None):
            raise ValueError("give `manifest` or `url`")
        if (self.url is None) is not (self.as_list is None):
            raise ValueError("`url` and `as_list` belong together")
        if self.public_keys and self.manifest is None:
            raise ValueError("`public_keys` need a `manifest`")
        return self


def fetch(options: Options, known: Known, around: Around) -> Fetched:
    """What is there now, or that nothing changed. Raises SourceDown, InvalidInput or BadDefinition."""

    def read(url: str, etag: str | None = None) -> tuple[bytes | None, str | None]:
        answer = get(
            url,
            etag=etag,
            allow_private=around.allow_private,
            timeout_s=around.timeout_s,
            max_bytes=around.max_bytes,
        )
        return answer.data, (answer.etag or "")[:200] or None

    def must_read(name: str) -> bytes:
        data, _ = read(urljoin(str(options.manifest), name))
        assert data is not None, "only a request with an ETag is answered with nothing"
        return data

    trust: Trust = "signed" if options.public_keys else "unsigned"
    data, mark = read(str(options.manifest or options.url), known.mark)
    if data is None:
        return Fetched(trust, mark=mark, version=known.version, unchanged=True)
    if options.manifest is None:
        return Fetched("unsigned", {f"{options.as_list}.txt": data}, mark=mark)
    signature = _signature(options, must_read)
    return fetch_signed(
        data,
        signature,
        must_read,
        keys=options.public_keys,
        known=known,
        mark=mark,
        place=options.manifest,
    )


def _signature(options: Options, must_read: object) -> bytes | None:
    if not options.public_keys:
        return None
    assert callable(must_read)
    try:
        data: bytes = must_read(f"{str(options.manifest).rpartition('/')[2]}.sig")
    except SourceDown as down:
        raise BadDefinition(f"the signature cannot be read: {down.detail}") from None
    return data
