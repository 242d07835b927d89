"""A large matcher and a small one read as one, so that a single urgent word needs no new large one.

Lists do not know of each other but for one thing: a guess of one is dropped where a word of another surely stands.
Beside each other such a guess stays, and goes to a person.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import NamedTuple

from app.text.match import Looked, Matcher, Scan
from app.text.normalise import fold
from app.text.passage import TextField
from app.text.words import Context, Exemption
from app.values.deciding import Exempted, Hit


class LookedBeside(NamedTuple):
    """What both have looked through; `worth` names the texts in which either found something."""

    texts: Sequence[str]
    worth: Mapping[int, object]
    large: Looked
    small: Looked


class Beside:
    """Two matchers with the promises of one."""

    def __init__(self, large: Matcher, small: Matcher) -> None:
        self.engine = large.engine
        self.words = large.words + small.words
        self._both = (large, small)

    def scan(self, fields: Sequence[TextField], context: Context) -> Scan:
        """Find the words of both, as `Matcher.scan` does."""
        folds = [fold(field.text) for field in fields]
        large, small = (each.scan(fields, context, folds=folds) for each in self._both)
        return _merged(fields, large, small)

    def look_through(self, texts: Sequence[str]) -> LookedBeside:
        """As `Matcher.look_through`."""
        large, small = (each.look_through(texts) for each in self._both)
        return LookedBeside(large.texts, dict.fromkeys((*large.worth, *small.worth)), large, small)

    def scan_looked(self, looked: LookedBeside, at: int, fields: Sequence[TextField], context: Context) -> Scan:
        """As `Matcher.scan_looked`."""
        large, small = self._both
        return _merged(
            fields,
            large.scan_looked(looked.large, at, fields, context),
            small.scan_looked(looked.small, at, fields, context),
        )

    @property
    def reach(self) -> int:
        """As `Matcher.reach`."""
        return max(each.reach for each in self._both)

    def speaks_of(self, shop: str) -> bool:
        """As `Matcher.speaks_of`."""
        return any(each.speaks_of(shop) for each in self._both)

    def exemptions(self, context: Context) -> Sequence[Exemption]:
        """As `Matcher.exemptions`."""
        return [*self._both[0].exemptions(context), *self._both[1].exemptions(context)]


def _merged(fields: Sequence[TextField], large: Scan, small: Scan) -> Scan:
    said = {at: large.said.get(at, frozenset()) | small.said.get(at, frozenset()) for at in {*large.said, *small.said}}
    if not small.hits and not small.exempted:
        return large._replace(said=said)
    order = {(field.name, field.segment): at for at, field in enumerate(fields)}

    def place(found: Hit | Exempted) -> tuple[int, int, int]:
        return order[found.field, found.segment], found.start, -found.end

    hits = sorted(chain(large.hits, small.hits), key=place)
    exempted = sorted(chain(large.exempted, small.exempted), key=place)
    return Scan(tuple(hits), large.capped or small.capped, large.folded, tuple(exempted), said)


AnyMatcher = Matcher | Beside
"""What a judge looks for words with."""
