"""Transcripts: three formats read alike, and what is wrong is said with its line."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.errors import InvalidInput
from app.live.transcripts import read_transcript

BEGIN = datetime(2026, 11, 23, 12, tzinfo=UTC)
SRT = "1\r\n00:00:01,500 --> 00:00:02,000\r\n大家好\r\n\r\n2\r\n01:00:02,000 --> 01:00:03,000\r\n今天\r\n讲羊毛衫\r\n"
VTT = (
    "WEBVTT\n\nNOTE made up\n\n00:01.500 --> 00:02.000 align:start\n<v 主播A>大家好\n\n"
    "x\n01:00:02.000 --> 01:00:03.000\n今天\n讲羊毛衫\n"
)
JSONL = (
    '{"at_ms": 1500, "text": "大家好"}\n\n'
    '{"sequence": 7, "at": "2026-11-23T13:00:02+00:00", "text": "今天", "speaker": "b"}\n'
)


@pytest.mark.parametrize(
    ("text", "suffix"), [(SRT, ".srt"), (VTT, ".vtt"), ("\ufeff" + SRT, ".srt"), (JSONL, ".jsonl")]
)
def test_utterances_have_their_time_from_the_start(text, suffix):
    first, second = read_transcript(text, suffix, name="a", begins_at=BEGIN)

    assert (first.text, first.at) == ("大家好", BEGIN + timedelta(seconds=1.5))
    assert second.at == BEGIN + timedelta(hours=1, seconds=2)
    assert second.text.startswith("今天")


def test_voices_and_numbers_are_kept():
    assert read_transcript(VTT, ".vtt", name="a", begins_at=BEGIN)[0].speaker == "主播A"
    assert [each.sequence for each in read_transcript(JSONL, ".jsonl", name="a", begins_at=BEGIN)] == [0, 7]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("not json", "is no JSON"),
        ('{"at_ms": 1}', "has no text"),
        ('{"text": "a"}', "does not say when"),
        ('{"text": "a", "at": "2026-11-23T13:00:02"}', "does not say when"),
        ('{"text": "a", "at_ms": 1, "sequence": -1}', "has the sequence"),
        ('{"text": "a", "at_ms": 1, "speaker": 3}', "speaker"),
    ],
)
def test_a_wrong_line_is_named(line, expected):
    with pytest.raises(InvalidInput) as error:
        read_transcript('{"at_ms": 0, "text": "好"}\n' + line, ".jsonl", name="a.jsonl", begins_at=BEGIN)

    assert error.value.problems[0].field == "a.jsonl:2"
    assert expected in error.value.problems[0].problem


@pytest.mark.parametrize(("text", "suffix"), [("", ".jsonl"), ("WEBVTT\n", ".vtt"), ("只是文字", ".srt")])
def test_a_file_in_which_nothing_is_said_is_refused(text, suffix):
    with pytest.raises(InvalidInput):
        read_transcript(text, suffix, name="a", begins_at=BEGIN)
