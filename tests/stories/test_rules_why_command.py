"""A rule author asks the folder why a text or some facts come out as they do, without a service."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from app.cli import main


@pytest.fixture
def weiheng(tmp_path, monkeypatch):
    monkeypatch.setenv("WEIHENG_DATA_DIR", str(tmp_path))
    return lambda *words: CliRunner().invoke(main, ["rules", "why", *map(str, words)])


def test_a_text_file_is_judged_and_every_rule_says_why(weiheng, tmp_path):
    (tmp_path / "caption.txt").write_text("改善睡眠的好茶，全网最佳", "utf-8")

    said = weiheng(tmp_path / "caption.txt", "--category", "tea").output

    assert said.startswith("裁决：拦截\n命中：最佳（absolute_terms，block）")
    assert said.index("S2-05 绝对化用语：触发") < said.index("S2-06b 保健食品缺少提示语：未触发，差 2 项")
    assert "✗ category in health_food_categories  ← 首先不成立" in said
    assert "health_food_categories = health_food、保健食品、保健品（law:广告法第十八条）" in said


def test_a_json_file_asks_like_the_http_call_and_rules_narrow_the_answer(weiheng, tmp_path):
    content = {"content_id": "v", "kind": "comment", "shop_id": "s", "text": "很好用"}
    (tmp_path / "question.json").write_text(json.dumps({"content": content}), "utf-8")

    said = weiheng(tmp_path / "question.json", "--rule", "S2-05", "--now", "2015-01-01T00:00:00+08:00").output

    assert "裁决：通过" in said
    assert "S2-05 绝对化用语：未生效\n  规则自 2015-09-01 起生效（北京时间）" in said
    assert "S2-06" not in said


def test_facts_are_asked_without_a_file(weiheng):
    facts = {"content_kind": "article", "msg_sec_check": {"suggest": "risky"}}

    said = weiheng("--facts", json.dumps(facts), "--rule", "S8-02a").output

    came_to = "内容安全接口的建议（msg_sec_check.suggest） = 有风险（risky）"
    assert said == (
        f"裁决：拦截\n\nS8-02a 内容安全接口判定有风险：触发\n  因为 {came_to}\n"
        f'  ✓ msg_sec_check.suggest == "risky"\n      {came_to}\n'
    )


def test_it_explains_in_english_on_request(weiheng):
    facts = {"content_kind": "article", "msg_sec_check": {"suggest": "risky"}}

    said = weiheng("--facts", json.dumps(facts), "--rule", "S8-02a", "--language", "en").output

    assert said.startswith(
        "Decision: block\n\nS8-02a 内容安全接口判定有风险: fired\n  Because msg sec check suggest is risky"
    )


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        ([], 2, "give a file or --facts"),
        (["--facts", "{"], 1, "--facts is not valid JSON"),
        (["--facts", "[]"], 1, "--facts is no JSON object"),
        (["--facts", '{"content_kind": "comment", "categry": "tea"}'], 1, "facts.categry: unknown fact"),
        (["--facts", "{}", "--on", "content.submitt"], 1, "kind: unknown"),
        (["--facts", "{}", "--now", "tomorrow"], 1, "now: "),
    ],
)
def test_a_wrong_question_is_refused_with_what_was_expected(weiheng, words, code, told):
    result = weiheng(*words)

    assert result.exit_code == code
    assert told in result.output


def test_a_snapshot_is_asked_of_a_service(weiheng, tmp_path):
    asked = {"kind": "content.submit", "facts": {}, "snapshot": {}}
    (tmp_path / "question.json").write_text(json.dumps(asked), "utf-8")

    result = weiheng(tmp_path / "question.json")

    assert (result.exit_code, "leave `snapshot` out" in result.output) == (2, True)
