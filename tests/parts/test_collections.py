"""Looking for waste never holds up everybody for long: the youngest are few whenever they are looked through."""

from __future__ import annotations

import gc

import app

MOST_YOUNG = 3_000


def test_at_a_collection_the_youngest_are_few_however_much_is_made_and_kept():
    assert app.__doc__, "it has set when to collect"
    young = []

    def looked_through(phase, _info):
        if phase == "start":
            young.append(len(gc.get_objects(generation=0)))

    gc.callbacks.append(looked_through)
    try:
        kept = [[each] for each in range(20_000)]
    finally:
        gc.callbacks.remove(looked_through)

    assert len(kept) == 20_000
    assert len(young) >= 5
    assert max(young) < MOST_YOUNG
