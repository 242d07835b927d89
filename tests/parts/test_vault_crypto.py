"""Sealing one value: opens in exactly one place, and not after the smallest change."""

from __future__ import annotations

from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from app.access import keyed_hash
from app.vault.crypto import (
    AES_256_GCM,
    VERSION,
    Place,
    SealBroken,
    branch,
    generation_of,
    length_prefixed,
    seal,
    unseal,
    unwrap_key,
    wrap_key,
)

KEY = bytes(range(32))
KEK = bytes(range(32, 64))
PLACE = Place("default", "screening", "request", "row-1", "person-1", 3)
WRAPPING = {"kek_version": 2, "tenant": "default", "person": "person-1", "generation": 3}

_LONG_KEY = "feffe9928665731c6d6a8f9467308308" * 2
_LONG_PLAIN = (
    "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
    "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255"
)
_LONG_SEALED = (
    "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
    "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662898015ad"
)
# McGrew and Viega, "The Galois/Counter Mode of Operation (GCM)", appendix B: the test cases with 256-bit keys and
# 96-bit nonces. Columns: key, nonce, plain text, associated data, cipher text, tag.
VECTORS = {
    "13": ("00" * 32, "00" * 12, "", "", "", "530f8afbc74536b9a963b4f1c4cb738b"),
    "14": (
        "00" * 32,
        "00" * 12,
        "00" * 16,
        "",
        "cea7403d4d606b6e074ec5d3baf39d18",
        "d0d1c8a799996bf0265b98b5d48ab919",
    ),
    "15": (_LONG_KEY, "cafebabefacedbaddecaf888", _LONG_PLAIN, "", _LONG_SEALED, "b094dac5d93471bdec1a502270e3cc6c"),
    "16": (
        _LONG_KEY,
        "cafebabefacedbaddecaf888",
        _LONG_PLAIN[:-8],
        "feedfacedeadbeeffeedfacedeadbeefabaddad2",
        _LONG_SEALED[:-8],
        "76fc6ece0f4e1768cddf8853bb2d551b",
    ),
}


def test_public_vectors_hold_for_the_cipher_and_for_what_we_seal_with_it():
    ran = 0
    for key, nonce, plain, data, sealed, tag in (map(bytes.fromhex, vector) for vector in VECTORS.values()):
        assert AESGCM(key).encrypt(nonce, plain, data or None) == sealed + tag
        ours = seal(plain, key=key, place=PLACE, nonce=nonce)
        assert ours[16:-16] == sealed  # the cipher text does not depend on the associated data, only the tag does
        assert unseal(ours, key=key, place=PLACE) == plain
        ran += 1

    assert ran == 4


def test_a_sealed_value_has_the_documented_layout():
    nonce = bytes(range(100, 112))

    sealed = seal(b"13800000000", key=KEY, place=PLACE, nonce=nonce)

    assert sealed[:4] == bytes([VERSION, AES_256_GCM, 0, 3])
    assert sealed[4:16] == nonce
    bound = length_prefixed("pii/1", 1, "default", "screening", "request", "row-1", "person-1", 3)
    assert AESGCM(KEY).decrypt(nonce, sealed[16:], bound) == b"13800000000"


@given(st.binary(max_size=300), st.binary(min_size=32, max_size=32), st.integers(0, 0xFFFF))
def test_what_is_sealed_opens_again_in_its_place(plain, key, generation):
    place = replace(PLACE, generation=generation)

    sealed = seal(plain, key=key, place=place)

    assert unseal(sealed, key=key, place=place) == plain
    assert generation_of(sealed) == generation
    assert len(sealed) == len(plain) + 32


def test_the_same_value_sealed_twice_looks_different():
    assert len({seal(b"same", key=KEY, place=PLACE) for _ in range(100)}) == 100


