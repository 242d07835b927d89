"""Which disguises does the matcher see through? Every shipped word, hidden in every way, in honest sentences.

The tricks come from sources the matcher does not use (see bench/tricks/), so a gap in its tables shows. A word counts
as found when a hit of it, or of another word of its category, lies over the place where it was planted. The same texts
go to plain pyahocorasick with the same words.

    python -m bench.evasion                      # the table
    python -m bench.evasion --show "one homophone" --show traditional   # with examples of what was missed
    python -m bench.evasion --json               # for a machine
    python -m bench.evasion --fast               # a sample, and fails when a bar is missed
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from random import Random

import ahocorasick

from app.flows.open_matcher import open_matcher
from app.settings import read_settings
from app.snapshots import content_id
from app.text.match import Context, Matcher, TextField
from app.text.personal_data import find_personal_data
from app.text.wordlist import load_wordlists
from app.values.deciding import Hit
from bench.tricks import contacts
from bench.tricks.carriers import SENTENCES, Text, planted, sentences_for
from bench.tricks.plant import Plant, plants_of
from bench.tricks.rows import FOLDED, ROWS, Row
from bench.tricks.tally import Tally, as_json, print_misses, print_table

FOLDER = Path(__file__).resolve().parents[1] / "wordlists"
AT = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
SEED = 20261125
LONG = 3
# Chinese characters from which on a word counts in the deep rows.
SENTENCES_EACH, CONTACTS_EACH = 3, 200
FAST_PLANTS, FAST_CONTACTS, FEW = 1_000, 60, 100
BARS = {row.name: row.bar for row in ROWS} | {
    f"contact: {name}": FOLDED if name in contacts.BARRED else None for name in contacts.rows()
}
"""The share each row must reach; None where it only informs."""


def measure(*, fast: bool = False) -> dict[str, Tally]:
    """Every row's tally by its name. The fast form takes a seeded sample of words, one sentence each."""
    matcher, plants = shipped()
    peer = peer_of(plants)
    return {row.name: measure_row(row, sample(plants, row, fast=fast), matcher, peer, fast=fast) for row in ROWS}


@cache
def shipped() -> tuple[Matcher, Sequence[Plant]]:
    """The matcher of the shipped lists, and all their words."""
    files = {path.name: path.read_text(encoding="utf-8") for path in sorted(FOLDER.iterdir())}
    matcher, _ = open_matcher(read_settings(os.environ), content_id("wordlists", files), files)
    return matcher, tuple(plants_of(load_wordlists(files)))


def sample(plants: Sequence[Plant], row: Row, *, fast: bool) -> Sequence[Plant]:
    """What the row is tried on; of those the trick changes, so that rows about Latin letters are not left empty."""
    if row.needs:
        plants = [p for p in plants if row.needs in (p.word.spell or p.wordlist.spell or ())]
    if not fast:
        return plants
    order = Random(f"{SEED} {row.name}").sample(plants, len(plants))
    changed = (plant for plant in order if row.name == "as written" or row.hide(plant, Random(0)) != plant.text)
    return [plant for plant, _ in zip(changed, range(FAST_PLANTS), strict=False)]


def measure_row(
    row: Row, plants: Sequence[Plant], matcher: Matcher, peer: ahocorasick.Automaton, *, fast: bool
) -> Tally:
    tally = Tally(is_applicable=bool(plants) or not row.needs)
    each = 1 if fast and len(plants) >= FEW else SENTENCES_EACH
    for plant in plants:
        counts = not row.is_deep or len(plant.han) >= LONG
        for text in hidden_texts(row, plant, each=each):
            hits = hits_for(matcher, text.text, plant)
            tally.wrong_offsets += sum(text.text[hit.start : hit.end] != hit.text for hit in hits)
            over = [hit for hit in hits if hit.start < text.end and hit.end > text.start]
            own = [hit for hit in over if (hit.wordlist, hit.word) == (plant.wordlist.name, plant.word.text)]
            is_found = bool(own) or any(hit.category == plant.wordlist.category for hit in over)
            if not counts:
                tally.short_total += 1
                tally.short_found += is_found
                continue
            tally.total += 1
            tally.found += is_found
            tally.peer += peer_finds(peer, text, plant.wordlist.category)
            if own and not (row.is_deep and plant.word.gaps):
                tally.own += 1
                tally.named += bool(own[0].hidden_by)
                tally.names.update(own[0].hidden_by)
                tally.unnamed += [] if own[0].hidden_by else [(plant.word.text, text.text)]
                tally.spilled += not text.start <= own[0].start < own[0].end <= text.end
            if not is_found:
                tally.misses.append((plant.word.text, text.text))
    return tally


