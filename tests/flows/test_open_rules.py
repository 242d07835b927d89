"""Rules are compiled once, sealed and kept; what is forged, cut off or another's is refused and compiled anew."""

from __future__ import annotations

import marshal
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
import structlog
from sqlalchemy import update
from structlog.testing import capture_logs

from app import packed_matchers, snapshots
from app.errors import BadDefinition
from app.events.kind import load_kinds
from app.flows import open_rules as open_rules_module
from app.flows import rule_packs as rule_packs_module
from app.flows.open_rules import open_rules
from app.flows.rule_packs import RulePacks
from app.flows.try_rules import make_readable, make_ready
from app.metrics import RULE_PACKS_REFUSED, RULES_TAKEN
from app.models import PackedRules
from app.packed_matchers import RULES, PackFolder
from app.rules import pack as pack_module
from bench.made import made_packs
from tests.service import SECRET, make_settings

KINDS = load_kinds()
NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
FILES = made_packs(4)
OTHER = made_packs(4, version=1)
FACTS = {"text_length": 100_000, "audience_max_age": 2, "content_kind": "video_caption"}


class Machine:
    """One machine of the service: its own cache folder, the database of all."""

    def __init__(self, database, folder, **more):
        self.settings = make_settings(database, folder, **{"cache_dir": folder / "cache"} | more)
        self.database = database

    def open(self, rules_id):
        """How the rules were taken up, who fired by them, and what was logged."""
        before = taken()
        with capture_logs() as logs:
            engine = open_rules(self.settings, rules_id, KINDS, db=self.database)
        fired = [each.rule for each in engine.evaluate("content.submit", FACTS, now=NOW).firings]
        engine.close()
        how = {name: count - before[name] for name, count in taken().items() if count > before[name]}
        return SimpleNamespace(how=how, fired=fired, logged=[each["event"] for each in logs])

    def kept(self):
        return sorted((self.settings.cache).glob("*.rules"))


def taken():
    counts = {how: RULES_TAKEN.labels(how)._value.get() for how in ("opened", "compiled")}
    return counts | {"refused": RULE_PACKS_REFUSED._value.get()}


def store(database, files=FILES):
    return database.write(lambda session: snapshots.store(session, "rules", files, summary={}, by="test", now=NOW))


@pytest.fixture(autouse=True)
def _logs_are_told_as_by_default(monkeypatch):
    """Commands of earlier tests may have silenced them, and loggers keep what they first saw."""
    before = structlog.get_config()
    structlog.reset_defaults()
    for module in (open_rules_module, rule_packs_module):
        monkeypatch.setattr(module, "_log", structlog.get_logger())
    yield
    structlog.configure(**before)


@pytest.fixture(autouse=True)
def _every_opening_is_a_process_of_its_own(monkeypatch):
    """Nothing that was read before is known."""

    class Nothing(pack_module._Lately):
        def get(self, *_):
            return None

    monkeypatch.setattr("app.rules.packed.LATELY", Nothing())
    monkeypatch.setattr("app.rules.pack.LATELY", Nothing())


@pytest.fixture
def machine(sqlite_database, tmp_path):
    return Machine(sqlite_database, tmp_path)


def test_they_are_compiled_once_and_then_opened(machine):
    rules_id = store(machine.database)

    first, second = machine.open(rules_id), machine.open(rules_id)

    assert (first.how, first.logged) == ({"compiled": 1}, ["rules_compiled"])
    assert (second.how, second.logged) == ({"opened": 1}, [])
    assert first.fired == second.fired == ["M0-0002"]


def test_processes_that_follow_at_once_compile_once(machine):
    rules_id = store(machine.database)
    before = taken()

    with ThreadPoolExecutor(3) as pool:
        engines = list(pool.map(lambda _: open_rules(machine.settings, rules_id, KINDS, db=machine.database), range(3)))

    assert [len(engine.rules) for engine in engines] == [4, 4, 4]
    after = taken()
    assert (after["compiled"] - before["compiled"], after["opened"] - before["opened"]) == (1, 2)


class Evil:
    """Code that would leave a trace if it ever ran, in the shape of a pack."""

    def __init__(self, trace: Path) -> None:
        code = compile(f"open({str(trace)!r}, 'w').close()", "<evil>", "exec")
        self.packed = marshal.dumps(("weiheng rules 1", [], [("content.submit", [], [(marshal.dumps(code), {}, {})])]))