def test_no_single_flipped_bit_goes_unnoticed():
    sealed = seal("身份证 110101190001011237".encode(), key=KEY, place=PLACE)

    for bit in range(len(sealed) * 8):
        changed = bytearray(sealed)
        changed[bit // 8] ^= 1 << bit % 8
        with pytest.raises(SealBroken):
            unseal(bytes(changed), key=KEY, place=PLACE)


def test_no_truncation_and_no_added_byte_goes_unnoticed():
    sealed = seal(b"some personal text", key=KEY, place=PLACE)

    for length in range(len(sealed)):
        with pytest.raises(SealBroken):
            unseal(sealed[:length], key=KEY, place=PLACE)
        with pytest.raises(SealBroken):
            unseal(sealed[length + 1 :], key=KEY, place=PLACE)
    with pytest.raises(SealBroken):
        unseal(sealed + b"\0", key=KEY, place=PLACE)


@pytest.mark.parametrize(
    "elsewhere",
    [
        replace(PLACE, tenant="other"),
        replace(PLACE, table="content"),
        replace(PLACE, column="answer"),
        replace(PLACE, row="row-2"),
        replace(PLACE, person="person-2"),
        replace(PLACE, generation=4),
    ],
    ids=lambda place: "+".join(
        name for name in Place.__dataclass_fields__ if getattr(place, name) != getattr(PLACE, name)
    ),
)
def test_a_value_does_not_open_in_another_place(elsewhere):
    sealed = seal(b"x", key=KEY, place=PLACE)

    with pytest.raises(SealBroken):
        unseal(sealed, key=KEY, place=elsewhere)


def test_a_generation_rewritten_in_the_head_does_not_open_as_that_generation():
    sealed = seal(b"x", key=KEY, place=PLACE)
    forged = sealed[:2] + (4).to_bytes(2, "big") + sealed[4:]

    with pytest.raises(SealBroken):
        unseal(forged, key=KEY, place=replace(PLACE, generation=4))


def test_a_value_does_not_open_under_another_key():
    with pytest.raises(SealBroken):
        unseal(seal(b"x", key=KEY, place=PLACE), key=KEK, place=PLACE)


@pytest.mark.parametrize("head", [b"\x00\x01", b"\x02\x01", b"\x01\x00", b"\x01\x02", b"{}"])
def test_an_unknown_format_is_broken_and_not_a_value(head):
    with pytest.raises(SealBroken, match="unknown sealed format"):
        generation_of(head + seal(b"x", key=KEY, place=PLACE)[2:])


@pytest.mark.parametrize("length", [16, 24])
def test_a_key_too_short_for_aes_256_is_refused_rather_than_used_as_a_weaker_cipher(length):
    with pytest.raises((AssertionError, ValueError)):
        seal(b"x", key=KEY[:length], place=PLACE)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("a|b", "c"), ("a", "b|c")),
        (("ab", "c"), ("a", "bc")),
        (("a", ""), ("", "a")),
        (("a",), ("a", "")),
        (("",), ()),
        ((12, 3), (1, 23)),
        (("\0\0\0\1a",), ("", "a")),
    ],
)
def test_moving_a_character_across_a_boundary_changes_the_joined_bytes(one, other):
    assert length_prefixed(*one) != length_prefixed(*other)


@given(st.lists(st.text(max_size=6), max_size=5), st.lists(st.text(max_size=6), max_size=5))
def test_different_parts_never_join_to_the_same_bytes(one, other):
    assert (length_prefixed(*one) == length_prefixed(*other)) == (one == other)


def test_a_wrapped_key_unwraps_and_two_wrappings_look_different():
    first, second = (wrap_key(KEY, kek=KEK, **WRAPPING) for _ in range(2))

    assert unwrap_key(first, kek=KEK, **WRAPPING) == unwrap_key(second, kek=KEK, **WRAPPING) == KEY
    assert first != second


@pytest.mark.parametrize(
    "changed", [{"kek_version": 1}, {"tenant": "other"}, {"person": "person-2"}, {"generation": 2}, {"kek": KEY}]
)
def test_a_wrapped_key_does_not_unwrap_for_anybody_else(changed):
    wrapped = wrap_key(KEY, kek=KEK, **WRAPPING)

    with pytest.raises(SealBroken):
        unwrap_key(wrapped, **({"kek": KEK} | WRAPPING | changed))


def test_a_damaged_wrapping_is_broken_however_much_is_left_of_it():
    wrapped = wrap_key(KEY, kek=KEK, **WRAPPING)
    damaged = [bytes(byte ^ (place == at) for place, byte in enumerate(wrapped)) for at in range(len(wrapped))]

    for broken in [*damaged, *(wrapped[:length] for length in range(len(wrapped)))]:
        with pytest.raises(SealBroken):
            unwrap_key(broken, kek=KEK, **WRAPPING)


def test_no_two_uses_share_a_derived_key():
    labels = ["api-keys", "sessions", "api-key", "session", ""]

    keys = {branch(KEY, label) for label in labels} | {branch(KEK, label) for label in labels}

    assert len(keys) == 2 * len(labels)
    assert {len(key) for key in keys} == {32}
    assert branch(KEY, "sessions") == branch(KEY, "sessions")


def test_keyed_hash_is_the_published_hmac_sha256():
    # RFC 4231, test case 2
    assert (
        keyed_hash(b"Jefe", "what do ya want for nothing?")
        == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    )
