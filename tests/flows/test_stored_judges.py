"""Judges of old snapshots are kept while they are asked for, and only a few."""

from __future__ import annotations

from app.flows.parts import StoredJudges


def test_a_judge_is_built_once_while_it_is_among_the_last_asked_for():
    built, judges = [], StoredJudges(most=2)

    def ask(rules_id):
        return judges.get(rules_id, "words", lambda: built.append(rules_id) or object())

    first = ask("a")
    ask("b")
    assert ask("a") is first
    ask("c")  # b was asked for longest ago

    assert ask("a") is first
    assert built == ["a", "b", "c"]
    ask("b")
    assert built == ["a", "b", "c", "b"]
