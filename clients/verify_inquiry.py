"""Verifies a 协查 export of Weiheng. Needs Python 3.10, ``cryptography`` and ``verify_audit.py`` beside it.

It shares no code with the service and connects to nothing::

    python verify_inquiry.py inquiry.zip --key 'weiheng/audit+1a2b3c4d+AQ…'

``--key`` is the log's public key, got by another way than the export. Exit codes: 0 everything verifies, 1 something
does not, 2 wrong usage. What is verified: every file (JSON lines, tables, the cover) has the digest, length and number
of rows the manifest names, and there is no other; the manifest's digest is signed by the key; a row of the audit log
names that digest and stands in the log (RFC 6962 inclusion), whose root is signed by the key.
"""

from __future__ import annotations

import argparse
import base64
import csv
import hashlib
import io
import json
import sys
import zipfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from verify_audit import Bad, is_included, leaf_hash, open_note, read_key

FORMATS = ("weiheng-inquiry/1", "weiheng-inquiry/2")  # the second has tables beside the JSON lines
COVER = "说明.txt"  # listed in the manifest since format 2
BESIDE = {"manifest.json", "manifest.note", "proof.json"}


def main(arguments: list[str] | None = None) -> int:
    """Run the command; returns its exit code."""
    parser = argparse.ArgumentParser(description="Verify an export for an inquiry.")
    parser.add_argument("export", type=Path, help="the ZIP file")
    parser.add_argument("--key", action="append", required=True, help="public key that may sign; may be given again")
    given = parser.parse_args(arguments)
    try:
        keys = dict(read_key(written) for written in given.key)
        with zipfile.ZipFile(given.export) as archive:
            told = verify(archive, keys)
    except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile, Bad) as error:
        sys.stdout.write(f"BAD {type(error).__name__}: {error}\n")
        return 1
    sys.stdout.write(f"{told}\n")
    return 0


def verify(archive: zipfile.ZipFile, keys: dict[tuple[str, bytes], bytes]) -> str:
    """What was verified, in one line; raises Bad for the first thing that does not hold."""
    written = archive.read("manifest.json")
    manifest = json.loads(written)
    digest = "sha256:" + hashlib.sha256(written).hexdigest()
    if manifest["format"] not in FORMATS:
        raise Bad("the manifest is of another format")
    check_note(archive.read("manifest.note").decode(), f"{manifest['format']}\n{digest}", keys)
    names = {file["name"] for file in manifest["files"]}
    if sorted(archive.namelist()) != sorted(names | BESIDE | ({COVER} if manifest["format"] == FORMATS[0] else set())):
        raise Bad("the files are not those of the manifest")
    for file in manifest["files"]:
        check_file(archive, file)
    proof = json.loads(archive.read("proof.json"))
    size, root, _ = open_note(proof["checkpoint"], keys)
    names_it = False
    for each in proof["rows"]:
        row = json.loads(each["leaf"])
        path = [bytes.fromhex(hashed) for hashed in each["path"]]
        if not is_included(leaf_hash(each["leaf"].encode()), row["seq"], size, path, root):
            raise Bad(f"row {row['seq']} is not in the log that the checkpoint speaks of")
        is_own = (row["object_type"], row["object_id"]) == ("inquiry", manifest["id"])
        names_it |= is_own and row["action"] == "inquiry.finish" and row["details"].get("digest") == digest
    if not names_it:
        raise Bad("no row of the log names this manifest")
    lines = sum(file["rows"] for file in manifest["files"] if file["name"].endswith(".jsonl"))
    return f"shop {manifest['shop_id']}: {len(names)} files, {lines} rows, in the log of {size} rows"


def check_file(archive: zipfile.ZipFile, file: dict) -> None:
    """Raise Bad unless a file is the one the manifest names."""
    hashed, size, lines = hashlib.sha256(), 0, 0
    with archive.open(file["name"]) as opened:
        while block := opened.read(2**20):
            hashed.update(block)
            size += len(block)
            lines += block.count(b"\n")
    if file["name"].endswith(".csv"):
        lines = count_rows(archive, file["name"])
    if (hashed.hexdigest(), size, lines) != (file["sha256"], file["bytes"], file["rows"]):
        raise Bad(f"{file['name']} is not the file the manifest names")


def count_rows(archive: zipfile.ZipFile, name: str) -> int:
    """The rows of a table below its heading; a cell may hold line ends of its own."""
    with archive.open(name) as opened:
        text = io.TextIOWrapper(opened, "utf-8-sig", newline="")
        return sum(1 for _ in csv.reader(text)) - 1


def check_note(note: str, signed: str, keys: dict[tuple[str, bytes], bytes]) -> None:
    """Raise Bad unless a known key signed the manifest's digest."""
    text, _, below = note.rpartition("\n\n")
    mark, origin, encoded = below.split()
    signature = base64.b64decode(encoded, validate=True)
    key = keys.get((origin, signature[:4]))
    if mark != "—" or key is None:
        raise Bad("the manifest is not signed by a known key")
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature[4:], f"{text}\n".encode())
    except InvalidSignature:
        raise Bad("the signature does not fit the manifest") from None
    if text != signed:
        raise Bad("the signature is of another manifest")


if __name__ == "__main__":
    sys.exit(main())
