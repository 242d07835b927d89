"""What constructions say beside the listed words of a text, as hits.

folded text ─ finds, as written and as meant ─ excused by a listed word? ─ hits, each place once

Where a word of the same category stands already, nothing is added: the word says it more exactly. A construction only
ever asks for a person; ``MOST`` are kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from app.text.beside import AnyMatcher
from app.text.constructions.finds import AROUND, LONGEST, Find, finds_among, may_stand
from app.text.constructions.seen_through import hidden_finds
from app.text.constructions.wording import WORDLIST
from app.text.match import Scan
from app.text.normalise import fold
from app.text.passage import Passage, TextField, read_together
from app.text.words import Context, Exemption
from app.values.deciding import Exempted, Hit, Verdict

MOST = 20


def with_meant(matcher: AnyMatcher, scan: Scan, fields: Sequence[TextField], context: Context) -> Scan:
    """The scan with what constructions say beside it."""
    hits: list[Hit] = []
    may_claim = False
    for first, last in read_together(fields):
        text = scan.folded[first] if last - first == 1 else "".join(scan.folded[first:last])
        numbers, claims = may_stand(text, [field.text for field in fields[first:last]])
        may_claim = may_claim or claims
        if len(hits) < MOST:
            text = text[:LONGEST]
            found = [find for _, find in finds_among(numbers, text, context)] if numbers else []
            found += hidden_finds(text, context, found)
            if found:
                hits += _hits(found, scan, first, text, fields[first:last], most=MOST - len(hits))
    return with_hits(matcher, scan, fields, context, hits, may_claim=may_claim)


def with_finds(
    matcher: AnyMatcher,
    scan: Scan,
    fields: Sequence[TextField],
    context: Context,
    finds: Sequence[Find],
    *,
    may_claim: bool,
) -> Scan:
    """As `with_meant`, of one text of which is known what constructions find in it."""
    hits = _hits(finds, scan, 0, scan.folded[0], fields, most=MOST) if finds else ()
    return with_hits(matcher, scan, fields, context, hits, may_claim=may_claim)


def _hits(
    found: Iterable[Find], scan: Scan, first: int, text: str, fields: Sequence[TextField], *, most: int
) -> list[Hit]:
    """Hits of what is found in the folded text of fields, of which `first` is the first one's number."""
    finds = [each for each in found if not _is_excused(each, scan, first)]
    if not finds:  # as nearly always: what a pattern needs stands there, and the pattern does not
        return []
    passage = _passage(text, fields)
    return [_hit(passage, each) for each in finds[:most]]


def with_hits(
    matcher: AnyMatcher,
    scan: Scan,
    fields: Sequence[TextField],
    context: Context,
    hits: Sequence[Hit],
    *,
    may_claim: bool,
) -> Scan:
    """The scan with the hits of constructions that its own do not say."""
    if not may_claim:
        scan = Scan(*scan[:-1], may_claim=False)
    added = [hit for hit in hits if not any(_says_it(other, hit) for other in scan.hits)] if hits else ()
    if not added:
        return scan
    added, exempted = _split(added, matcher.exemptions(context))
    order = {(field.name, field.segment): at for at, field in enumerate(fields)}
    both = sorted([*scan.hits, *added], key=lambda hit: (order[hit.field, hit.segment], hit.start, -hit.end))
    return scan._replace(hits=tuple(both), exempted=(*scan.exempted, *exempted))


def _passage(text: str, fields: Sequence[TextField]) -> Passage:
    return Passage(text, fields, lambda: [fold(field.text) for field in fields])


def _split(added: Sequence[Hit], exemptions: Sequence[Exemption]) -> tuple[list[Hit], list[Exempted]]:
    """What counts, and what is lawful for the shop. An exemption that asks for a phrase around a word covers none."""
    counted: list[Hit] = []
    exempted: list[Exempted] = []
    for hit in added:
        key = WORDLIST, hit.word
        lawful = next((each for each in exemptions if key in each.words and not each.within), None)
        if lawful is None:
            counted.append(hit)
        else:
            exempted.append(_exempted(hit, lawful))
    return counted, exempted


def _exempted(hit: Hit, exemption: Exemption) -> Exempted:
    return Exempted(
        field=hit.field,
        start=hit.start,
        end=hit.end,
        text=hit.text,
        word=hit.word,
        wordlist=hit.wordlist,
        category=hit.category,
        reason=exemption.reason,
        valid_to=exemption.last_day,
        segment=hit.segment,
        at_ms=hit.at_ms,
    )


def _is_excused(find: Find, scan: Scan, first: int) -> bool:
    """Whether a listed word stands inside that its own context excuses: the list knows better what it is there."""
    return any(start < find.end and find.start < end for start, end in scan.said.get(first, ()))


def _says_it(hit: Hit, added: Hit) -> bool:
    """Whether a listed word of the category stands in the same text at the place or right beside it."""
    same = hit.category == added.category and (hit.field, hit.segment) == (added.field, added.segment)
    return same and hit.start < added.end + AROUND and added.start < hit.end + AROUND


def _hit(passage: Passage, find: Find) -> Hit:
    place = passage.place(find.start, find.end)
    return Hit(
        field=place.field.name,
        start=place.start,
        end=place.end,
        text=place.field.text[place.start : place.end],
        word=find.meant.title,
        category=find.meant.category,
        wordlist=WORDLIST,
        verdict=Verdict.REVIEW,
        source=find.meant.source,
        hidden_by=(*(trick.label for trick in find.tricks), *("split_over_segments",) * place.is_split),
        suggestion=find.meant.suggest,
        segment=place.field.segment,
        at_ms=place.field.at_ms,
    )
