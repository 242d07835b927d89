"""Signed manifests: which files a remote source gives, their hashes, a version, and an Ed25519 signature over all that.

The signature is over the manifest's bytes as they are and stands beside it (``manifest.json.sig``, base64). A file is
what the manifest says or it is refused; a version that goes back is refused, so nobody can hand out yesterday's lists.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Literal

import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from app.errors import BadDefinition, Problem
from app.wordlist_sources.source import Fetched, Known, ListName

MANIFEST = "manifest.json"
SIGNATURE = f"{MANIFEST}.sig"
FORMAT = "weiheng-wordlists/1"
_FILE = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$"


class ListEntry(BaseModel):
    """One list: its name, the file beside the manifest, and what that file is."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: ListName
    file: Annotated[str, Field(pattern=_FILE)]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Manifest(BaseModel):
    """What is given. ``version`` rises with every change."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal["weiheng-wordlists/1"]
    version: int = Field(ge=1, le=2**31 - 1)
    issued_at: AwareDatetime
    lists: list[ListEntry] = Field(min_length=1, max_length=500)


def _public_key(value: str) -> str:
    try:
        Ed25519PublicKey.from_public_bytes(base64.b64decode(value, validate=True))
    except (ValueError, binascii.Error):
        raise ValueError("an Ed25519 public key is 32 bytes in base64") from None
    return value


PublicKey = Annotated[str, AfterValidator(_public_key)]


def fetch_signed(
    raw: bytes,
    signature: bytes | None,
    read: Callable[[str], bytes],
    *,
    keys: Sequence[str],
    known: Known,
    mark: str | None,
    place: str,
) -> Fetched:
    """The files of a manifest, each held to its hash; ``read`` gets one by its name.

    Raises BadDefinition: keys are given and the signature is missing or of none of them, a file is not what the
    manifest says, or the version went back.
    """
    if keys and not _is_signed(raw, signature, keys):
        raise _refused(place, "the signature fits none of the keys", f"{SIGNATURE} by one of public_keys")
    try:
        manifest = Manifest.model_validate(orjson.loads(raw))
    except (orjson.JSONDecodeError, ValidationError) as error:
        raise _refused(place, f"no manifest: {str(error).splitlines()[0][:200]}", FORMAT) from None
    if known.version is not None and manifest.version < known.version:
        raise _refused(place, f"version {manifest.version} is older than {known.version}, seen before", "a newer one")
    files = {}
    for entry in manifest.lists:
        data = read(entry.file)
        if hashlib.sha256(data).hexdigest() != entry.sha256:
            raise _refused(f"{place}: {entry.file}", "is not what the manifest says", f"sha256 {entry.sha256}")
        files[f"{entry.name}.txt"] = data
    trust: Literal["signed", "unsigned"] = "signed" if keys else "unsigned"
    return Fetched(trust, files, mark=mark, version=manifest.version)


def sign(files: Mapping[str, bytes], key: Ed25519PrivateKey, *, version: int, now: datetime) -> tuple[bytes, bytes]:
    """A manifest over files (``name.txt``) and its signature, for those who publish lists."""
    lists = [
        {"name": name.rpartition(".")[0], "file": name, "sha256": hashlib.sha256(data).hexdigest()}
        for name, data in sorted(files.items())
    ]
    manifest = {"format": FORMAT, "version": version, "issued_at": now.isoformat(), "lists": lists}
    Manifest.model_validate(manifest)
    raw = orjson.dumps(manifest, option=orjson.OPT_INDENT_2)
    return raw, base64.b64encode(key.sign(raw))


def _is_signed(raw: bytes, signature: bytes | None, keys: Sequence[str]) -> bool:
    try:
        given = base64.b64decode((signature or b"").strip(), validate=True)
    except (ValueError, binascii.Error):
        return False
    for key in keys:
        try:
            Ed25519PublicKey.from_public_bytes(base64.b64decode(key)).verify(given, raw)
        except InvalidSignature:
            continue
        return True
    return False


def _refused(place: str, problem: str, expected: str) -> BadDefinition:
    return BadDefinition("the source's manifest is refused", problems=[Problem(place, problem, expected)])
