"""``weiheng live replay``, and how few honest utterances the shipped lists stop."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from app.cli import main
from app.flows.replay_speech import replay_speech
from app.live.window import Utterance

HONEST = Path(__file__).resolve().parents[2] / "app/text/data/honest_live_speech.tsv"
AT = datetime(2026, 11, 23, 12, tzinfo=UTC)
SRT = """1
00:00:01,000 --> 00:00:02,000
这是国家

2
00:00:02,500 --> 00:00:03,000
级的技术

3
00:00:20,000 --> 00:00:21,000
刚才说错了不是国家级

4
00:02:00,000 --> 00:02:02,000
输了学狗叫
"""


def spoken(texts, every_s=2):
    return [Utterance(number, AT + timedelta(seconds=every_s * number), text) for number, text in enumerate(texts)]


def test_hardly_an_honest_utterance_is_flagged(judge):
    lines = [line.split("\t")[1] for line in HONEST.read_text("utf-8").splitlines() if not line.startswith("# ")]

    found = replay_speech(judge, spoken(lines), shop_id="shop-1", category=None)

    assert len(set(lines)) == len(lines) >= 200
    assert len(found) <= len(lines) * 15 // 1000, [(each.hit.hit.word, each.hit.sentence) for each in found]
    assert [each.hit.hit.word for each in found if each.decision == "block"] == []


@pytest.mark.parametrize(
    ("texts", "words"),
    [
        (["输了的人", "学狗", "叫三声"], ["输了{0,6}学狗"]),
        (["今天输", "了喝一瓶", "白酒"], ["输了喝一瓶"]),
        (["同行全", "是骗", "子"], ["同行全是骗子"]),
        (["输了脱", "一件"], ["输了脱"]),
        (["窒息", "挑战开始"], ["窒息挑战"]),
        (["谁输谁", "喝"], ["谁输谁喝"]),
    ],
)
def test_bad_penalties_and_disparagement_are_heard_over_any_cut(judge, texts, words):
    found = replay_speech(judge, spoken(texts, every_s=1), shop_id="shop-1", category=None)

    assert {each.hit.hit.word for each in found} >= set(words)


def test_the_command_says_what_was_flagged_and_what_was_set_right(tmp_path):
    file = tmp_path / "live.srt"
    file.write_text(SRT, "utf-8")

    plain = CliRunner().invoke(main, ["live", "replay", str(file)])
    found = CliRunner().invoke(main, ["live", "replay", str(file), "--json"])

    assert plain.exit_code == 0, plain.output
    assert "0:00:00 block  absolute_terms 国家级 [S8-07c] · set right in time" in plain.output
    assert plain.output.splitlines()[-1].startswith("4 utterances · ")
    assert "0 not set right" in plain.output
    hits = [json.loads(line) for line in found.output.splitlines()]
    assert [(hit["word"], hit["correction"], hit["repeated"]) for hit in hits[:2]] == [
        ("国家级", "met", False),
        ("国家级", None, True),
    ]


@pytest.mark.parametrize(("name", "text", "code"), [("a.txt", "好", 2), ("a.jsonl", "{}", 1), ("a.srt", "", 1)])
def test_a_file_that_cannot_be_replayed_is_refused(tmp_path, name, text, code):
    file = tmp_path / name
    file.write_text(text, "utf-8")

    answer = CliRunner().invoke(main, ["live", "replay", str(file)])

    assert answer.exit_code == code
    assert name in answer.output or "must end in" in answer.output
