"""The primitives are right: public vectors, run through the very functions the vault seals and derives with."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.vault.ciphers import NAMES, cipher
from app.vault.crypto import PersonKey, Place, branch, mac, seal, unseal

FOLDER = Path(__file__).parent / "vectors"
PLACE = Place("default", "screening", "request", "row-1", "person-1", 3)


def read(name):
    lines = (FOLDER / name).read_text("ascii").splitlines()
    head, *rows = [line.split("\t") for line in lines if not line.startswith("#")]
    return [dict(zip(head, row, strict=True)) for row in rows]


def test_every_aead_vector_seals_to_its_cipher_text_and_opens_only_when_it_should():
    ran = Counter()
    for vector in read("aead.tsv"):
        key, nonce, data, plain, sealed, tag = (
            bytes.fromhex(vector[name]) for name in ("key", "nonce", "associated", "plain", "cipher", "tag")
        )
        aead = cipher(NAMES[vector["algorithm"]], key)
        if vector["opens"] == "yes":
            assert aead.encrypt(nonce, plain, data) == sealed + tag, vector
            assert aead.decrypt(nonce, sealed + tag, data) == plain, vector
        else:
            with pytest.raises(InvalidTag):
                aead.decrypt(nonce, sealed + tag, data)
        ran[vector["algorithm"], vector["opens"]] += 1

    assert ran == {
        ("aes-256-gcm", "yes"): 50,
        ("aes-256-gcm", "no"): 25,
        ("aes-256-gcm-siv", "yes"): 24,
        ("sm4-gcm", "yes"): 1,
    }


def spoiled(key, nonce, data, sealed):
    """A vector made wrong in every way that must be noticed: by name, what to open instead."""
    flipped = {at: sealed[:at] + bytes([sealed[at] ^ 1 << at % 8]) + sealed[at + 1 :] for at in range(len(sealed))}
    yield from (("bit", key, nonce, data, each) for each in flipped.values())
    yield from (("cut", key, nonce, data, sealed[:length]) for length in range(len(sealed)))
    yield "longer", key, nonce, data, sealed + b"\0"
    yield "associated", key, nonce, data + b"\0", sealed
    yield "associated", key, nonce, data[:-1] if data else b"x", sealed
    yield "nonce", key, bytes([nonce[0] ^ 1]) + nonce[1:], data, sealed
    yield "key", bytes([key[0] ^ 1]) + key[1:], nonce, data, sealed


def test_no_vector_opens_with_a_bit_changed_a_byte_lacking_or_other_associated_data():
    ran = Counter()
    for vector in read("aead.tsv"):
        if vector["opens"] == "no":
            continue
        key, nonce, data = (bytes.fromhex(vector[name]) for name in ("key", "nonce", "associated"))
        for how, *wrong_key_nonce_data, sealed in spoiled(
            key, nonce, data, bytes.fromhex(vector["cipher"] + vector["tag"])
        ):
            wrong_key, wrong_nonce, wrong_data = wrong_key_nonce_data
            with pytest.raises(InvalidTag):
                cipher(NAMES[vector["algorithm"]], wrong_key).decrypt(wrong_nonce, sealed, wrong_data)
            ran[vector["algorithm"], how] += 1

    by_cipher = {name: sum(count for (each, _), count in ran.items() if each == name) for name in NAMES}
    assert by_cipher == {"aes-256-gcm": 4_090, "aes-256-gcm-siv": 1_972, "sm4-gcm": 165}
    assert ran["aes-256-gcm-siv", "bit"] == ran["aes-256-gcm-siv", "cut"] == 926


def test_what_the_vault_seals_with_a_vectors_key_and_nonce_has_the_vectors_cipher_text():
    ran = 0
    for vector in read("aead.tsv"):
        if vector["algorithm"] != "aes-256-gcm" or vector["opens"] == "no":
            continue
        key, nonce, plain, sealed = (bytes.fromhex(vector[name]) for name in ("key", "nonce", "plain", "cipher"))

        ours = seal(plain, key=PersonKey(key), place=PLACE, nonce=nonce)

        assert ours[4:16] == nonce
        assert ours[16:-16] == sealed  # in GCM the cipher text does not depend on the associated data, only the tag
        assert unseal(ours, key=PersonKey(key), place=PLACE) == plain
        ran += 1

    assert ran == 50


def test_key_derivation_and_keyed_hashes_give_the_published_results():
    ran = Counter()
    for vector in read("derivation.tsv"):
        key, salt, message, result = (bytes.fromhex(vector[name]) for name in ("key", "salt", "message", "result"))
        if vector["algorithm"] == "hkdf-sha256":
            made = HKDF(algorithm=hashes.SHA256(), length=len(result), salt=salt or None, info=message).derive(key)
            assert made == result, vector
        else:
            assert mac(key, message)[: len(result)] == result, vector  # one of them is published cut to 128 bits
        ran[vector["algorithm"]] += 1

    assert ran == {"hkdf-sha256": 3, "hmac-sha256": 6}


def test_the_service_derives_its_keys_by_rfc_5869_without_a_salt():
    label = b"weiheng/1/sessions"
    published = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=label)

    assert branch(b"secret", "sessions") == published.derive(b"secret")