def hidden_texts(row: Row, plant: Plant, *, each: int) -> Iterator[Text]:
    """The word hidden anew for each of some sentences; nothing where the trick cannot change it."""
    chance = Random(f"{SEED} {row.name} {plant.wordlist.name} {plant.text}")
    for sentence in sentences_for(plant.text, plant.allowed, chance, each):
        hidden = row.hide(plant, chance)
        if hidden != plant.text or row.name == "as written":
            yield planted(sentence, hidden, plant.text)


def hits_for(matcher: Matcher, text: str, plant: Plant) -> tuple[Hit, ...]:
    """The hits in a content that is in the scope of the planted word and of its list."""
    scopes = [scope for scope in (plant.word.where, plant.wordlist.where) if scope is not None]
    kind = next((min(scope.kinds.only) for scope in scopes if scope.kinds.only), "video_caption")
    shop = next((min(scope.shop_categories.only) for scope in scopes if scope.shop_categories.only), None)
    return hits_in(matcher, text, kind, shop)


def hits_in(matcher: Matcher, text: str, kind: str, shop: str | None) -> tuple[Hit, ...]:
    return matcher.scan((TextField("title", text),), Context(kind, AT, shop)).hits


def peer_of(plants: Sequence[Plant]) -> ahocorasick.Automaton:
    """Plain pyahocorasick with the words as written; those with gaps as written with the gap closed and filled."""
    automaton = ahocorasick.Automaton()
    for plant in plants:
        length, categories = automaton.get(plant.text, (len(plant.text), frozenset[str]()))
        automaton.add_word(plant.text, (length, categories | {plant.wordlist.category}))
    automaton.make_automaton()
    return automaton


def peer_finds(peer: ahocorasick.Automaton, text: Text, category: str) -> bool:
    return any(
        last >= text.start and last + 1 - length < text.end and category in categories
        for last, (length, categories) in peer.iter(text.text)
    )


def measure_contacts(*, fast: bool = False) -> dict[str, Tally]:
    """Contacts by the way they are hidden; found when one span covers the whole of what was planted."""
    tallies = {}
    for row in contacts.rows():
        tally = tallies[f"contact: {row}"] = Tally()
        for contact in contacts.contacts(row, count=FAST_CONTACTS if fast else CONTACTS_EACH):
            spans = find_personal_data(contact.text)
            tally.total += 1
            tally.kinds.update([contact.kind])
            if any(start <= contact.start and end >= contact.end for start, end, _ in spans):
                tally.found += 1
                tally.names.update([contact.kind])
            else:
                tally.misses.append((contact.kind, contact.text))
    return tallies


def honest_sentences_with_hits() -> list[str]:
    """Sentences that are hit without any word planted in them; there must be none."""
    matcher, _ = shipped()
    return [sentence for sentence in SENTENCES if hits_in(matcher, sentence.format(""), "video_caption", None)]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--fast", action="store_true", help="a sample of the words; exit 1 when a bar is missed")
    parser.add_argument("--json", action="store_true", help="the figures as JSON")
    parser.add_argument(
        "--show", action="append", default=[], metavar="ROW", help="a row's worst words; may be repeated"
    )
    asked = parser.parse_args()
    if unknown := set(asked.show) - BARS.keys():
        parser.error(f"no row is called {', '.join(sorted(unknown))}; the rows are {', '.join(BARS)}")
    if dishonest := honest_sentences_with_hits():
        parser.error(f"sentences that hold a listed word of their own: {dishonest}")
    began = time.process_time()
    tallies = measure(fast=asked.fast) | measure_contacts(fast=asked.fast)
    missed = [name for name, bar in BARS.items() if bar and tallies[name].share < bar]
    if asked.json:
        print(as_json(tallies, BARS))
    else:
        print_table(tallies, BARS)
        print(f"{time.process_time() - began:.0f} s of CPU")
    for name in asked.show:
        print_misses(name, tallies[name])
    return asked.fast and bool(missed)


if __name__ == "__main__":
    sys.exit(main())