HARMS = {
    "forged with another secret": lambda sealed, machine, _: _sealed_by_another(machine, sealed),
    "without a seal": lambda _sealed, machine, _: Evil(machine.settings.cache / "trace").packed,
    "cut off": lambda sealed, *_: sealed[: len(sealed) // 2],
    "one bit changed": lambda sealed, *_: sealed[:100] + bytes([sealed[100] ^ 1]) + sealed[101:],
    "emptied": lambda *_: b"",
    "of another snapshot": lambda _sealed, machine, _: _of_another_snapshot(machine),
}


def _sealed_by_another(machine, _sealed):
    other = Machine(machine.database, machine.settings.cache / "other", secret_key=SECRET[::-1])
    packs = RulePacks(other.settings, machine.database)
    packed = Evil(machine.settings.cache / "trace").packed
    return packed + packs._seal(snapshots.content_id("rules", FILES), packed)


def _of_another_snapshot(machine):
    other = Machine(machine.database, machine.settings.cache / "other")
    other.open(store(machine.database, OTHER))
    return PackFolder(other.settings.cache, RULES).get(
        snapshots.content_id("rules", OTHER), RulePacks(other.settings, machine.database)._variant
    )


@pytest.mark.parametrize("harm", HARMS)
def test_a_file_that_we_did_not_seal_is_refused_and_compiled_anew(machine, harm):
    rules_id = store(machine.database)
    machine.open(rules_id)
    [path] = machine.kept()
    folder, variant = PackFolder(machine.settings.cache, RULES), RulePacks(machine.settings, None)._variant
    sealed = folder.get(rules_id, variant)
    harmed = HARMS[harm](sealed, machine, rules_id)
    if harm in ("cut off", "emptied"):
        path.write_bytes(harmed)
    else:
        folder.put(rules_id, variant, harmed)

    anew, after = machine.open(rules_id), machine.open(rules_id)

    assert anew.how == {"refused": 1, "compiled": 1}
    assert anew.logged == ["rule_pack_refused", "rules_compiled"]
    assert anew.fired == ["M0-0002"]
    assert after.how == {"opened": 1}
    assert not (machine.settings.cache / "trace").exists()


def test_a_pack_of_another_program_is_not_even_found(machine, monkeypatch):
    rules_id = store(machine.database)
    machine.open(rules_id)

    monkeypatch.setattr("app.flows.rule_packs.variant", lambda: "a later version")

    assert machine.open(rules_id).how == {"compiled": 1}
    assert len(machine.kept()) == 2


def test_a_pack_of_another_program_under_our_name_is_refused(machine, monkeypatch):
    rules_id = store(machine.database)
    monkeypatch.setattr("app.flows.rule_packs.variant", lambda: "an earlier version")
    machine.open(rules_id)
    [earlier] = machine.kept()
    monkeypatch.undo()
    ours = RulePacks(machine.settings, None)._variant
    earlier.rename(earlier.with_name(f"{rules_id.removeprefix('sha256:')}-{ours}.rules"))

    assert machine.open(rules_id).how == {"refused": 1, "compiled": 1}


def test_a_cache_that_cannot_be_written_only_costs_time(sqlite_database, tmp_path):
    (tmp_path / "cache").write_text("not a folder", "utf-8")
    machine = Machine(sqlite_database, tmp_path)
    rules_id = store(sqlite_database)

    assert [machine.open(rules_id).how for _ in range(2)] == [{"compiled": 1}] * 2


@pytest.mark.parametrize("env", ["production", "development"])
def test_a_command_without_the_secret_keeps_and_opens_nothing(machine, sqlite_database, tmp_path, env):
    rules_id = store(sqlite_database)
    machine.open(rules_id)
    (tmp_path / "no folder").touch()  # no key file can be made there
    more = {"env": env, "secret_key": None, "cache_dir": machine.settings.cache}
    bare = Machine(sqlite_database, tmp_path / "no folder", **more)

    assert bare.open(rules_id).how == {"compiled": 1}
    assert len(machine.kept()) == 1


def test_another_machine_finds_them_in_the_database(postgres_database, tmp_path):
    rules_id = store(postgres_database)
    one, two = (Machine(postgres_database, tmp_path / name) for name in ("one", "two"))

    assert [each.open(rules_id).how for each in (one, two)] == [{"compiled": 1}, {"opened": 1}]
    assert [path.read_bytes() for path in two.kept()] == [path.read_bytes() for path in one.kept()]


def test_what_is_forged_in_the_database_is_refused_and_replaced(postgres_database, tmp_path):
    rules_id = store(postgres_database)
    one, two, three = (Machine(postgres_database, tmp_path / name) for name in ("one", "two", "three"))
    one.open(rules_id)
    forged = _sealed_by_another(one, b"")
    name = RulePacks(one.settings, None)._variant

    def forge(session):
        packed_matchers.drop(session, rules_id, name, RULES)
        packed_matchers.store(session, rules_id, name, forged, now=NOW, made=RULES)

    postgres_database.write(forge)

    assert two.open(rules_id).how == {"refused": 1, "compiled": 1}
    assert three.open(rules_id).how == {"opened": 1}
    assert not list(tmp_path.glob("**/trace"))


def test_what_is_harmed_in_the_database_is_refused_and_replaced(postgres_database, tmp_path):
    rules_id = store(postgres_database)
    one, two, three = (Machine(postgres_database, tmp_path / name) for name in ("one", "two", "three"))
    one.open(rules_id)
    postgres_database.write(lambda session: session.execute(update(PackedRules).values(data=b"\x78\x01no")))

    assert two.open(rules_id).how == {"refused": 1, "compiled": 1}
    assert three.open(rules_id).how == {"opened": 1}


def test_what_a_trial_compiled_is_ready_for_every_machine_before_anything_is_activated(postgres_database, tmp_path):
    one, two = (Machine(postgres_database, tmp_path / name) for name in ("one", "two"))
    with capture_logs() as logs:
        for _ in range(2):
            make_ready(one.settings, FILES, db=postgres_database)
    rules_id = store(postgres_database)

    assert [each["event"] for each in logs] == ["rules_tried"]
    assert [each.open(rules_id).how for each in (one, two)] == [{"opened": 1}] * 2


def test_going_back_to_rules_whose_packs_are_gone_compiles_them_in_a_child(machine):
    rules_id = store(machine.database)
    make_readable(machine.settings, FILES, db=machine.database)

    assert machine.open(rules_id).how == {"opened": 1}
    with pytest.raises(BadDefinition, match="trial"):
        make_readable(
            machine.settings,
            {"made-0/pack.yaml": "pack: [", **FILES} | {"made-0/pack.yaml": "pack: ["},
            db=machine.database,
        )
