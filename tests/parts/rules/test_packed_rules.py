"""Rules opened from a pack decide as those that were compiled, cost a fraction, and give way to requests meanwhile."""

from __future__ import annotations

import marshal
import time
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest

from app.events.kind import load_kinds
from app.rules import durable
from app.rules import pack as pack_module
from app.rules.engine import build_engine
from app.rules.pack import load_packs, unread
from app.rules.packed import NoPack, gives_back, pack, unpack
from app.rules.passed_on import passed_on, take_over
from app.values.rule_scope import RuleScope
from bench.made import made_packs
from tests.parts.rules.conditions import KIND, NOW, asking, is_fit, pack_files
from tests.parts.rules.writer import Writer

ROOT = Path(__file__).parents[3] / "rules"
SHIPPED = {path.relative_to(ROOT).as_posix(): path.read_text("utf-8") for path in ROOT.glob("*/*.yaml")}
KINDS = load_kinds()
EVALUATORS = ["python", *(["durable"] if durable.AVAILABLE else [])]


@pytest.fixture
def forgetful(monkeypatch):
    """A process that has read no pack yet, each time it is called."""

    def forget():
        monkeypatch.setattr("app.rules.packed.LATELY", pack_module._Lately())

    forget()
    return forget


@pytest.fixture(scope="module")
def shipped():
    packs = load_packs(SHIPPED, kinds=KINDS)
    engine = build_engine(packs, KINDS)
    yield packs, engine, pack(SHIPPED, packs, engine)
    engine.close()


@pytest.mark.usefixtures("forgetful")
@pytest.mark.parametrize("evaluator", EVALUATORS)
def test_every_example_of_the_shipped_rules_is_decided_as_by_compiled_ones(shipped, evaluator):
    packs, _, packed = shipped
    compiled, opened = build_engine(packs, KINDS, evaluator=evaluator), unpack(packed, KINDS, evaluator=evaluator)

    for example in (example for each in packs for example in each.examples):
        one, other = (
            engine.evaluate(example.kind, example.facts, now=example.now, scope=example.scope)
            for engine in (compiled, opened)
        )
        assert repr(one).encode() == repr(other).encode(), example.name

    assert opened.evaluator == compiled.evaluator == evaluator
    assert opened.share_in_c() == compiled.share_in_c()
    assert opened.policy(RuleScope("shop-1")) == compiled.policy(RuleScope("shop-1"))
    assert [opened.rules_on(name) for name in KINDS] == [compiled.rules_on(name) for name in KINDS]


def test_whatever_a_pack_of_rules_holds_comes_back_equal(shipped):
    packs, _, packed = shipped

    assert gives_back(packed, packs, KINDS)


@pytest.mark.usefixtures("forgetful")
@pytest.mark.parametrize("seed", range(8))
def test_generated_rules_are_decided_as_by_compiled_ones(seed):
    kinds, writer = {KIND.name: KIND}, Writer(Random(f"packed-{seed}"))
    texts = []
    while len(texts) < 6:
        text = asking(writer.condition())
        texts += [text] if is_fit(text) and not any(name in text for name in ("long", "widest")) else []
    files = pack_files(texts)
    packs = load_packs(files, kinds=kinds)
    compiled = build_engine(packs, kinds)
    opened = unpack(pack(files, packs, compiled), kinds)

    for event in [writer.event(mistakes=number % 2 == 0) for number in range(20)]:
        one, other = (engine.evaluate(KIND.name, event, now=NOW, sample=True) for engine in (compiled, opened))
        assert repr(one) == repr(other)


@pytest.mark.usefixtures("forgetful")
def test_rules_that_pay_are_opened_with_their_amounts(shipped):
    _, engine, packed = shipped
    opened = unpack(packed, KINDS)
    paying = [rule for rule in engine.rules if any(effect.amounts for effect in rule.then.effects)]

    assert paying
    assert [rule for rule in opened.rules if rule.id in {each.id for each in paying}] == paying


