"""The Merkle tree of RFC 6962: hashes with domain separation, roots, inclusion and consistency proofs. Pure.

A tree that only grows needs to remember its *complete* subtrees alone: node ``(level, position)`` covers the leaves
``position << level`` up to ``(position + 1) << level``, never changes once it is there, and level 0 are the leaves.
Everything else follows from those in O(log n), so sealing costs what is new and a proof costs a few reads.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TypeAlias

EMPTY_ROOT = hashlib.sha256(b"").digest()

Lookup: TypeAlias = Callable[[int, int], bytes]


@dataclass(frozen=True, slots=True)
class Node:
    """A complete subtree and its hash; level 0 is a leaf."""

    level: int
    position: int
    hash: bytes


def leaf_hash(leaf: bytes) -> bytes:
    """SHA-256(0x00 ‖ leaf): no leaf can pass for a node."""
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 ‖ left ‖ right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


@dataclass(slots=True)
class Frontier:
    """The right edge of a growing tree: its size and its peaks, the complete subtrees from left to right."""

    size: int = 0
    peaks: list[bytes] = field(default_factory=list)

    @classmethod
    def at(cls, size: int, lookup: Lookup) -> Frontier:
        """The frontier of a tree whose nodes are stored."""
        return cls(size, [lookup(level, position) for level, position in peaks_of(size)])

    def add(self, leaf: bytes) -> list[Node]:
        """Put a leaf's hash at the end; returns every subtree this completes, the leaf itself first."""
        completed = [Node(0, self.size, leaf)]
        at, level, hashed = self.size, 0, leaf
        while at & 1:
            hashed = node_hash(self.peaks.pop(), hashed)
            at, level = at >> 1, level + 1
            completed.append(Node(level, at, hashed))
        self.peaks.append(hashed)
        self.size += 1
        return completed

    def root(self) -> bytes:
        """The root over all leaves so far."""
        if not self.peaks:
            return EMPTY_ROOT
        root = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            root = node_hash(peak, root)
        return root


def peaks_of(size: int) -> list[tuple[int, int]]:
    """Level and position of the complete subtrees that make up a tree of this size, from left to right."""
    peaks, begin = [], 0
    for level in reversed(range(size.bit_length())):
        if size >> level & 1:
            peaks.append((level, begin >> level))
            begin += 1 << level
    return peaks


def root_at(size: int, lookup: Lookup) -> bytes:
    """The root a tree had when it was of this size."""
    return Frontier.at(size, lookup).root()


def inclusion_proof(position: int, size: int, lookup: Lookup) -> list[bytes]:
    """The audit path of a leaf in the tree of this size (RFC 6962, 2.1.1), lowest sibling first."""
    assert 0 <= position < size, "a leaf of the tree"
    path, begin, end = [], 0, size
    while end - begin > 1:
        middle = begin + _left_size(end - begin)
        if position < middle:
            path.append(_range(middle, end, lookup))
            end = middle
        else:
            path.append(_range(begin, middle, lookup))
            begin = middle
    return path[::-1]


def consistency_proof(first: int, second: int, lookup: Lookup) -> list[bytes]:
    """Why the tree of size ``first`` is a beginning of that of size ``second`` (RFC 6962, 2.1.2)."""
    assert 0 <= first <= second, "an earlier tree and a later one"
    if first in {0, second}:
        return []
    proof, begin, end, is_whole = [], 0, second, True
    while first != end:
        middle = begin + _left_size(end - begin)
        if first <= middle:
            proof.append(_range(middle, end, lookup))
            end = middle
        else:
            proof.append(_range(begin, middle, lookup))
            begin, is_whole = middle, False
    if not is_whole:
        proof.append(_range(begin, end, lookup))
    return proof[::-1]


def follows_inclusion(leaf: bytes, position: int, size: int, path: Iterable[bytes], root: bytes) -> bool:
    """Whether the path leads from this leaf's hash to the root (RFC 9162, 2.1.3.2)."""
    if not 0 <= position < size:
        return False
    at, last, hashed = position, size - 1, leaf
    for sibling in path:
        if last == 0:
            return False
        if at & 1 or at == last:
            hashed = node_hash(sibling, hashed)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            hashed = node_hash(hashed, sibling)
        at, last = at >> 1, last >> 1
    return last == 0 and hashed == root


def follows_consistency(first: int, second: int, proof: list[bytes], first_root: bytes, second_root: bytes) -> bool:
    """Whether the proof shows that the first tree is a beginning of the second (RFC 9162, 2.1.4.2)."""
    if not 0 <= first <= second:
        return False
    if first == second:
        return not proof and first_root == second_root
    if first == 0:
        return not proof and first_root == EMPTY_ROOT
    path = [first_root, *proof] if first & (first - 1) == 0 else list(proof)
    if not path:
        return False
    at, last = first - 1, second - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    old = new = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            new = node_hash(new, sibling)
        at, last = at >> 1, last >> 1
    return last == 0 and (old, new) == (first_root, second_root)


def _range(begin: int, end: int, lookup: Lookup) -> bytes:
    """The hash over a range of leaves that RFC 6962 cuts out of a tree."""
    size = end - begin
    if size & (size - 1) == 0:
        level = size.bit_length() - 1
        return lookup(level, begin >> level)
    middle = begin + _left_size(size)
    return node_hash(_range(begin, middle, lookup), _range(middle, end, lookup))


def _left_size(size: int) -> int:
    """The largest power of two smaller than ``size``."""
    return 1 << (size - 1).bit_length() - 1
