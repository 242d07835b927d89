"""Sealing one value: opens in exactly one place, and not after the smallest change."""

from __future__ import annotations

from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from app.vault.ciphers import Algorithm
from app.vault.crypto import (
    VERSION,
    PersonKey,
    Place,
    SealBroken,
    _key_of,
    algorithm_of,
    branch,
    generation_of,
    key_bound,
    length_prefixed,
    seal,
    unseal,
    unwrap,
    wrap,
)

SECRET = bytes(range(32))
KEY = PersonKey(SECRET)
ALGORITHMS = list(Algorithm)
KEK = bytes(range(32, 64))
PLACE = Place("default", "screening", "request", "row-1", "person-1", 3)
WRAPPING = {"kek_version": 2, "tenant": "default", "person": "person-1", "generation": 3}


@pytest.fixture(params=ALGORITHMS, ids=lambda algorithm: algorithm.name)
def algorithm(request):
    return request.param


def test_a_sealed_value_has_the_documented_layout():
    nonce = bytes(range(100, 112))

    sealed = seal(b"13800000000", key=KEY, place=PLACE, nonce=nonce)

    assert sealed[:4] == bytes([VERSION, Algorithm.AES_256_GCM, 0, 3])
    assert sealed[4:16] == nonce
    bound = length_prefixed("pii/1", 1, "default", "screening", "request", "row-1", "person-1", 3)
    assert AESGCM(SECRET).decrypt(nonce, sealed[16:], bound) == b"13800000000"


@given(
    st.binary(max_size=300), st.binary(min_size=32, max_size=32), st.integers(0, 0xFFFF), st.sampled_from(ALGORITHMS)
)
def test_what_is_sealed_opens_again_in_its_place(plain, secret, generation, algorithm):
    place, key = replace(PLACE, generation=generation), PersonKey(secret)

    sealed = seal(plain, key=key, place=place, algorithm=algorithm)

    assert unseal(sealed, key=key, place=place) == plain
    assert generation_of(sealed) == generation
    assert algorithm_of(sealed) is algorithm
    assert len(sealed) == len(plain) + 32


def test_the_same_value_sealed_twice_looks_different():
    assert len({seal(b"same", key=KEY, place=PLACE) for _ in range(100)}) == 100


def test_no_single_flipped_bit_goes_unnoticed(algorithm):
    sealed = seal("身份证 110101190001011237".encode(), key=KEY, place=PLACE, algorithm=algorithm)

    for bit in range(len(sealed) * 8):
        changed = bytearray(sealed)
        changed[bit // 8] ^= 1 << bit % 8
        with pytest.raises(SealBroken):
            unseal(bytes(changed), key=KEY, place=PLACE)


def test_no_truncation_and_no_added_byte_goes_unnoticed(algorithm):
    sealed = seal(b"some personal text", key=KEY, place=PLACE, algorithm=algorithm)

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
def test_a_value_does_not_open_in_another_place(algorithm, elsewhere):
    sealed = seal(b"x", key=KEY, place=PLACE, algorithm=algorithm)

    with pytest.raises(SealBroken):
        unseal(sealed, key=KEY, place=elsewhere)


def test_a_generation_rewritten_in_the_head_does_not_open_as_that_generation():
    sealed = seal(b"x", key=KEY, place=PLACE)
    forged = sealed[:2] + (4).to_bytes(2, "big") + sealed[4:]

    with pytest.raises(SealBroken):
        unseal(forged, key=KEY, place=replace(PLACE, generation=4))


def test_a_value_does_not_open_under_another_key(algorithm):
    with pytest.raises(SealBroken):
        unseal(seal(b"x", key=KEY, place=PLACE, algorithm=algorithm), key=PersonKey(KEK), place=PLACE)


def test_a_value_whose_algorithm_byte_was_rewritten_does_not_open(algorithm):
    sealed = bytearray(seal(b"x", key=KEY, place=PLACE, algorithm=algorithm))

    for other in set(ALGORITHMS) - {algorithm}:
        sealed[1] = other
        with pytest.raises(SealBroken):
            unseal(bytes(sealed), key=KEY, place=PLACE)


def test_no_two_algorithms_share_a_key():
    keys = {_key_of(SECRET, each)[:16] for each in ALGORITHMS}

    assert len(keys) == len(ALGORITHMS)


def test_a_printed_key_shows_nothing():
    assert f"{KEY} {KEY!r} {[KEY]}" == "PersonKey() PersonKey() [PersonKey()]"


@pytest.mark.parametrize("head", [b"\x00\x01", b"\x02\x01", b"\x01\x00", b"\x01\x04", b"{}"])
def test_an_unknown_format_is_broken_and_not_a_value(head):
    with pytest.raises(SealBroken, match="unknown sealed format"):
        generation_of(head + seal(b"x", key=KEY, place=PLACE)[2:])


@pytest.mark.parametrize("length", [16, 24])
def test_a_key_too_short_for_aes_256_is_refused_rather_than_used_as_a_weaker_cipher(length):
    with pytest.raises(AssertionError):
        PersonKey(SECRET[:length])


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
    first, second = (wrap(SECRET, kek=KEK, bound=key_bound(**WRAPPING)) for _ in range(2))

    assert unwrap(first, kek=KEK, bound=key_bound(**WRAPPING)) == SECRET
    assert unwrap(second, kek=KEK, bound=key_bound(**WRAPPING)) == SECRET
    assert first != second


@pytest.mark.parametrize(
    "changed", [{"kek_version": 1}, {"tenant": "other"}, {"person": "person-2"}, {"generation": 2}, {"kek": SECRET}]
)
def test_a_wrapped_key_does_not_unwrap_for_anybody_else(changed):
    wrapped = wrap(SECRET, kek=KEK, bound=key_bound(**WRAPPING))
    kek, bound = changed.get("kek", KEK), key_bound(**WRAPPING | {k: v for k, v in changed.items() if k != "kek"})

    with pytest.raises(SealBroken):
        unwrap(wrapped, kek=kek, bound=bound)


def test_a_damaged_wrapping_is_broken_however_much_is_left_of_it():
    wrapped = wrap(SECRET, kek=KEK, bound=key_bound(**WRAPPING))
    damaged = [bytes(byte ^ (place == at) for place, byte in enumerate(wrapped)) for at in range(len(wrapped))]

    for broken in [*damaged, *(wrapped[:length] for length in range(len(wrapped)))]:
        with pytest.raises(SealBroken):
            unwrap(broken, kek=KEK, bound=key_bound(**WRAPPING))


def test_no_two_uses_share_a_derived_key():
    labels = ["api-keys", "sessions", "api-key", "session", ""]

    keys = {branch(SECRET, label) for label in labels} | {branch(KEK, label) for label in labels}

    assert len(keys) == 2 * len(labels)
    assert {len(key) for key in keys} == {32}
    assert branch(SECRET, "sessions") == branch(SECRET, "sessions")
