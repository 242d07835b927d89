"""What else one could match words with: each is built from words and gives back what runs a text through it.

None of them folds, so they see the words as written only; they are the price of matching alone.

| peer | what it finds |
|---|---|
| pyahocorasick, plain str | every occurrence; the measure of the ratios |
| ahocorasick_rs | every occurrence, overlapping ones too |
| flashtext2 | the longest words that do not overlap, between its own word bounds |
| hyperscan | every end of an occurrence, in UTF-8 bytes |
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib.util import find_spec

Run = Callable[[str], object]
Build = Callable[[Sequence[str]], Run]


def peers() -> dict[str, Build]:
    """Those that are installed here, by name; pyahocorasick first."""
    known = {
        "pyahocorasick, plain str": ("ahocorasick", _pyahocorasick),
        "ahocorasick_rs": ("ahocorasick_rs", _ahocorasick_rs),
        "flashtext2": ("flashtext2", _flashtext2),
        "hyperscan": ("hyperscan", _hyperscan),
    }
    return {name: build for name, (module, build) in known.items() if find_spec(module)}


def _pyahocorasick(words: Sequence[str]) -> Run:
    import ahocorasick

    automaton = ahocorasick.Automaton(ahocorasick.STORE_INTS)
    for number, word in enumerate(words):
        automaton.add_word(word, number)
    automaton.make_automaton()
    return lambda text: list(automaton.iter(text))


def _ahocorasick_rs(words: Sequence[str]) -> Run:
    import ahocorasick_rs

    automaton = ahocorasick_rs.AhoCorasick(words, store_patterns=False)
    return lambda text: automaton.find_matches_as_indexes(text, overlapping=True)


def _flashtext2(words: Sequence[str]) -> Run:
    import flashtext2

    processor = flashtext2.KeywordProcessor(case_sensitive=True)
    processor.add_keywords_from_iter(words)
    return processor.extract_keywords


def _hyperscan(words: Sequence[str]) -> Run:
    import hyperscan

    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    encoded = [word.encode() for word in words]
    # As literals: 64,000 words as expressions take an hour to build.
    database.compile(expressions=encoded, ids=list(range(len(encoded))), elements=len(encoded), flags=0, literal=True)
    found: list[tuple[int, int]] = []

    def note(number: int, _start: int, end: int, _flags: int, _context: object) -> None:
        found.append((number, end))

    def run(text: str) -> object:
        found.clear()
        database.scan(text.encode(), match_event_handler=note)
        return found

    return run
