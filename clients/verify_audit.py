"""Verifies an export of a Weiheng audit log. One file; needs Python 3.10 and the package ``cryptography``.

It shares no code with the service and connects to nothing, so that an auditor can read it in ten minutes and run it on
a machine of their own::

    python verify_audit.py EXPORT --key 'weiheng/audit+1a2b3c4d+AQ…' --outside checkpoints.ndjson
    python verify_audit.py --proof proof.json --key 'weiheng/audit+1a2b3c4d+AQ…'

EXPORT is the folder that ``weiheng audit export`` wrote. ``--key`` is the log's public key, got by another way than the
export: whoever forges an export puts a key of their own into it. ``--outside`` are the copies of checkpoints that were
kept away from the database. Without the two the export is only shown to agree with itself, and the output says so.

Exit codes: 0 everything verifies, 1 something does not, 2 wrong usage. What is verified: every line of ``rows.ndjson``
is a leaf, SHA-256(0x00 ‖ line), of a Merkle tree after RFC 6962 with nodes SHA-256(0x01 ‖ left ‖ right); each row's
``seq`` counts its lines from 0; every checkpoint (a C2SP signed note: origin, size, root, time) carries a valid Ed25519
signature of a known key and the root of that many rows; every checkpoint outside is among them.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import sys
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

MOST = 100


class Bad(Exception):
    """Something does not verify."""


def main(arguments: list[str] | None = None) -> int:
    """Run the command; returns its exit code."""
    parser = argparse.ArgumentParser(description="Verify an export of a Weiheng audit log, or one row's proof.")
    parser.add_argument("export", nargs="?", type=Path, help="folder written by `weiheng audit export`")
    parser.add_argument("--key", action="append", default=[], help="public key that may sign; may be given again")
    parser.add_argument("--outside", type=Path, action="append", default=[], help="file of checkpoints kept outside")
    parser.add_argument("--proof", type=Path, help="answer of GET /v1/audit/{id}/proof")
    given = parser.parse_args(arguments)
    if (given.export is None) == (given.proof is None):
        parser.error("give either an export's folder or --proof FILE")
    try:
        keys = dict(read_key(written) for written in given.key)
        if given.proof is not None:
            return say_proof(given.proof, keys)
        return say_export(given.export, keys, given.outside)
    except (OSError, ValueError, KeyError, TypeError, Bad) as error:
        return say([f"cannot be verified: {type(error).__name__}: {error}"], [])


def say_export(folder: Path, keys: dict[tuple[str, bytes], bytes], outside: list[Path]) -> int:
    """Verify an export and say what was found."""
    warnings = []
    if not keys:
        keys = dict(map(read_key, (folder / "public-keys.txt").read_text("utf-8").split()))
        warnings.append("no --key given: the export's own key is believed")
    if not outside:
        warnings.append("no --outside given: a log that was cut and signed anew is not noticed")
    problems: list[str] = []
    inside = roots_of(read_notes(folder / "checkpoints.ndjson"), keys, "the export's", problems)
    beside = [roots_of(read_notes(path), keys, f"{path.name}'s", problems) for path in outside]
    size = verify_rows(folder / "rows.ndjson", [inside, *beside], problems)
    known = {entry[:2] for entry in inside}
    for path, roots in zip(outside, beside, strict=True):
        if not roots:
            warnings.append(f"{path.name} holds no checkpoint: a log that was cut and signed anew is not noticed")
        for at, root, _ in roots:
            if (at, root) not in known:
                problems.append(f"{path.name}: its checkpoint of {at} rows is not in the export")
    if size and size not in {entry[0] for entry in inside}:
        newest = max((entry[0] for entry in inside), default=0)
        warnings.append(f"the last {size - newest} rows stand under no checkpoint")
    if not problems:
        sys.stdout.write(f"{size} rows, {len(inside)} checkpoints, {sum(map(len, beside))} outside: all verify\n")
    return say(problems, warnings)


def say_proof(path: Path, keys: dict[tuple[str, bytes], bytes]) -> int:
    """Verify one row's inclusion proof and say so."""
    if not keys:
        return say(["--proof needs --key"], [])
    given = json.loads(path.read_text("utf-8"))
    size, root, _ = open_note(given["checkpoint"], keys)
    row = json.loads(given["leaf"])
    hashes = [bytes.fromhex(each) for each in given["inclusion"]["hashes"]]
    if size != given["inclusion"]["size"]:
        return say(["the proof is of another size than the checkpoint"], [])
    if not is_included(leaf_hash(given["leaf"].encode()), row["seq"], size, hashes, root):
        return say([f"row {row['seq']} is not in the log that the checkpoint speaks of"], [])
    sys.stdout.write(f"row {row['seq']} ({row['id']}) is in the log of {size} rows\n")
    return 0


def say(problems: list[str], warnings: list[str]) -> int:
    """Print what is wrong and what is doubtful; returns the exit code."""
    for warning in warnings:
        sys.stderr.write(f"WARNING {warning}\n")
    for problem in problems[:MOST]:
        sys.stdout.write(f"BAD {problem}\n")
    return 1 if problems else 0


