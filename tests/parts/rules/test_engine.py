"""The engine: what a firing says, what absence means, and that nothing the facts say can break it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sample_pack import KINDS, pack_files

from app.errors import InvalidInput
from app.rules import durable
from app.rules.engine import build_engine
from app.rules.examples import run_examples
from app.rules.pack import load_packs
from app.values.deciding import Verdict

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
EVALUATORS = ["python", *(["durable"] if durable.AVAILABLE else [])]
ORDER = {"paid_fen": 6000, "tags": [], "note": "私人备注"}


@pytest.fixture(params=EVALUATORS)
def build(request):
    built = []

    def make(when="paid_fen > cap_fen", **parts):
        packs = load_packs(pack_files(when, **parts), kinds=KINDS)
        built.append(build_engine(packs, KINDS, evaluator=request.param))
        return built[-1]

    yield make
    for engine in built:
        engine.close()


def judge(engine, **facts):
    return engine.evaluate("order.overdue", ORDER | facts, now=NOW, sample=True)


def test_a_firing_says_what_the_rule_looked_at(build):
    engine = build("paid_fen > cap_fen and len(note) > 1", then="[{label: advertisement}, {open_case: {queue: late}}]")

    evaluation = judge(engine)

    [firing] = evaluation.firings
    assert (firing.rule, firing.pack, firing.decision, firing.reason) == ("T1-01", "orders", Verdict.LABEL, "迟延发货")
    assert firing.bindings == {"paid_fen": 6000, "cap_fen": 5000}  # never the text
    assert firing.effects == ({"label": "advertisement"}, {"open_case": {"queue": "late"}})
    assert firing.references == ("电子商务法第二十条",)
    assert evaluation.evaluator == engine.evaluator
    assert evaluation.doubts == ()


def test_a_firing_shows_only_the_members_it_looked_at_of_a_list(build):
    lines = [
        {"sku": "a", "fen": 5, "gift": True, "sent_at": NOW},
        {"sku": "b", "fen": 0, "gift": False, "sent_at": NOW},
    ]

    [firing] = judge(build("any(x.fen > 0 and x.sent_at < now + days(grace_days) for x in lines)"), lines=lines).firings

    assert firing.bindings["lines"] == [{"fen": 5, "sent_at": NOW.isoformat()}, {"fen": 0, "sent_at": NOW.isoformat()}]


def test_an_unknown_that_matters_is_a_review_that_names_the_facts(build):
    engine = build("paid_fen > cap_fen and (is_spot or items > 1)", then="[block, {label: x}]")

    [firing] = judge(engine).firings
    [partly] = judge(engine, items=1).firings

    assert (firing.decision, firing.missing, firing.effects) == (Verdict.REVIEW, ("is_spot", "items"), ())
    assert partly.missing == ("is_spot",)


def test_an_unknown_that_does_not_matter_is_silent(build):
    engine = build("paid_fen > cap_fen and (is_spot or items > 1)")

    assert judge(engine, paid_fen=1).firings == ()
    assert [f.decision for f in judge(engine, is_spot=True).firings] == [Verdict.BLOCK]


def test_missing_skip_leaves_an_unknown_rule_quiet(build):
    engine = build("is_spot", change={"reason: 迟": "missing: skip\n    reason: 迟"})

    assert judge(engine).firings == ()


def test_none_of_a_nullable_fact_is_an_ordinary_value_for_equality_only(build):
    assert len(judge(build("order.cancelled_at is None")).firings) == 1
    assert judge(build("channel == 'h5' or channel in ['miniprogram']")).firings == ()
    assert len(judge(build("channel != 'h5'")).firings) == 1
    assert judge(build("late_bp > rate_bp")).firings[0].missing == ("late_bp",)


def test_a_division_by_a_fact_that_is_zero_is_unknown(build):
    engine = build("paid_fen * 10000 // (paid_fen - cap_fen) > rate_bp")

    assert judge(engine, paid_fen=5000).firings[0].missing == ("paid_fen",)
    assert judge(engine, paid_fen=6000).firings[0].missing == ()


def test_an_amount_is_worked_out_and_waits_when_it_rests_on_a_guess(build):
    then = "[{compensate: {cause: late, amount_fen: 'clamp(paid_fen * rate_bp // 10000, LOW, cap_fen)'}}]"
    sure, guessed = build(then=then.replace("LOW", "cap_fen")), build(then=then.replace("LOW", "guess_fen"))

    [paid], [waits] = judge(sure).firings, judge(guessed).firings

    assert (paid.decision, paid.effects) == (Verdict.PASS, ({"compensate": {"cause": "late", "amount_fen": 5000}},))
    assert (waits.decision, waits.effects[0]["compensate"]["amount_fen"]) == (Verdict.REVIEW, 300)
    assert waits.effects[0]["unsigned"] == ["参数 guess_fen 没有来源"]


def test_an_amount_that_cannot_be_known_becomes_a_review_without_effects(build):
    [firing] = judge(build(then="[{compensate: {cause: late, amount_fen: paid_fen * late_bp // 10000}}]")).firings

    assert (firing.decision, firing.missing, firing.effects) == (Verdict.REVIEW, ("late_bp", "paid_fen"), ())


def test_a_block_on_hearsay_is_a_review(build):
    [firing] = judge(build(change={"references: [law]": "references: [hearsay]"})).firings

    assert firing.decision is Verdict.REVIEW


def test_shadow_is_marked_and_draft_and_retired_are_not_evaluated(build):
    [shadow] = judge(build(change={"status: live": "status: shadow"})).firings

    assert shadow.shadow
    for status in ("draft", "retired"):
        assert judge(build(change={"status: live": f"status: {status}"})).firings == ()


def test_a_rule_holds_from_midnight_in_beijing(build):
    engine = build(change={"from: 2026-01-01": "from: 2026-03-01"})
    midnight = datetime(2026, 3, 1, tzinfo=timezone(timedelta(hours=8)))

    before = engine.evaluate("order.overdue", ORDER, now=midnight - timedelta(microseconds=1))
    after = engine.evaluate("order.overdue", ORDER, now=midnight)

    assert (len(before.firings), len(after.firings)) == (0, 1)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("paid_fen", True),
        ("paid_fen", "6000"),
        ("paid_fen", 6000.0),
        ("is_spot", 1),
        ("channel", 5),
        ("order.deadline_at", "2026-01-01T00:00:00Z"),
        ("order.deadline_at", datetime(2026, 1, 1)),  # noqa: DTZ001 - the point is the missing offset
        ("tags", "abc"),
        ("tags", [1]),
        ("lines", [{"sku": 1}]),
        ("lines", [5]),
        ("lines", {"sku": "a"}),
    ],
)
def test_a_fact_of_the_wrong_type_counts_as_absent_and_is_a_doubt(build, name, value):
    engine = build(
        "paid_fen > cap_fen or is_spot or channel == 'h5' or order.deadline_at < now or "
        "any(t == 'a' for t in tags) or any(x.sku == 'a' for x in lines)"
    )

    evaluation = judge(engine, **{name: value})

    assert evaluation.doubts == (f"字段类型不符，按缺失处理：{name}",)
    assert evaluation == judge(engine, **{name: value})


def test_an_event_kind_without_rules_is_quiet_and_an_unknown_one_is_refused(build):
    engine = build(change={"status: live": "status: retired"})

    assert engine.evaluate("order.overdue", ORDER, now=NOW).firings == ()
    with pytest.raises(InvalidInput):
        engine.evaluate("order.overdu", ORDER, now=NOW)


def test_a_closed_engine_still_answers_by_python(build):
    engine = build()
    engine.close()

    assert (judge(engine).evaluator, len(judge(engine).firings), engine.errors) == ("python", 1, 0)


def test_when_c_fails_python_answers_and_the_failure_is_counted(build):
    engine = build()
    if engine.evaluator == "python":
        return
    for shard, _ in engine.program("order.overdue").shards:
        shard.close()

    evaluation = judge(engine)

    assert (evaluation.evaluator, len(evaluation.firings), engine.errors) == ("python", 1, 1)


def test_a_difference_found_by_sampling_is_a_doubt_and_ends_the_trust_in_c(build):
    engine, other = build(), build("paid_fen < cap_fen")
    if engine.evaluator == "python":
        return
    engine.program("order.overdue").shards = other.program("order.overdue").shards
    engine.program("order.overdue").code.columns = other.program("order.overdue").code.columns

    unsampled = engine.evaluate("order.overdue", ORDER, now=NOW)
    sampled = judge(engine)

    assert unsampled.firings == ()
    assert (len(sampled.firings), sampled.evaluator) == (1, "python")
    assert sampled.doubts == ("两个规则引擎结果不一致：T1-01",)
    assert (judge(engine).doubts, engine.errors) == ((), 1)


def test_when_both_evaluators_fail_it_is_one_doubt(build):
    engine = build()

    def broken(*_):
        raise ZeroDivisionError

    program = engine.program("order.overdue")
    program.code.evaluate = program.code.columns = broken

    evaluation = judge(engine)

    assert (evaluation.firings, len(evaluation.doubts)) == ((), 1)


class Strange:
    """Neither this nor that."""


WILD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.datetimes() | st.builds(Strange),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["sku", "fen", "x"]), inner, max_size=3)
    ),
    max_leaves=6,
)


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from([fact.name for fact in KINDS["order.overdue"].facts]), WILD))
def test_nothing_the_facts_say_raises(facts):
    evaluation = WILD_ENGINE.evaluate("order.overdue", facts, now=NOW, sample=True)

    assert all("引擎" not in doubt for doubt in evaluation.doubts)


WILD_ENGINE = build_engine(
    load_packs(
        pack_files(
            "(sum(x.fen for x in lines if x.gift) > cap_fen // max(items, 1) or matches(note, r'^.a') "
            "or any(t == note for t in tags)) and (channel != 'h5' or now - order.deadline_at > days(grace_days))"
        ),
        kinds=KINDS,
    ),
    KINDS,
)


def test_eight_threads_get_the_answer_of_one(build):
    engine = build("paid_fen > cap_fen and channel == 'h5'")
    events = [ORDER | {"paid_fen": 4990 + n % 20, "channel": "h5" if n % 3 else None} for n in range(2_000)]
    alone = [len(engine.evaluate("order.overdue", event, now=NOW).firings) for event in events]

    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda event: len(engine.evaluate("order.overdue", event, now=NOW).firings), events))

    assert together == alone
    assert engine.errors == 0


def test_what_came_before_does_not_matter(build):
    engine = build("paid_fen > cap_fen and channel == 'h5'")
    one, other = {"paid_fen": 6000, "channel": "h5"}, {"paid_fen": 6000}

    alone = judge(build("paid_fen > cap_fen and channel == 'h5'"), **other)
    judge(engine, **one)

    assert judge(engine, **other) == alone


def test_the_share_in_c_counts_leaf_conditions(build):
    engine = build("paid_fen > cap_fen and channel == 'h5' and channel is not None and is_spot")

    assert engine.share_in_c() == (0.75 if engine.evaluator == "durable" else 0.0)


def test_examples_that_do_not_hold_are_told_with_their_line(build):
    files = pack_files(fires="{paid_fen: 5000}", quiet="{paid_fen: 5001}")
    engine = build(fires="{paid_fen: 5000}", quiet="{paid_fen: 5001}")

    found = [str(problem) for problem in run_examples(load_packs(files, kinds=KINDS), engine)]

    assert found[0].startswith("rules/orders/examples.yaml:4: T1-01, example '有': it is quiet (evaluator python")
    assert found[-1].startswith("rules/orders/examples.yaml:6: T1-01, example '无': it fires")


def test_examples_of_drafts_are_run_too(build):
    draft = {"change": {"status: live": "status: draft"}, "quiet": "{paid_fen: 5001}"}

    assert run_examples(load_packs(pack_files(**draft), kinds=KINDS), build(**draft))


def test_an_example_may_ask_for_unknown_and_for_a_decision(build):
    more = "    unknown:\n      - {name: 不明, facts: {}, missing: [MISSING]}\n"
    parts = {"fires": "{paid_fen: 5001}, decision: DECISION"}
    for missing, decision, count in (("paid_fen", "block", 0), ("items", "block", 1), ("paid_fen", "warn", 1)):
        files = pack_files(fires=parts["fires"].replace("DECISION", decision))
        files["orders/examples.yaml"] += more.replace("MISSING", missing)
        found = run_examples(load_packs(files, kinds=KINDS), build())
        assert len({str(problem.field) for problem in found}) == count


def test_durable_is_never_silently_replaced_when_it_is_asked_for(monkeypatch):
    monkeypatch.setattr(durable, "AVAILABLE", False)
    packs = load_packs(pack_files(), kinds=KINDS)

    assert build_engine(packs, KINDS, evaluator="auto").evaluator == "python"
    with pytest.raises(RuntimeError, match="durable-rules cannot be imported"):
        build_engine(packs, KINDS, evaluator="durable")


def test_what_did_not_change_is_not_read_and_compiled_again():
    def load(**parts):
        return load_packs(pack_files(**parts), kinds=KINDS, with_examples=False)

    packs = load()
    engine = build_engine(packs, KINDS)

    same = build_engine(load(), KINDS, before=engine)
    other = build_engine(load(when="paid_fen > cap_fen + 1"), KINDS, before=engine)

    assert load()[0] is packs[0]
    assert load_packs(pack_files(), kinds=dict(KINDS), with_examples=False)[0] is not packs[0], "of other kinds"
    assert load_packs(pack_files(), kinds=KINDS)[0].examples
    assert same.program("order.overdue") is engine.program("order.overdue")
    assert other.program("order.overdue") is not engine.program("order.overdue")
    same.close()  # what it shares stays with the engine that made it
    assert [len(judge(each, paid_fen=5001).firings) for each in (engine, other)] == [1, 0]
    assert judge(engine, paid_fen=5001).evaluator == engine.evaluator
    other.close()
    engine.close()
