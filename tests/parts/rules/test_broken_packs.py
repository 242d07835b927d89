"""Every kind of mistake is told with file and line (in an expression the column), what was expected, what was meant."""

from __future__ import annotations

import pytest
from sample_pack import KINDS, pack_files

from app.errors import BadDefinition
from app.rules.engine import build_engine
from app.rules.examples import run_examples
from app.rules.pack import load_packs
from app.snapshots import read_folder

PACK, EXAMPLES = "orders/pack.yaml", "orders/examples.yaml"
FIRES, QUIET = "{name: 有, facts: {paid_fen: 5001}}", "{name: 无, facts: {paid_fen: 5000}}"
PAYS = "[block, {compensate: {cause: late, amount_fen: AMOUNT}}]"


def told(files):
    """Every problem of loading, or of the examples when the packs load."""
    try:
        packs = load_packs(files, kinds=KINDS)
    except BadDefinition as error:
        return [str(problem) for problem in error.problems]
    engine = build_engine(packs, KINDS, evaluator="python")
    return [str(problem) for problem in run_examples(packs, engine)]


def changed(old, new):
    return pack_files(change={old: new})


def when(text):
    return pack_files(text)


def then(text):
    return pack_files(then=text)


def whole(text):
    return pack_files() | {PACK: text}


def example(new):
    return changed(FIRES, new)