def verify_rows(path: Path, signed: list[list[tuple[int, bytes, str]]], problems: list[str]) -> int:
    """Build the tree from the rows and compare it with every checkpoint; returns how many rows there are."""
    expected: dict[int, list[tuple[bytes, str]]] = {}
    for size, root, whose in (entry for entries in signed for entry in entries):
        expected.setdefault(size, []).append((root, whose))
    peaks: list[tuple[int, bytes]] = []
    size = last = 0
    with path.open("rb") as file:
        for line in file:
            leaf = line.rstrip(b"\n")
            if json.loads(leaf).get("seq") != size:
                problems.append(f"line {size + 1} of rows.ndjson is not row {size}: rows are missing, added or swapped")
                return size
            push(peaks, leaf_hash(leaf))
            size += 1
            for root, whose in expected.pop(size, ()):
                if root != fold(peaks):
                    problems.append(f"{whose} checkpoint of {size} rows does not fit rows {last} to {size - 1}")
                last = size
    for beyond in sorted(expected):
        problems.extend(
            f"{whose} checkpoint speaks of {beyond} rows, the export has {size}" for _, whose in expected[beyond]
        )
    return size


def roots_of(
    notes: list[str], keys: dict[tuple[str, bytes], bytes], whose: str, problems: list[str]
) -> list[tuple[int, bytes, str]]:
    """Size and root of each checkpoint whose signature verifies."""
    found = []
    for number, note in enumerate(notes, 1):
        try:
            size, root, _ = open_note(note, keys)
        except (Bad, ValueError, IndexError) as error:
            problems.append(f"{whose} checkpoint number {number}: {error}")
        else:
            found.append((size, root, whose))
    return found


def read_notes(path: Path) -> list[str]:
    """The notes of a file, one JSON object a line."""
    return [json.loads(line)["note"] for line in path.read_text("utf-8").splitlines() if line.strip()]


def read_key(written: str) -> tuple[tuple[str, bytes], bytes]:
    """``name+id+base64`` as ((name, id), raw key)."""
    name, key_id, encoded = written.strip().split("+", 2)
    raw = base64.b64decode(encoded, validate=True)
    right = hashlib.sha256(name.encode() + b"\n" + raw).digest()[:4]
    if raw[:1] != b"\x01" or right.hex() != key_id:
        raise Bad(f"the key {written[:80]!r} is malformed")
    return (name, right), raw[1:]


def open_note(note: str, keys: dict[tuple[str, bytes], bytes]) -> tuple[int, bytes, str]:
    """Size, root and text of a checkpoint signed by one of the keys."""
    text, gap, below = note.rpartition("\n\n")
    if not gap:
        raise Bad("is malformed")
    text += "\n"
    lines = text.splitlines()
    for line in below.splitlines():
        dash, name, encoded = line.split(" ")
        signature = base64.b64decode(encoded, validate=True)
        raw = keys.get((name, signature[:4]))
        if dash != "—" or raw is None:
            continue
        try:
            Ed25519PublicKey.from_public_bytes(raw).verify(signature[4:], text.encode())
        except InvalidSignature:
            raise Bad("the signature does not fit") from None
        if lines[0] != name:
            raise Bad(f"is of another log, {lines[0][:80]!r}")
        return int(lines[1]), base64.b64decode(lines[2], validate=True), text
    raise Bad("is not signed by a known key")


def leaf_hash(leaf: bytes) -> bytes:
    """RFC 6962's hash of a leaf."""
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """RFC 6962's hash of a node."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def push(peaks: list[tuple[int, bytes]], leaf: bytes) -> None:
    """Add a leaf to the tree's right edge, kept as (height, hash) from left to right."""
    height, hashed = 0, leaf
    while peaks and peaks[-1][0] == height:
        hashed = node_hash(peaks.pop()[1], hashed)
        height += 1
    peaks.append((height, hashed))


def fold(peaks: list[tuple[int, bytes]]) -> bytes:
    """The root over the peaks."""
    root = peaks[-1][1]
    for _, peak in reversed(peaks[:-1]):
        root = node_hash(peak, root)
    return root


def is_included(leaf: bytes, position: int, size: int, path: list[bytes], root: bytes) -> bool:
    """Whether the audit path leads from the leaf to the root: peel the tree from its root down, then hash upwards."""
    if not 0 <= position < size:
        return False
    turns, begin, end = [], 0, size
    while end - begin > 1:
        middle = begin + (1 << (end - begin - 1).bit_length() - 1)
        turns.append(position >= middle)
        begin, end = (middle, end) if position >= middle else (begin, middle)
    if len(turns) != len(path):
        return False
    hashed = leaf
    for is_right, sibling in zip(reversed(turns), path, strict=True):
        hashed = node_hash(sibling, hashed) if is_right else node_hash(hashed, sibling)
    return hashed == root


if __name__ == "__main__":
    sys.exit(main())
