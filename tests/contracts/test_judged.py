"""Texts as sellers write them: honest ones are let alone, unlawful ones are seen; made as bench/judged.py says."""

from __future__ import annotations

import pytest

from app.values.deciding import Verdict
from bench.judged import STOPPED, decide, read

BARS = [("judged", 0.01, 0.95), ("fresh", 0.04, 0.90)]


@pytest.mark.parametrize(("sample", "most", "least"), BARS, ids=[each[0] for each in BARS])
def test_honest_texts_are_let_alone_and_unlawful_ones_are_seen(sample, most, least) -> None:
    honest, unlawful = read(sample, "honest"), read(sample, "unlawful")

    stopped = sum(decide(line).decision in STOPPED for line in honest)
    seen = sum(decide(line).decision in STOPPED for line in unlawful)

    assert stopped <= most * len(honest)
    assert seen >= least * len(unlawful)


def test_no_honest_text_of_the_open_sample_is_blocked() -> None:
    assert [line.text for line in read("judged", "honest") if decide(line).decision is Verdict.BLOCK] == []


def test_no_text_is_in_both_samples_or_twice() -> None:
    texts = [
        line.text for sample in ("judged", "fresh") for side in ("honest", "unlawful") for line in read(sample, side)
    ]

    assert len(texts) == len(set(texts)) > 700
