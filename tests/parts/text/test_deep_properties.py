"""At the deepest look both engines say the same of any text, every hit is where it says, and guesses stay guesses."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from app.text.match import Context, TextField, build_matcher
from app.text.spellings import Trick
from app.text.wordlist import load_wordlists
from app.values.deciding import Verdict
from tests.parts.text.wordlist_files import AT, ENGINES, HEAD, files_of

# Homophones and look-alikes of each other, parts of 信 and 加, and a rare character.
HAN = "微薇徽信心新加家嘉亻言力口喦"
PARTS = st.text(st.sampled_from(HAN), min_size=1, max_size=3)
GAPS = st.sampled_from(["{0,2}", "{1,3}"])
PLAIN = st.text(st.sampled_from(HAN[:9]), min_size=3, max_size=5)
GAPPED = st.builds("{}{}{}".format, PARTS, GAPS, st.text(st.sampled_from(HAN[:9]), min_size=2, max_size=3))
LINES = st.builds(
    "{}{}".format,
    PLAIN | PLAIN | GAPPED,
    st.sampled_from(
        ["", "", " | edges: word", " | match: sound", " | match: fold", " | spell: initials", " | allow: ~号"]
    ),
)
LISTS = st.lists(LINES, min_size=1, max_size=6, unique_by=lambda line: line.partition(" ")[0])
PIECES = st.sampled_from(
    [*HAN, *HAN, "微微", "信信", "加加", "a", "1", "号", " ", "*", "。", "，", "\n", "wei", "xin", "jia"]
)
TEXTS = st.lists(st.lists(PIECES, max_size=25).map("".join), min_size=1, max_size=3)
GUESSES = {trick.label for trick in Trick if trick.is_guess}


def hidden(word: str, change: Sequence[str]) -> str:
    """The word's literal letters, some of them replaced by what `change` has at their place."""
    letters = [char for char in word.partition(" ")[0] if char in HAN]
    return "".join(new or old for old, new in zip(letters, change, strict=False))


@settings(max_examples=250, deadline=None)
@given(LISTS, LISTS, TEXTS, st.lists(st.sampled_from(["", "", "", *HAN]), min_size=6, max_size=6), st.booleans())
def test_each_engine_is_the_others_oracle_at_the_deepest_look(some, others, texts, change, are_segments) -> None:
    head = HEAD.replace("review", "block") + "# match: shape\n"
    lists = load_wordlists(files_of(head + "\n".join(some), head + "\n".join(others)))
    texts = [*texts, hidden(some[0], change)]
    fields = [
        TextField("segments" if are_segments else f"f{i}", text, segment=i if are_segments else None)
        for i, text in enumerate(texts)
    ]

    one, other = (build_matcher(lists, engine=engine).scan(fields, Context("x", AT)) for engine in ENGINES)

    assert one == other
    for hit in one.hits:
        text = texts[hit.segment] if hit.segment is not None else texts[int(hit.field[1:])]
        assert text[hit.start : hit.end] == hit.text
        assert hit.start < hit.end
        assert hit.verdict is (Verdict.REVIEW if GUESSES & set(hit.hidden_by) else Verdict.BLOCK)
