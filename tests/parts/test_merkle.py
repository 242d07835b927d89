"""The audit log's tree against the public vectors of Certificate Transparency, and its laws for every small tree."""

from __future__ import annotations

import hashlib
import importlib.util
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.audit import merkle
from app.audit.merkle import Frontier, leaf_hash, node_hash

LEAVES = [
    bytes.fromhex(each)
    for each in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = {
    0: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    4: "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    5: "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    6: "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    7: "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}
_A = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
_B = "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"
_C = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"
_D = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"
_E = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"
INCLUSIONS = {  # (leaf, size)
    (0, 1): [],
    (0, 8): [_D, _A, _C],
    (5, 8): [_B, _E, ROOTS[4]],
    (2, 3): [ROOTS[2]],
    (1, 5): [ROOTS[1], _A, _B],
}
CONSISTENCIES = {  # (first, second)
    (1, 1): [],
    (1, 8): [_D, _A, _C],
    (6, 8): ["0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a", _E, ROOTS[4]],
    (2, 5): [_A, _B],
}


@pytest.fixture(scope="module")
def alone():
    """The verifier that shares no code with the service."""
    spec = importlib.util.spec_from_file_location("verify_audit", Path(__file__).parents[2] / "clients/verify_audit.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def tree_of(leaves):
    """A frontier and a lookup over these leaves."""
    frontier, nodes = Frontier(), {}
    for leaf in leaves:
        nodes |= {(node.level, node.position): node.hash for node in frontier.add(leaf_hash(leaf))}
    return frontier, lambda level, position: nodes[level, position]


def numbered(size):
    return [str(number).encode() for number in range(size)]


def naive_root(hashes):
    """The definition itself (RFC 6962, 2.1)."""
    if len(hashes) == 1:
        return hashes[0]
    middle = 1
    while middle * 2 < len(hashes):
        middle *= 2
    return node_hash(naive_root(hashes[:middle]), naive_root(hashes[middle:]))


def test_the_public_vectors_hold_here_and_in_the_verifier_that_stands_alone(alone):
    _, lookup = tree_of(LEAVES)
    ran = 0

    for size, root in ROOTS.items():
        frontier, _ = tree_of(LEAVES[:size])
        assert frontier.root().hex() == merkle.root_at(size, lookup).hex() == root
        peaks = []
        for leaf in LEAVES[:size]:
            alone.push(peaks, alone.leaf_hash(leaf))
        assert not peaks or alone.fold(peaks).hex() == root
        ran += 1
    for (position, size), shown in INCLUSIONS.items():
        path = merkle.inclusion_proof(position, size, lookup)
        root, leaf = bytes.fromhex(ROOTS[size]), leaf_hash(LEAVES[position])
        assert [each.hex() for each in path] == shown
        assert merkle.follows_inclusion(leaf, position, size, path, root)
        assert alone.is_included(leaf, position, size, path, root)
        ran += 1
    for (first, second), shown in CONSISTENCIES.items():
        proof = merkle.consistency_proof(first, second, lookup)
        assert [each.hex() for each in proof] == shown
        roots = bytes.fromhex(ROOTS[first]), bytes.fromhex(ROOTS[second])
        assert merkle.follows_consistency(first, second, proof, *roots)
        ran += 1

    assert ran == 18


@pytest.mark.parametrize("size", range(1, 34))
def test_every_small_tree_has_the_root_of_the_definition_and_a_proof_for_every_leaf(size, alone):
    frontier, lookup = tree_of(numbered(size))
    root = frontier.root()

    assert root == naive_root([leaf_hash(leaf) for leaf in numbered(size)])
    for position, leaf in enumerate(numbered(size)):
        path = merkle.inclusion_proof(position, size, lookup)
        for follows in (merkle.follows_inclusion, alone.is_included):
            assert follows(leaf_hash(leaf), position, size, path, root)
            assert not follows(leaf_hash(leaf + b"x"), position, size, path, root)
            assert not follows(leaf_hash(leaf), position, size, [*path, root], root)
            assert not follows(leaf_hash(leaf), size, size, path, root)
            assert not path or not follows(leaf_hash(leaf), position, size, path[:-1], root)


@pytest.mark.parametrize("second", range(1, 20))
def test_every_beginning_of_a_tree_has_a_proof_and_no_other_root_has_one(second):
    frontier, lookup = tree_of(numbered(second))
    root = frontier.root()

    for first in range(second + 1):
        old, proof = merkle.root_at(first, lookup), merkle.consistency_proof(first, second, lookup)
        forged = hashlib.sha256(b"forged").digest()
        assert merkle.follows_consistency(first, second, proof, old, root)
        assert not merkle.follows_consistency(first, second, proof, forged, root)
        assert not merkle.follows_consistency(first, second, [*proof, forged], old, root)
        assert not first or not merkle.follows_consistency(first, second, proof, old, forged)
        assert not proof or not merkle.follows_consistency(first, second, proof[:-1], old, root)


@given(st.integers(1, 300), st.data())
def test_any_changed_bit_of_a_proof_is_refused(size, data):
    frontier, lookup = tree_of(numbered(size))
    position = data.draw(st.integers(0, size - 1))
    path = merkle.inclusion_proof(position, size, lookup)
    at, bit = data.draw(st.integers(0, max(0, len(path) - 1))), data.draw(st.integers(0, 255))

    changed = [bytes(a ^ (bit // 8 == i) << bit % 8 for i, a in enumerate(each)) for each in path[at : at + 1]]
    forged = [*path[:at], *changed, *path[at + 1 :]]

    leaf = leaf_hash(str(position).encode())
    assert merkle.follows_inclusion(leaf, position, size, forged, frontier.root()) is (not path)


def test_a_frontier_read_back_goes_on_like_the_one_that_was_never_stored():
    whole, lookup = tree_of(numbered(23))
    half = Frontier.at(11, lookup)

    for leaf in numbered(23)[11:]:
        half.add(leaf_hash(leaf))

    assert (half.size, half.peaks) == (whole.size, whole.peaks)


def test_a_leaf_cannot_pass_for_a_node():
    left, right = leaf_hash(b"l"), leaf_hash(b"r")

    assert leaf_hash(left + right) != node_hash(left, right)
