"""The longest chain of invitations, against a plain search from every root; circles end."""

from __future__ import annotations

import random
from collections import deque

import pytest

from app.aggregates.invitations import depth


def by_search(edges, hops):
    """Level by level from everybody nobody invited, all at once."""
    came = {invitee for _, invitee in edges}
    roots = [inviter for inviter, _ in edges if inviter not in came]
    if not roots:
        roots = [edges[0][0]] if edges else []
    far, waiting = dict.fromkeys(roots, 0), deque(roots)
    while waiting:
        person = waiting.popleft()
        for inviter, invitee in edges:
            if inviter == person and invitee not in far:
                far[invitee] = far[person] + 1
                waiting.append(invitee)
    return min(max(far.values(), default=0), hops)


@pytest.mark.parametrize(
    ("edges", "chain"),
    [
        ([], 0),
        ([("a", "b")], 1),
        ([("a", "b"), ("b", "c"), ("c", "d")], 3),
        ([("a", "b"), ("a", "c"), ("a", "d")], 1),
        ([("a", "b"), ("b", "c"), ("a", "c")], 1),  # c is nearer by another way
        ([("a", "b"), ("b", "a")], 1),  # a circle has no beginning: from its first inviter
        ([("x", "a"), ("a", "b"), ("b", "a")], 2),
        ([("a", "a")], 0),
    ],
)
def test_the_chain_is_as_long_as_the_shortest_way_to_the_last_person(edges, chain):
    assert depth(edges, hops=20) == chain


def test_any_graph_gives_what_a_plain_search_gives():
    chance = random.Random(7)
    for _ in range(200):
        people = chance.randrange(2, 12)
        edges = [(chance.randrange(people), chance.randrange(people)) for _ in range(chance.randrange(1, 25))]
        edges = [(str(a), str(b)) for a, b in edges]

        assert depth(edges, hops=6) == by_search(edges, 6), edges


def test_a_chain_longer_than_is_looked_at_is_not_walked_to_its_end():
    assert depth([(str(n), str(n + 1)) for n in range(1000)], hops=20) == 20
