"""Reading a text closely: the listed words, beside them what constructions say, and both once more with emoji read."""

from __future__ import annotations

from collections.abc import Sequence

from app.text.beside import AnyMatcher
from app.text.constructions.openings import NOTHING, Opened, opened
from app.text.constructions.talk import talks
from app.text.constructions.wording import WORDLIST, Construction, asked
from app.text.folding_table import WALL
from app.text.match import Scan
from app.text.normalise import fold
from app.text.passage import Passage, TextField, read_together
from app.text.spoken_emoji import SPOKEN, read_aloud
from app.text.words import Context, Exemption
from app.values.deciding import Exempted, Hit, Verdict

MOST = 20
LONGEST = 20_000
_AROUND = 40
"""So far around a find, within its sentence, is looked for what excuses it."""


class _Find(NamedTuple):
    start: int
    end: int
    meant: Construction
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


def read_many_closely(matcher: AnyMatcher, many: Sequence[tuple[Sequence[TextField], Context]]) -> list[Scan]:
    """What `read_closely` gives for each, where the matcher looks through them together."""
    found = [_with_meant(matcher, scan, *each) for scan, each in zip(matcher.scan_many(many), many, strict=True)]
    return [_with_spoken(matcher, scan, *each) for scan, each in zip(found, many, strict=True)]


def _with_spoken(matcher: AnyMatcher, scan: Scan, fields: Sequence[TextField], context: Context) -> Scan:
    """What is found beside when emoji are read aloud: a hit where none of its category stands yet."""
    said = [read_aloud(field.text) for field in fields]
    if not any(said):
        return scan
    spoken = [replace(field, text=each or field.text) for field, each in zip(fields, said, strict=True)]
    heard = _with_meant(matcher, matcher.scan(spoken, context), spoken, context)
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


class Looked(NamedTuple):
    """Short texts looked through together: by the matcher, and of each what may stand in it, if anything does.

    ``spoken`` are the numbers of those with emoji that are read aloud.
    """

    matcher: AnyMatcher
    words: Any
    opened: Mapping[int, Opened]
    spoken: frozenset[int]

    @property
    def texts(self) -> Sequence[str]:
        """The folded texts."""
        folded: Sequence[str] = self.words.texts
        return folded

    @property
    def worth(self) -> set[int]:
        """Numbers of the texts in which anything may be found; in the others nothing is, whatever they belong to."""
        return {*self.words.worth, *(at for at, each in self.opened.items() if each.patterns), *self.spoken}

    @property
    def claiming(self) -> list[int]:
        """Numbers of the texts in which a sign of a claim, of the mix or of a sale may stand."""
        return [at for at, each in self.opened.items() if each.may_claim]

    def read(self, at: int, fields: Sequence[TextField], context: Context) -> Scan:
        """What `read_closely` gives for one of the texts."""
        scan = self.matcher.scan_looked(self.words, at, fields, context)
        scan = _with_meant(self.matcher, scan, fields, context, self.opened.get(at, NOTHING))
        return _with_spoken(self.matcher, scan, fields, context) if at in self.spoken else scan


def look_closely(matcher: AnyMatcher, texts: Sequence[str]) -> Looked:
    """Look through short texts, some hundred at once, for words and constructions."""
    words = matcher.look_through(texts)
    both = enumerate(zip(words.texts, texts, strict=True))
    found = {at: each for at, (folded, text) in both if (each := _opened(folded, (text,))) is not NOTHING}
    return Looked(matcher, words, found, frozenset(at for at, text in enumerate(texts) if read_aloud(text) is not None))


def _opened(folded: str, sent: Iterable[str]) -> Opened:
    """What may stand in a passage; of a longer one than is read nothing is known of its claims."""
    return opened(folded, sent) if len(folded) <= LONGEST else opened(folded[:LONGEST], ())._replace(may_claim=True)


