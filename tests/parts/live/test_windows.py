"""A room's window: bounded, in order, and honest about what it no longer remembers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from app.aggregates.past.engagements import spread
from app.events.kinds.recommend_config import combined_boost_bp
from app.live.corrections import corrected
from app.live.window import AROUND, KEPT, KEPT_CHARS, OpenFlag, Utterance, Window, beside, remembered, runs
from app.live.windows import Windows

AT = datetime(2026, 11, 23, 12, tzinfo=UTC)


def said(sequence, text="好", *, seconds=0.0, speaker=""):
    return Utterance(sequence, AT + timedelta(seconds=seconds), text, speaker)


def test_a_window_keeps_the_last_utterances_whatever_order_they_come_in():
    tail = remembered(said(number) for number in reversed(range(200)))

    assert [each.sequence for each in tail] == list(range(200 - KEPT, 200))


def test_long_utterances_shorten_the_window_but_never_below_the_neighbours():
    tail = remembered(said(number, "长" * 1_000) for number in range(100))

    assert AROUND <= len(tail) <= AROUND + KEPT_CHARS // 1_000 + 1


def test_neighbours_are_counted_not_measured_by_their_numbers():
    spread_out = [said(number * 1_000) for number in range(40)]

    near = beside(spread_out, 20_000, 20_000)

    assert [each.sequence for each in near] == [number * 1_000 for number in range(20 - AROUND, 21 + AROUND)]


def test_neighbours_that_say_much_are_enough_and_words_of_another_voice_count_for_nothing():
    talk = [said(number, "说" * 30, speaker="guest" if number % 2 else "") for number in range(40)]

    near = beside(talk, 20, 20)

    assert [each.sequence for each in near] == list(range(14, 26 + 1))  # three of the own voice on either side


def test_a_word_that_reaches_far_has_as_many_neighbours_read():
    talk = [said(number, "说" * 30) for number in range(40)]

    assert len(beside(talk, 20, 20)) == 1 + 2 * 3
    assert len(beside(talk, 20, 20, reach=200)) == 1 + 2 * 7
    assert len(beside(talk, 20, 20, reach=9_000)) == 1 + 2 * AROUND


def test_what_came_before_the_window_is_not_read_from_it():
    tail = tuple(said(number) for number in range(100, 100 + KEPT))
    window = Window(1, 100 + KEPT - 1, tail, is_whole=False)

    assert window.reaches(200)
    assert window.reaches(100 + AROUND)
    assert not window.reaches(100 + AROUND - 1)
    assert not window.reaches(3)
    assert Window(1, 2, tail[:3], is_whole=True).reaches(3)


def test_runs_end_at_another_voice_and_at_a_silence():
    line = [said(0), said(1, seconds=8), said(2, seconds=16.1), said(3, seconds=16.2, speaker="b")]

    assert [[each.sequence for each in run] for run in runs(line)] == [[0, 1], [2], [3]]


def test_rooms_heard_long_ago_are_forgotten_and_an_older_window_replaces_no_newer_one():
    windows = Windows(most=3)
    for number in range(5):
        windows.put(("s", f"r-{number}"), Window(version=2))
    windows.put(("s", "r-4"), Window(version=1))

    assert len(windows) == 3
    assert windows.get(("s", "r-0")) is None
    assert windows.get(("s", "r-4")).version == 2


def flag(**more):
    values = {"flag_id": "f", "sequence": 0, "said_at": AT, "word": "国家级", "sentence": "这是国家级的技术"}
    return OpenFlag(**values | {"until": AT + timedelta(seconds=60)} | more)


def mended(*texts, seconds=10, flags=None, phrases=("更正", "说错")):
    line = [said(1 + index, text, seconds=seconds) for index, text in enumerate(texts)]
    found = corrected(flags or [flag()], line, frozenset(each.sequence for each in line), phrases)
    return [each.flag_id for each, _ in found]


def test_a_correction_names_the_word_or_repeats_its_sentence_or_points_back_at_the_only_one():
    assert mended("更正", "不是国家级") == ["f"]
    assert mended("刚才说错了") == ["f"]
    assert mended("更正一下那个技术是普通的") == ["f"]
    assert mended("刚才说错了", flags=[flag(), flag(flag_id="g")]) == []


def test_a_phrase_denied_late_or_about_something_else_mends_nothing():
    assert mended("我没说错国家级") == []
    assert mended("更正一下价格") == []
    assert mended("更正不是国家级", seconds=60) == ["f"]
    assert mended("更正不是国家级", seconds=60.001) == []
    assert mended("国家级") == []


def test_factors_multiply_and_a_fraction_never_hides_a_breach():
    def boost(*values):
        return combined_boost_bp([{"on": "x", "boost_bp": value} for value in values])

    assert boost() == 0
    assert boost(2000, 1000) == 3200
    assert boost(1, 1) == 3  # 2.0001 bp, rounded up
    assert boost(-10_000, 5000) == -10_000
    assert boost(*[10**9] * 200) == 10**12


def test_mean_and_deviation_are_those_of_statistics_in_thousandths():
    assert spread([2, 4, 4, 4, 5, 5, 7, 9]) == (5000, 2000)
    assert spread([3, 3, 3]) == (3000, 0)
