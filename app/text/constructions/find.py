"""Reading a text closely: the listed words, beside them what constructions say, and both once more with emoji read."""

from __future__ import annotations

from collections.abc import Sequence

from app.text.beside import AnyMatcher
from app.text.constructions.look import look_closely
from app.text.constructions.meant import with_meant
from app.text.constructions.spoken import with_spoken
from app.text.match import SHORT, Scan
from app.text.passage import TextField
from app.text.together import AT_ONCE
from app.text.words import Context


def read_closely(matcher: AnyMatcher, fields: Sequence[TextField], context: Context) -> Scan:
    """What the matcher finds, and what constructions say beside it, in the order of fields and places."""

    def read(texts: Sequence[TextField]) -> Scan:
        return with_meant(matcher, matcher.scan(texts, context), texts, context)

    return with_spoken(read(fields), fields, read)


def read_words(matcher: AnyMatcher, fields: Sequence[TextField], context: Context) -> Scan:
    """What the matcher finds in the texts, and in them with emoji read: listed words alone."""

    def read(texts: Sequence[TextField]) -> Scan:
        return matcher.scan(texts, context)

    return with_spoken(read(fields), fields, read)


def read_many_closely(
    matcher: AnyMatcher, many: Sequence[tuple[Sequence[TextField], Context]], *, words_only: bool = False
) -> list[Scan]:
    """What `read_closely` gives for each, or `read_words`; those of one short text are looked through together."""
    scans: list[Scan | None] = [None] * len(many)
    short = [at for at, (fields, _) in enumerate(many) if len(fields) == 1 and len(fields[0].text) <= SHORT]
    for begin in range(0, len(short), AT_ONCE):
        numbers = short[begin : begin + AT_ONCE]
        some = [many[at] for at in numbers]
        texts, contexts = [fields[0].text for fields, _ in some], [context for _, context in some]
        looked = look_closely(matcher, texts, contexts, words_only=words_only)
        for number, at in enumerate(numbers):
            scans[at] = looked.read(number, *many[at])
    read = read_words if words_only else read_closely
    return [read(matcher, *many[at]) if scan is None else scan for at, scan in enumerate(scans)]