def files_of(rules):
    return made_packs(rules, rules_a_pack=50)


@pytest.fixture(scope="module")
def many():
    files = files_of(200)
    packs = load_packs(files, kinds=KINDS, with_examples=False)
    return files, pack(files, packs, build_engine(packs, KINDS))


def test_opening_costs_less_than_a_third_of_reading_and_compiling(many, forgetful):
    files, packed = many

    def spent(work):
        began = time.thread_time()
        work().close()
        return time.thread_time() - began

    def read_and_compile():
        fresh = {name: text.replace("测量用", f"测量用{time.perf_counter_ns()}") for name, text in files.items()}
        return build_engine(load_packs(fresh, kinds=KINDS, with_examples=False), KINDS)

    compiling = spent(read_and_compile)
    opening = min(spent(lambda: (forgetful(), unpack(packed, KINDS))[1]) for _ in range(3))

    assert opening * 3 < compiling


def test_opening_gives_way_at_least_every_ten_milliseconds(many, forgetful):
    _, packed = many

    def longest():
        forgetful()
        marks = [time.thread_time()]
        unpack(packed, KINDS, pause=lambda: marks.append(time.thread_time())).close()
        marks.append(time.thread_time())
        return max(later - earlier for earlier, later in pairwise(marks))

    assert min(longest() for _ in range(3)) < 0.010


@pytest.mark.usefixtures("forgetful")
def test_opening_compiles_nothing(many, monkeypatch):
    _, packed = many

    def refused(*_args, **_options):
        raise AssertionError("compiled")

    monkeypatch.setattr("builtins.compile", refused)
    monkeypatch.setattr("ast.parse", refused)

    assert len(unpack(packed, KINDS).rules) == 200


def test_what_a_child_read_is_known_to_its_parent_with_every_example(shipped, monkeypatch):
    packs, _, _ = shipped
    known = pack_module._Lately()
    for module in ("app.rules.pack", "app.rules.passed_on"):
        monkeypatch.setattr(f"{module}.LATELY", known)
    before = unread(SHIPPED, kinds=KINDS)

    take_over(passed_on(SHIPPED, packs), KINDS)
    monkeypatch.setattr("yaml.parse", lambda *_, **__: pytest.fail("it was read again"))

    assert (before, unread(SHIPPED, kinds=KINDS)) == (sum(map(len, SHIPPED.values())), 0)
    assert load_packs(SHIPPED, kinds=KINDS) == packs
    assert [each.rules for each in load_packs(SHIPPED, kinds=KINDS, with_examples=False)] == [
        each.rules for each in packs
    ]


def test_a_kind_whose_rules_did_not_change_is_taken_from_the_engine_before(shipped):
    _, _, packed = shipped
    before = unpack(packed, KINDS)
    after = unpack(packed, KINDS, before=before)
    names = [name for name in KINDS if before.program(name) is not None]

    assert names
    assert all(after.program(name) is before.program(name) for name in names)


@pytest.mark.parametrize(
    "harm",
    [
        lambda packed: packed[: len(packed) // 2],
        lambda _: b"",
        lambda _: marshal.dumps(("weiheng rules 0", [], [])),
        lambda packed: marshal.dumps((*marshal.loads(packed)[:2], [])),  # noqa: S302 - made above
        lambda _: marshal.dumps(7),
    ],
    ids=["cut off", "empty", "an older form", "without its programs", "something else"],
)
def test_what_is_no_pack_is_refused(many, harm):
    with pytest.raises(NoPack):
        unpack(harm(many[1]), KINDS)


def test_a_pack_that_would_not_give_back_what_it_was_made_from_is_noticed(many):
    files, packed = many
    packs = load_packs(files, kinds=KINDS)
    other = load_packs(made_packs(200, version=1, rules_a_pack=50), kinds=KINDS)

    assert gives_back(packed, packs, KINDS)
    assert not gives_back(packed, other, KINDS)
