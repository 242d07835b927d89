"""On the topics of the constructions, news, warnings, denials and shop talk pass, and what is meant is seen."""

from __future__ import annotations

from bench.judged import STOPPED, decide, read


def test_of_honest_texts_on_these_topics_at_most_one_in_two_hundred_is_stopped():
    lines = read("topics", "honest")

    stopped = [line.text for line in lines if decide(line).decision in STOPPED]

    assert len({line.text for line in lines}) == len(lines) >= 400
    assert len(stopped) <= len(lines) // 200, stopped


def test_what_a_host_means_without_a_listed_word_goes_to_a_person_and_is_never_blocked_by_a_construction():
    decided = [(line, decide(line)) for line in read("topics", "unlawful")]

    missed = [line.text for line, decision in decided if decision.decision not in STOPPED]
    hardened = [hit for _, said in decided for hit in said.hits if hit.wordlist == "constructions"]

    assert missed == []
    assert {hit.verdict.value for hit in hardened} == {"review"}
