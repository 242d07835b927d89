"""Checkpoints as signed notes: the form of C2SP, and nothing but a known key's word for its own log."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.audit.note import NoteBroken, Signer, open_note, read_public_key
from app.errors import SettingsError

AT = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
SIGNER = Signer("example.com/log", Ed25519PrivateKey.from_private_bytes(b"\1" * 32))
OTHER = Signer("example.com/log", Ed25519PrivateKey.from_private_bytes(b"\2" * 32))
KEYS = (SIGNER.public,)
NOTE = SIGNER.sign(size=25, root=b"\7" * 32, now=AT)

# The example key and note of the signed-note specification (C2SP.org/signed-note, and Go's sumdb/note).
PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
SPOKEN = (
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)


def test_a_note_has_the_lines_of_a_checkpoint_and_opens_to_what_was_signed():
    head, signature = NOTE.split("\n\n")

    assert head.split("\n") == [
        "example.com/log",
        "25",
        "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=",
        "time 2026-11-23T10:00:00Z",
    ]
    assert signature.startswith("— example.com/log ")
    opened = open_note(NOTE, KEYS)
    assert (opened.origin, opened.size, opened.root, opened.at) == ("example.com/log", 25, b"\7" * 32, AT)


def test_the_public_example_of_a_signed_note_is_signed_by_its_public_key():
    with pytest.raises(NoteBroken, match="lines are malformed"):  # a right signature, under what is no checkpoint
        open_note(SPOKEN, (read_public_key(PETER),))
    with pytest.raises(NoteBroken, match="does not fit"):
        open_note(SPOKEN.replace("answer", "answers"), (read_public_key(PETER),))


@pytest.mark.parametrize("position", range(0, len(NOTE), 3))
def test_no_character_of_a_note_can_be_changed(position):
    changed = NOTE[:position] + ("x" if NOTE[position] != "x" else "y") + NOTE[position + 1 :]

    with pytest.raises(NoteBroken):
        open_note(changed, KEYS)


@pytest.mark.parametrize("note", ["", "\n\n", NOTE.rstrip("\n"), NOTE + "x", NOTE.partition("\n\n")[0], NOTE * 2])
def test_what_is_no_note_is_broken(note):
    with pytest.raises(NoteBroken):
        open_note(note, KEYS)


def test_another_key_and_another_log_are_refused():
    elsewhere = Signer("example.com/other", SIGNER.key)

    with pytest.raises(NoteBroken, match="not signed by a known key"):
        open_note(OTHER.sign(size=25, root=b"\7" * 32, now=AT), KEYS)
    with pytest.raises(NoteBroken, match="not signed by a known key"):
        open_note(elsewhere.sign(size=25, root=b"\7" * 32, now=AT), KEYS)
    text, _, below = NOTE.partition("\n\n")
    renamed = text.replace("example.com/log", "example.com/oth")
    with pytest.raises(NoteBroken):
        open_note(f"{renamed}\n\n{below}", KEYS)


def test_a_second_signature_of_a_stranger_does_no_harm_and_no_good():
    cosigned = NOTE + OTHER.sign(size=25, root=b"\7" * 32, now=AT).rpartition("\n\n")[2]

    assert open_note(cosigned, KEYS).size == 25
    assert open_note(cosigned, (OTHER.public,)).size == 25


def test_a_public_key_is_read_as_it_is_printed_and_a_damaged_one_is_refused():
    assert read_public_key(str(SIGNER.public)) == SIGNER.public
    for damaged in ("", "a+b", str(SIGNER.public)[:-4], str(SIGNER.public).replace("example", "exomple")):
        with pytest.raises(SettingsError):
            read_public_key(damaged)


def test_a_printed_signer_shows_no_private_key():
    assert (b"\1" * 32).hex() not in repr(SIGNER)
    assert "private" not in repr(SIGNER).lower()
