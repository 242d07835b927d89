"""What a child has read, passed on to the process that asked it: that one need not read a thousand rules once more.

It goes from a child to its parent through a file that only they know, and is never kept.
"""

from __future__ import annotations

import marshal
from collections.abc import Mapping, Sequence
from dataclasses import replace

from app.rules.definition import Pack
from app.rules.pack import LATELY, pack_key
from app.rules.plain_packs import examples_of, pack_of, plain_examples, plain_pack
from app.values.facts import EventKind
from app.values.pause import Pause, no_pause, paused


def passed_on(files: Mapping[str, str], packs: Sequence[Pack]) -> bytes:
    """Packs with their examples, as the files were read."""
    return marshal.dumps(
        [
            (
                pack_key(each.name, files, with_examples=False),
                pack_key(each.name, files, with_examples=True),
                marshal.dumps((plain_pack(each), plain_examples(each))),
            )
            for each in packs
        ]
    )


def take_over(passed: bytes, kinds: Mapping[str, EventKind], pause: Pause = no_pause) -> None:
    """Know these packs as if they had been read here, with their examples and without."""
    for bare, whole, plain in paused(marshal.loads(passed), pause):  # noqa: S302 - from our own child
        if LATELY.get(whole, kinds) is not None:
            continue
        rules, examples = marshal.loads(plain)  # noqa: S302 - a part of the same bytes
        pack = LATELY.get(bare, kinds) or pack_of(rules, kinds, pause)
        LATELY.put(bare, kinds, pack)
        LATELY.put(whole, kinds, replace(pack, examples=examples_of(examples, pause)))