DAY = "a day of the calendar such as 2026-02-01"
RULE_KEYS = "id, title, on, status, effective, references, when, then, reason, remedy, missing, share, band, note"
INDENT = "the same indentation as the entries above"
CASES = [
    # keys
    (changed("owner:", "ownr:"), "3: unknown key 'ownr' (expected 'owner', did you mean that?)"),
    (changed("when: ", "wen: "), "19: unknown key 'rules.0.wen' (expected 'when', did you mean that?)"),
    (
        changed("review_by:", "review:"),
        "17: unknown key 'rules.0.effective.review' (expected 'review_by', did you mean",
    ),
    (
        changed("title: 迟延", "title: 迟延\n    cap: 3"),
        f"15: unknown key 'rules.0.cap' (expected one of {RULE_KEYS})",
    ),
    (
        changed("    reason: 迟延发货\n", ""),
        "13: 'rules.0.reason' is missing (expected the key 'reason': The Chinese sentence",
    ),
    (
        changed("quiet:", "quite:"),
        "examples.yaml:5: unknown key 'examples.T1-01.quite' (expected 'quiet', did you mean",
    ),
    (
        example("{name: 有, fact: {}}"),
        "examples.yaml:4: unknown key 'examples.T1-01.fires.0.fact' (expected 'facts', did",
    ),
    # types
    (changed("title: 迟延", "title: [迟延]"), "14: 'rules.0.title' has the wrong value (expected a text)"),
    (then("block"), "20: 'rules.0.then' has the wrong value (expected a list)"),
    (then("[5]"), "20: 'rules.0.then.0' has the wrong value (expected a text or a mapping)"),
    (
        whole("- a\n"),
        "1: 'the file' has the wrong value (expected a mapping with pack, title, owner, references, param",
    ),
    (
        whole(""),
        "1: 'the file' has the wrong value (expected a mapping with pack, title, owner, references, parameters",
    ),
    (
        changed("references: [law]", "references: []"),
        "18: 'rules.0.references' has the wrong value (expected at least one",
    ),
    (
        changed("title: 迟延", f"title: {'长' * 501}"),
        "14: 'rules.0.title' has the wrong value (expected at most 500 letters)",
    ),
    (
        changed("id: T1-01", "id: T1_01"),
        "13: 'rules.0.id' has the wrong value (expected an id such as S8-40 or S8-02a)",
    ),
    (
        changed("rate_bp:", "Rate:"),
        "8: 'parameters.Rate' cannot be a name here (expected a name of small letters, digits",
    ),
    (
        changed("status: live", "status: lve"),
        "16: 'rules.0.status' has the wrong value (expected 'live', did you mean that?)",
    ),
    # numbers, dates, units
    (
        changed("default: 5000", "default: 50.5"),
        "10: the default '50.5' does not fit the unit fen (expected a whole number of",
    ),
    (
        changed("default: 5000", "default: 1000000000000001"),
        "10: 'parameters.cap_fen.default' has the wrong value (expected a n",
    ),
    (
        changed("default: 500, unit: bp", "default: yes, unit: flag"),
        "8: the default 'yes' does not fit the unit flag (expected true",
    ),
    (
        changed("unit: bp", "unit: bq"),
        "8: 'parameters.rate_bp.unit' has the wrong value (expected fen, bp, count, seconds",
    ),
    (
        changed("from: 2026-01-01", "from: 2026-13-01"),
        f"17: 'rules.0.effective.from' has the wrong value (expected {DAY})",
    ),
    (
        changed("from: 2026-01-01", "from: 20260101"),
        f"17: 'rules.0.effective.from' has the wrong value (expected {DAY})",
    ),
    (
        changed("review_by: 2027-01-01", "review_by: 2026-01-01"),
        "17: the rule has to be reviewed before it begins (expected",
    ),
    # names that do not exist
    (
        changed("on: order.overdue", "on: order.overdu"),
        "15: unknown event kind 'order.overdu' (expected 'order.overdue', did you",
    ),
    (
        changed("on: order.overdue", "on: [order.overdue, order.overdue]"),
        "15: the event kind 'order.overdue' stands twice",
    ),
    (
        changed("references: [law]", "references: [lwa]"),
        "18: unknown reference 'lwa' (expected 'law', did you mean that?)",
    ),
    (
        changed("references: [law]", "references: [law, law]"),
        "18: the reference 'law' stands twice (expected each reference once",
    ),
    (then("[blcok]"), "20: unknown decision 'blcok' (expected 'block', did you mean that?)"),
    (then("[{compnsate: {}}]"), "20: unknown decision 'compnsate' (expected 'compensate', did you mean that?)"),
    (then("[{compensate: {amount_fen: cap_fen}}]"), "20: compensate lacks 'cause' (expected cause, amount_fen)"),
    # expressions, with their column
    (
        when("paid_fem > cap_fen"),
        "19:11: when: unknown name 'paid_fem' for order.overdue (expected 'paid_fen', did you mean",
    ),
    (
        when("paid_fen > cap_fem"),
        "19:22: when: unknown name 'cap_fem' for order.overdue (expected 'cap_fen', did you mean",
    ),
    (when("lenn(tags) > 1"), "19:11: when: unknown function 'lenn' (expected 'len', did you mean that?)"),
    (
        when("paid_fen > rate_bp"),
        "19:11: when: compares different units: fen against bp (expected bp are parts of 10000",
    ),
    (
        when("paid_fen > 1.5"),
        "19:22: when: 1.5 is not part of the language (expected whole numbers: money in fen, ratios in b",
    ),
    (when("paid_fen > 500"), "19:22: when: the threshold 500 has no name (expected a parameter with its origin)"),
    (when("channel == 'h55'"), "19:11: when: 'channel' is never 'h55' (expected 'h5', did you mean that?)"),
    (when("paid_fen = cap_fen"), "19:20: when: cannot be read: invalid syntax (expected == to compare)"),
    (when('"is_spot && is_spot"'), "19:21: when: cannot be read: invalid syntax (expected and)"),
    (when("paid_fen >"), "19:21: when: cannot be read: invalid syntax (expected something after that)"),
    (when("\"matches(note, '(')\""), "19:26: when: the pattern does not compile: missing ): ( (expected RE2 syntax)"),
    (when("paid_fen // 0 > cap_fen"), "19:11: when: divides by zero (expected a divisor that is not zero)"),
    (
        when("paid_fen is None"),
        "19:11: when: 'paid_fen' is never None: absent means refused (expected a nullable fact)",
    ),
    (when("cap_fen > 1"), "19:11: when: asks nothing of the event (expected a fact or now)"),
    (then(PAYS.replace("AMOUNT", "rate_bp")), "20:58: compensate.amount_fen: is in bp (expected an amount in fen)"),
    (
        then(PAYS.replace("AMOUNT", "'paid_fen + cap_fem'")),
        "20:70: compensate.amount_fen: unknown name 'cap_fem' for order.ov",
    ),
    # YAML that is none, or too much of it
    (
        changed("title: 订单", "title: &a 订单"),
        "2: anchors and aliases are not allowed (expected the value written out)",
    ),
    (
        whole("a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n"),
        "1: anchors and aliases are not allowed (expected the value w",
    ),
    (
        changed("title: 订单", "title: !!str 订单"),
        "2: the tag tag:yaml.org,2002:str is not allowed (expected plain values)",
    ),
    (whole("a: " + "[" * 30 + "]" * 30), "1: nested too deeply (expected at most 20 levels)"),
    (changed("title: 订单", "title: 订单\ntitle: 订单"), "3: the key 'title' stands twice (expected each key once)"),
    (
        changed("    status: live", "\tstatus: live"),
        "16:1: not YAML: found a tab character that violates indentation in what beg",
    ),
    (
        changed("    status: live", "   status: live"),
        "16:4: not YAML: did not find expected '-' indicator in what begins",
    ),
    (
        changed("references: [law]", "references: [law"),
        "19:9: not YAML: did not find expected ',' or ']' in what begins in line 18",
    ),
    (
        changed("reason: 迟延发货", "reason: 迟延: 发货"),
        "21:15: not YAML: mapping values are not allowed in this context (expected",
    ),
    (
        changed("title: 订单", "title: 订\x00单"),
        "2:9: not YAML: U+0000 is not allowed (expected a text without control characters)",
    ),
    (
        changed("title: 订单", "title: 订\ud800单"),
        "2:9: not YAML: U+D800 is not allowed (expected a text without control characters)",
    ),
    (changed("title: 订单", "title: 订单\n---\nx: 1"), "3: a second document (expected one document a file)"),
    # examples
    (
        changed("  T1-01:\n", "  T1-02:\n"),
        "examples.yaml:2: examples of the unknown rule 'T1-02' (expected 'T1-01', did you mean",
    ),
    (
        changed(f"    quiet:\n      - {QUIET}\n", ""),
        "pack.yaml:13: the rule T1-01 has no example under 'quiet' (expected at",
    ),
    (
        example("{name: 有, facts: {paid_fem: 1}}"),
        "examples.yaml:4: unknown fact 'paid_fem' (expected 'paid_fen', did you",
    ),
    (
        example("{name: 有, facts: {order: {cancelled_at: 2026-06-01T00:00:00+08:00}}}"),
        "examples.yaml:4: unknown fact 'order' (expected its members by their dotted names, such as order.deadline_at",
    ),
    (
        example("{name: 有, facts: {paid_fen: '1'}}"),
        "examples.yaml:4: the fact 'paid_fen' has the wrong value (expected a who",
    ),
    (
        example("{name: 有, facts: {channel: web}}"),
        "examples.yaml:4: the fact 'channel' has the wrong value (expected h5, min",
    ),
    (
        example("{name: 有, facts: {lines: [{skuu: a}]}}"),
        "examples.yaml:4: the fact 'lines' has the wrong value (expected no 'sk",
    ),
    (
        example("{name: 有, facts: {lines: [{sku: 1}]}}"),
        "examples.yaml:4: the fact 'lines' has the wrong value (expected a text as",
    ),
    (
        example("{name: 有, facts: {}, now: 2026-06-01}"),
        "examples.yaml:4: '2026-06-01' is no instant (expected an instant such",
    ),
    (
        example(FIRES.replace("}}", "}, decision: blok}")),
        "examples.yaml:4: 'examples.T1-01.fires.0.decision' has the wrong v",
    ),
    (
        example(FIRES.replace("}}", "}, decision: warn}")),
        "examples.yaml:4: T1-01, example '有': its decision is block (evaluat",
    ),
    (
        example(QUIET),
        "examples.yaml:4: T1-01, example '无': it is quiet (evaluator python) (expected that the rule fires)",
    ),
    (
        changed(QUIET, FIRES),
        "examples.yaml:6: T1-01, example '有': it fires (evaluator python) (expected that the rule is quiet)",
    ),
    (
        changed(QUIET, "{name: x, facts: {}}"),
        "examples.yaml:6: T1-01, example 'x': it is unknown for want of paid_fen (evaluat",
    ),
]


@pytest.mark.parametrize(("files", "expected"), CASES, ids=[expected[:60] for _, expected in CASES])
def test_a_mistake_is_told_with_its_place_and_what_was_expected(files, expected):
    file = "" if ".yaml:" in expected else "pack.yaml:"

    found = told(files)

    assert found[:1] == [each for each in found if each.startswith(f"rules/orders/{file}{expected}")][:1], found
    assert found
    assert all(" (expected " in each and not each.endswith("(expected )") for each in found)


def test_one_mistake_is_told_once():
    several = {expected: told(files) for files, expected in CASES if len(told(files)) > 1}

    assert [expected[:30] for expected in several] == ["examples.yaml:2: examples of t"]  # and the sides that it left


def test_a_file_that_is_not_utf8_is_told_with_its_line(tmp_path):
    (tmp_path / "orders").mkdir()
    (tmp_path / "orders/pack.yaml").write_bytes(b"pack: orders\ntitle: " + "订单".encode("gbk"))

    with pytest.raises(BadDefinition) as caught:
        read_folder("rules", tmp_path)

    [problem] = caught.value.problems
    assert str(problem) == "rules/orders/pack.yaml:2: not UTF-8 at byte 20 (expected a UTF-8 text file)"
