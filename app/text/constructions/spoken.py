"""What is found beside when emoji are read aloud: a hit where none of its category stands yet, as it was sent."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from app.text.match import Scan
from app.text.passage import TextField
from app.text.spoken_emoji import SPOKEN, read_aloud
from app.values.deciding import Exempted, Hit


def with_spoken(scan: Scan, fields: Sequence[TextField], hear: Callable[[Sequence[TextField]], Scan]) -> Scan:
    """The scan with what ``hear`` finds in the fields read aloud, where any of them has emoji that are read."""
    said = [read_aloud(field.text) for field in fields]
    if not any(said):
        return scan
    heard = hear([replace(field, text=each or field.text) for field, each in zip(fields, said, strict=True)])
    return with_heard(scan, fields, heard)


def with_heard(scan: Scan, fields: Sequence[TextField], heard: Scan) -> Scan:
    """The scan of fields with what was found in them read aloud."""
    texts = {(field.name, field.segment): field.text for field in fields}
    before: list[Hit | Exempted] = [*scan.hits, *scan.exempted]

    def is_new(hit: Hit | Exempted) -> bool:
        return not any(_overlap(each, hit) for each in before)

    def as_sent(hit: Hit) -> Hit:
        text = texts[hit.field, hit.segment][hit.start : hit.end]
        return replace(hit, text=text, hidden_by=tuple(dict.fromkeys((*hit.hidden_by, SPOKEN))))

    added = [as_sent(hit) for hit in heard.hits if is_new(hit)]
    lawful = [each for each in heard.exempted if is_new(each)]
    if not added and not lawful:
        return scan
    order = {(field.name, field.segment): at for at, field in enumerate(fields)}
    both = sorted([*scan.hits, *added], key=lambda hit: (order[hit.field, hit.segment], hit.start, -hit.end))
    return scan._replace(hits=tuple(both), exempted=(*scan.exempted, *lawful), capped=scan.capped or heard.capped)


def _overlap(one: Hit | Exempted, other: Hit | Exempted) -> bool:
    """Whether both stand in one place of one text and say the same of it."""
    same = (one.field, one.segment, one.category) == (other.field, other.segment, other.category)
    return same and one.start < other.end and other.start < one.end
