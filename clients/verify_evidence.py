"""Verifies an evidence pack of a Weiheng case. Needs Python 3.10, ``cryptography`` and ``verify_audit.py`` beside it.

It shares no code with the service and connects to nothing::

    python verify_evidence.py evidence.json --key 'weiheng/audit+1a2b3c4d+AQ…'

``--key`` is the log's public key, got by another way than the pack. Exit codes: 0 everything verifies, 1 something does
not, 2 wrong usage. What is verified: the document has the digest the pack names; one of the rows is the export of this
case and names that digest; every row is about this case or its screening and stands in the log (RFC 6962
inclusion), and the log's root is signed by the key.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from verify_audit import Bad, is_included, leaf_hash, open_note, read_key


def main(arguments: list[str] | None = None) -> int:
    """Run the command; returns its exit code."""
    parser = argparse.ArgumentParser(description="Verify an evidence pack of a case.")
    parser.add_argument("pack", type=Path, help="evidence.json")
    parser.add_argument("--key", action="append", required=True, help="public key that may sign; may be given again")
    given = parser.parse_args(arguments)
    try:
        keys = dict(read_key(written) for written in given.key)
        told = verify(json.loads(given.pack.read_text("utf-8")), keys)
    except (OSError, ValueError, KeyError, TypeError, Bad) as error:
        sys.stdout.write(f"BAD {type(error).__name__}: {error}\n")
        return 1
    sys.stdout.write(f"{told}\n")
    return 0


def verify(pack: dict, keys: dict[tuple[str, bytes], bytes]) -> str:
    """What was verified, in one line; raises Bad for the first thing that does not hold."""
    document = json.loads(pack["document"])
    digest = "sha256:" + hashlib.sha256(pack["document"].encode()).hexdigest()
    if pack["format"] != "weiheng-evidence/1" or digest != pack["digest"]:
        raise Bad("the document is not the one the pack names")
    size, root, _ = open_note(pack["checkpoint"], keys)
    about = {("case", document["case"]["id"]), ("screening", document["screening"].get("id"))}
    names_it = False
    for each in pack["rows"]:
        row = json.loads(each["leaf"])
        path = [bytes.fromhex(hashed) for hashed in each["path"]]
        if not is_included(leaf_hash(each["leaf"].encode()), row["seq"], size, path, root):
            raise Bad(f"row {row['seq']} is not in the log that the checkpoint speaks of")
        if (row["object_type"], row["object_id"]) not in about:
            raise Bad(f"row {row['seq']} is about something else")
        names_it |= row["action"] == "case.export" and row["details"].get("digest") == digest
    if not names_it:
        raise Bad("no row of the log names this document")
    return f"case {document['case']['id']}: the document and {len(pack['rows'])} rows are in the log of {size} rows"


if __name__ == "__main__":
    sys.exit(main())