def _with_meant(
    matcher: AnyMatcher,
    scan: Scan,
    fields: Sequence[TextField],
    context: Context,
    known: Opened | None = None,
) -> Scan:
    """The scan with what constructions say beside it; `known` is what may stand in the one text there is."""
    hits: list[Hit] = []
    may_claim = False
    for first, last in read_together(fields):
        text = scan.folded[first] if last - first == 1 else "".join(scan.folded[first:last])
        numbers, claims = _opened(text, [field.text for field in fields[first:last]]) if known is None else known
        may_claim = may_claim or claims
        if not numbers or len(hits) >= MOST:
            continue
        text = text[:LONGEST]
        finds = [each for each in _finds(text, numbers, context) if not _is_excused(each, scan, first)]
        if not finds:  # as nearly always: what a pattern needs stands there, and the pattern does not
            continue
        passage = Passage(text, fields[first:last], [fold(field.text) for field in fields[first:last]])
        hits += [_hit(passage, each) for each in finds[: MOST - len(hits)]]
    if not may_claim:
        scan = Scan(*scan[:-1], may_claim=False)
    added = [hit for hit in hits if not any(_says_it(other, hit) for other in scan.hits)] if hits else ()
    if not added:
        return scan
    added, exempted = _split(added, matcher.exemptions(context))
    order = {(field.name, field.segment): at for at, field in enumerate(fields)}
    both = sorted([*scan.hits, *added], key=lambda hit: (order[hit.field, hit.segment], hit.start, -hit.end))
    return scan._replace(hits=tuple(both), exempted=(*scan.exempted, *exempted))


def _overlap(one: Hit | Exempted, other: Hit | Exempted) -> bool:
    """Whether both stand in one place of one text and say the same of it."""
    same = (one.field, one.segment, one.category) == (other.field, other.segment, other.category)
    return same and one.start < other.end and other.start < one.end


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


def _finds(text: str, numbers: Sequence[int], context: Context) -> Iterator[_Find]:
    """One find of each construction in each sentence, unless its sentence excuses it."""
    every, sent = asked(), text.encode("utf-8", "replace")
    seen: set[tuple[str, int]] = set()
    for number in numbers:
        meant, pattern = every[number]
        if not meant.covers(context) or pattern.search(sent) is None or (meant.is_talked_of and talks(sent, context)):
            continue
        for match in pattern.finditer(text):
            start, end = match.span()
            begins = text.rfind(WALL, 0, start) + 1
            if (meant.name, begins) in seen or start == end:
                continue
            ends = text.find(WALL, end)
            ends = len(text) if ends < 0 else ends
            if meant.near is not None and meant.near.search(text[begins:ends]) is None:
                continue
            if meant.unless.search(text[max(begins, start - _AROUND) : min(ends + 1, end + _AROUND)]) is not None:
                continue
            seen.add((meant.name, begins))
            yield _Find(start, end, meant)


def _is_excused(find: _Find, scan: Scan, first: int) -> bool:
    """Whether a listed word stands inside that its own context excuses: the list knows better what it is there."""
    return any(start < find.end and find.start < end for start, end in scan.said.get(first, ()))


def _says_it(hit: Hit, added: Hit) -> bool:
    """Whether a listed word of the category stands in the same text at the place or right beside it."""
    same = hit.category == added.category and (hit.field, hit.segment) == (added.field, added.segment)
    return same and hit.start < added.end + _AROUND and added.start < hit.end + _AROUND


def _hit(passage: Passage, find: _Find) -> Hit:
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
        hidden_by=("split_over_segments",) * place.is_split,
        suggestion=find.meant.suggest,
        segment=place.field.segment,
        at_ms=place.field.at_ms,
    )
    """What `read_closely` gives for each; those of one short text are looked through together."""
    scans: list[Scan | None] = [None] * len(many)
    short = [at for at, (fields, _) in enumerate(many) if len(fields) == 1 and len(fields[0].text) <= SHORT]
    for begin in range(0, len(short), AT_ONCE):
        numbers = short[begin : begin + AT_ONCE]
        looked = look_closely(matcher, [many[at][0][0].text for at in numbers])
        for number, at in enumerate(numbers):
            scans[at] = looked.read(number, *many[at])
    return [read_closely(matcher, *many[at]) if scan is None else scan for at, scan in enumerate(scans)]
