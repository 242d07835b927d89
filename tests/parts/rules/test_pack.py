"""Loading packs: all problems of all files at once, each with its line, and nothing dangerous gets through."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample_pack import KINDS, pack_files

from app.errors import BadDefinition
from app.rules.pack import Status, load_packs
from app.rules.positions import MAX_BYTES, BadYaml, read_document
from app.values.deciding import Verdict


def problems(files):
    with pytest.raises(BadDefinition) as caught:
        load_packs(files, kinds=KINDS)
    return [str(problem) for problem in caught.value.problems]


def test_a_good_pack_becomes_frozen_values():
    [pack] = load_packs(pack_files(then="[warn, {label: advertisement}]"), kinds=KINDS)

    [rule] = pack.rules
    assert (rule.id, rule.status, rule.on, rule.then.verdict) == (
        "T1-01",
        Status.LIVE,
        ("order.overdue",),
        Verdict.LABEL,
    )
    assert rule.then.labels == ("advertisement",)
    assert rule.references == ("电子商务法第二十条",)
    assert str(rule.place) == "rules/orders/pack.yaml:13"
    assert [example.side for example in pack.examples] == ["fires", "quiet"]


@pytest.mark.parametrize(
    ("change", "line", "told"),
    [
        ({"reason: 迟": "reasn: 迟"}, 21, "'reason', did you mean that?"),
        ({"status: live": "status: alive"}, 16, "'rules.0.status' has the wrong value"),
        ({"on: order.overdue": "on: order.overdu"}, 15, "'order.overdue', did you mean that?"),
        ({"references: [law]": "references: [lawn]"}, 18, "'law', did you mean that?"),
        ({"references: [law]": "references: []"}, 18, "wrong value"),
        ({"review_by: 2027": "review_by: 2025"}, 17, "before it begins"),
        ({"from: 2026-01-01": "from: soon"}, 17, "wrong value"),
        ({"[block]": "[blok]"}, 20, "'block', did you mean that?"),
        ({"[block]": "[{label: }]"}, 20, "'label' is not written like this"),
        ({"[block]": "[{compensate: {cause: late}}]"}, 20, "compensate lacks 'amount_fen'"),
        ({"[block]": "[{compensate: {cause: late, amount_fen: 5}}]"}, 20, "number without a name"),
        ({"[block]": "[{compensate: {cause: late, amount_fen: rate_bp}}]"}, "20:51", "is in bp"),
        ({"unit: bp": "unit: fenn"}, 8, "wrong value"),
        ({"unit: bp": "unit: text"}, 8, "does not fit the unit"),
        ({"default: 500": "default: 5.5"}, 8, "does not fit the unit"),
        ({"rate_bp:": "paid_fen:"}, 8, "is also a fact"),
        ({"rate_bp:": "now:"}, 8, "already means something"),
        ({"confidence: 法条": "confidence: sure"}, 5, "wrong value"),
        ({"pack: orders": "pack: order"}, 1, "lies in the folder 'orders'"),
        ({"paid_fen > cap_fen": "paid_fem > cap_fen"}, "19:11", "'paid_fen', did you mean that?"),
        ({"paid_fen > cap_fen": '"is_spot and paid_fem > 1"'}, "19:24", "'paid_fen', did you mean that?"),
        ({"id: T1-01": "id: t1"}, 13, "wrong value"),
    ],
)
def test_a_wrong_value_is_named_with_its_line_and_what_was_meant(change, line, told):
    found = problems(pack_files(change=change))

    assert any(each.startswith(f"rules/orders/pack.yaml:{line}: ") and told in each for each in found), found


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"fires:": "fire:"}, "'fires', did you mean that?"),
        ({"T1-01:": "T1-02:"}, "examples of the unknown rule 'T1-02'"),
        ({"{paid_fen: 5001}": "{paid_fem: 5001}"}, "'paid_fen', did you mean that?"),
        ({"{paid_fen: 5001}": "{paid_fen: yes}"}, "wrong value"),
        ({"{paid_fen: 5001}": "{order.deadline_at: 2026-01-01T00:00:00}"}, "with the wrong value|wrong value"),
        ({"{paid_fen: 5001}": "{lines: [{skuu: a}]}"}, "wrong value"),
        ({"{paid_fen: 5001}": "{channel: web}"}, "wrong value"),
    ],
)
def test_a_wrong_example_is_named_with_its_line(change, told):
    found = problems(pack_files(change=change))

    assert any("examples.yaml:" in each and any(part in each for part in told.split("|")) for each in found), found


def test_a_rule_needs_an_example_of_each_side_unless_it_is_retired():
    files = pack_files(change={"    quiet:\n      - {name: 无, facts: {paid_fen: 5000}}\n": ""})

    [found] = problems(files)
    assert found.startswith("rules/orders/pack.yaml:13: the rule T1-01 has no example under 'quiet'")
    files["orders/pack.yaml"] = files["orders/pack.yaml"].replace("status: live", "status: retired")
    assert load_packs(files, kinds=KINDS)


def test_all_problems_of_all_files_are_told_at_once():
    files = pack_files(change={"on: order.overdue": "on: x", "then: [block]": "then: [blok]"})
    files |= pack_files(folder="more", change={"pack: orders": "pack: more", "reason: 迟延发货": "reason: ''"})
    files["stray.txt"] = ""

    found = problems(files)

    assert [each.split(": ")[0] for each in found] == [
        "rules/more/pack.yaml:21",
        "rules/orders/pack.yaml:15",
        "rules/orders/pack.yaml:20",
        "rules/stray.txt:1",
    ]


def test_a_stored_snapshot_is_read_without_its_examples_and_otherwise_alike():
    [whole], [bare] = load_packs(pack_files(), kinds=KINDS), load_packs(pack_files(), kinds=KINDS, with_examples=False)

    assert (bare.rules, bare.parameters, bare.examples) == (whole.rules, whole.parameters, ())
    assert whole.examples


def test_a_rule_id_stands_for_one_rule_in_all_packs():
    files = pack_files() | pack_files(folder="more", change={"pack: orders": "pack: more"})

    [found] = problems(files)

    assert found.startswith("rules/orders/pack.yaml:13: the rule id T1-01 is taken by rules/more/pack.yaml:13")


def test_no_files_and_half_a_pack_are_problems():
    assert problems({}) == [
        "rules:1: there is no rule pack (expected at least one folder with pack.yaml and examples.yaml)"
    ]
    [missing] = problems({"orders/pack.yaml": pack_files()["orders/pack.yaml"]})
    assert missing.startswith("rules/orders/examples.yaml:1: the file is missing")


def test_what_must_not_act_on_an_unverified_number_is_marked():
    paid = "[{compensate: {cause: late, amount_fen: AMOUNT}}]"
    cases = {
        "{references: law}": ((), "[block]"),
        "{references: hearsay}": (("没有经核实的依据",), "[block]"),
        "{references: hearsay, }": ((), "[review]"),
        "{references: law, }": (("参数 guess_fen 没有来源",), paid.replace("AMOUNT", "guess_fen")),
        "{references: law, a}": ((), paid.replace("AMOUNT", "cap_fen")),
    }
    for case, (unsigned, then) in cases.items():
        reference = "hearsay" if "hearsay" in case else "law"
        files = pack_files(then=then, change={"references: [law]": f"references: [{reference}]"})
        [pack] = load_packs(files, kinds=KINDS)
        assert pack.rules[0].unsigned == unsigned, case


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a: &x [1]\nb: *x\n", "1: anchors and aliases"),
        ("a: 1\nb: !!python/object/apply:os.system ['x']\n", "2: the tag"),
        ("a: !local x\n", "1: the tag"),
        ("a: 1\na: 2\n", "2: the key 'a' stands twice"),
        ("a: 1\n---\nb: 2\n", "a second document"),
        ("[" * 60, "1: nested too deeply"),
        ("a: " + "{b: " * 60, "1: nested too deeply"),
        ("a: [1\n", "not YAML"),
        ("? [a]\n: 1\n", "1: a key is a list"),
        ("a: '" + "x" * MAX_BYTES + "'", "too large"),
        ("a: \x00", "not YAML"),
        ("a: \ud800", "not YAML"),
        ("\t- a", "not YAML"),
    ],
)
def test_dangerous_or_broken_yaml_is_refused_with_its_line(text, told):
    with pytest.raises(BadYaml) as caught:
        read_document("f.yaml", text)

    assert told in str(caught.value.problem)


def test_yaml_keeps_words_as_words():
    data = read_document("f", "on: yes\nno: 2026-02-01\nn: 012\nb: true\ni: -5\nz: ~\nf: 1.5\nt: '5'\ne: 1e3\n").data

    assert data == {
        "on": "yes",
        "no": "2026-02-01",
        "n": "012",
        "b": True,
        "i": -5,
        "z": None,
        "f": "1.5",
        "t": "5",
        "e": "1e3",
    }


@given(st.text(max_size=60) | st.text("ab:-[]{}&*!|>'\"?, \n#", max_size=60))
def test_any_text_is_a_pack_or_is_refused_with_places(text):
    for files in (
        {"a/pack.yaml": text, "a/examples.yaml": text},
        pack_files(change={"迟延发货": text.replace("WHEN", "")}),
    ):
        assert loaded_or_placed(files)


def loaded_or_placed(files) -> bool:
    try:
        return bool(load_packs(files, kinds=KINDS))
    except BadDefinition as error:
        return all(problem.field.startswith("rules/") for problem in error.problems)
