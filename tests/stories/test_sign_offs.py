"""A rule that rests on hearsay or on a number of our own waits for a person until two others have answered for it."""

from __future__ import annotations

import shutil
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from app import officers, snapshots
from app.cli import main
from app.flows.follow_snapshots import Follower, follow_once
from app.flows.screen_file import judge_from_folders
from app.models import AuditRow
from app.settings import PROJECT, Settings
from tests.service import make_service

PACK = """\
pack: trial
title: 试行
owner: test
references:
  hearsay: {text: 一篇报道, confidence: 二手}
  law: {text: 某法第一条, confidence: 法条}
parameters:
  longest: {default: 5, unit: count, origin: seed}
  per_fen:
    default: 100
    unit: fen
    origin: engineering
    overrides: [{where: {shop: shop-7}, value: 200}, {where: {category: food}, value: 300, origin: seed}]
rules:
  - id: X1-01
    title: 太长
    on: content.submit
    status: live
    effective: {from: 2026-01-01, review_by: 2027-06-01}
    references: [hearsay]
    when: text_length > longest
    then: [block]
    reason: 太长
  - id: X1-02
    title: 太长也赔
    on: content.submit
    status: live
    effective: {from: 2026-01-01, review_by: 2027-06-01}
    references: [law]
    when: text_length > longest
    then: [{compensate: {cause: long, amount_fen: per_fen}}]
    reason: 太长也赔
"""
SIDES = "fires: [{name: 长, facts: {text_length: 6}}]\n    quiet: [{name: 短, facts: {text_length: 5}}]\n"
EXAMPLES = f"examples:\n  X1-01:\n    {SIDES}  X1-02:\n    {SIDES}"
LIST = "# category: counterfeit\n# verdict: block\n# source: 商标法第五十七条\n# owner: test\n紫云英牌\n"
RULE = {
    "object_type": "rule",
    "pack": "trial",
    "name": "X1-01",
    "basis": "法务意见书 2026-17",
    "signed_by": "王芳",
    "valid_from": "2026-11-01",
    "reason": "已核实",
}
NUMBER = RULE | {"object_type": "parameter", "name": "per_fen", "value": 100}
CHECKS = ((), ("--register",))
YES = {"approve": True, "reason": "看过原件"}


@pytest.fixture
def folders(tmp_path):
    for folder, files in {
        "rules/trial": {"pack.yaml": PACK, "examples.yaml": EXAMPLES},
        "wordlists": {"trial.txt": LIST},
    }.items():
        (tmp_path / folder).mkdir(parents=True)
        for name, text in files.items():
            (tmp_path / folder / name).write_text(text, "utf-8")
    shutil.copy(PROJECT / "wordlists/categories.yaml", tmp_path / "wordlists")
    return {"rules_dir": tmp_path / "rules", "wordlists_dir": tmp_path / "wordlists"}


def serving(database, folder, folders):
    judge = judge_from_folders(Settings.model_validate({"data_dir": folder} | folders))
    return make_service(database, folder, judge, poll_s=0.1, **folders)


@pytest.fixture
def service(database, tmp_path, folders):
    return serving(database, tmp_path, folders)


@pytest.fixture
def author(service):
    return service.client("rules", "screen")


@pytest.fixture
def approver(service):
    client = service.app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {service.key('rules', name='approver')}"
    return client


def firings(service, client, text, **more):
    said = service.screen(client, text, content_id=text, **more).get_json()
    return {firing["rule"]: firing for firing in said["firings"]}


def signed(author, approver, **changed):
    asked = author.post("/v1/rules/sign-offs", json=RULE | changed)
    assert asked.status_code == 201, asked.get_json()
    said = approver.post(f"/v1/rules/sign-offs/{asked.get_json()['id']}/decide", json=YES)
    assert said.status_code == 200, said.get_json()
    return said.get_json()


def test_a_rule_on_hearsay_blocks_once_a_second_person_approved_and_until_it_is_withdrawn(service, author, approver):
    before = firings(service, author, "今天天气不错 一")["X1-01"]
    asked = author.post("/v1/rules/sign-offs", json=RULE).get_json()
    waiting = firings(service, author, "今天天气不错 二")["X1-01"]
    path = f"/v1/rules/sign-offs/{asked['id']}"
    own = author.post(f"{path}/decide", json=YES)
    approved = approver.post(f"{path}/decide", json=YES).get_json()
    after = firings(service, author, "今天天气不错 三")["X1-01"]
    ended = author.post(f"{path}/withdraw", json={"reason": "意见书作废"}).get_json()
    again = firings(service, author, "今天天气不错 四")["X1-01"]

    assert [each["decision"] for each in (before, waiting, after, again)] == ["review", "review", "block", "review"]
    assert (before["unsigned"], "sign_offs" in before) == (["没有经核实的依据"], False)
    assert [each["id"] for each in after["sign_offs"]] == [asked["id"]]
    assert (own.status_code, own.get_json()["type"]) == (403, "urn:weiheng:problem:same_person")
    assert [each["state"] for each in (asked, approved, ended)] == ["waiting", "approved", "withdrawn"]
    assert (approved["requested_by"], approved["decided_by"]) == ("key:hook", "key:approver")
    with service.parts.db.read() as session:
        rows = session.scalars(select(AuditRow).where(AuditRow.object_type == "rule_sign_off")).all()
        deeds = [(row.action, row.actor, row.reason) for row in sorted(rows, key=lambda row: row.id)]
    assert deeds == [
        ("sign_off.ask", "key:hook", "已核实"),
        ("sign_off.approve", "key:approver", "看过原件"),
        ("sign_off.withdraw", "key:hook", "意见书作废"),
    ]


def test_an_amount_is_signed_for_the_value_of_each_shop(service, author, approver):
    signed(author, approver, **NUMBER)

    default = firings(service, author, "今天天气不错 一", shop_id="shop-1")["X1-02"]
    other = firings(service, author, "今天天气不错 二", shop_id="shop-7")["X1-02"]
    sourced = firings(service, author, "今天天气不错 三", shop_id="shop-1", category="food")["X1-02"]

    assert (default["decision"], "unsigned" in default, default["bindings"]["per_fen"]) == ("pass", False, 100)
    assert (other["decision"], other["unsigned"]) == ("review", ["参数 per_fen 没有来源"])
    assert (other["bindings"]["per_fen"], other["overrides"]) == (200, {"per_fen": {"shop": "shop-7"}})
    assert (sourced["decision"], sourced["bindings"]["per_fen"]) == ("pass", 300)


def test_the_register_lists_what_is_signed_and_what_is_not(author, approver):
    first = author.get("/v1/rules/sign-offs").get_json()
    signed(author, approver)

    second = author.get("/v1/rules/sign-offs").get_json()

    def open_(said):
        return [(each["object_type"], each["name"], each["value"], each["rules"]) for each in said["unsigned"]]

    numbers = [("parameter", "per_fen", 100, ["X1-02"]), ("parameter", "per_fen", 200, ["X1-02"])]
    assert (first["items"], open_(first)[1:]) == ([], numbers)
    assert open_(first)[0][:2] == ("rule", "X1-01")
    assert ([each["state"] for each in second["items"]], open_(second)) == (["approved"], numbers)


@pytest.mark.parametrize(
    ("changed", "field", "expected"),
    [
        ({"pack": "trail"}, "pack", "'trial', did you mean that?"),
        ({"name": "X1-001"}, "name", "'X1-01', did you mean that?"),
        (NUMBER | {"name": "per_fan"}, "name", "'per_fen', did you mean that?"),
        (NUMBER | {"value": 101}, "value", "100 or 200 or 300"),
        (NUMBER | {"value": True}, "value", "100 or 200 or 300"),
        (NUMBER | {"value": None}, "value", "100 or 200 or 300"),
        ({"value": "0123456789abcdef"}, "value", ""),
        ({"valid_to": "2026-10-31"}, "valid_to", "the last day, or nothing"),
        ({"valid_from": "20261101"}, "valid_from", ""),
        ({"basis": " "}, "basis", ""),
        ({"signer": "x"}, "signer", ""),
    ],
)
def test_what_cannot_be_signed_is_refused_and_said(author, changed, field, expected):
    said = author.post("/v1/rules/sign-offs", json=RULE | changed)

    assert said.status_code == 422
    [problem] = said.get_json()["errors"]
    assert problem["field"].rpartition(".")[2] == field
    assert expected in problem["expected"]


def test_a_key_bound_to_shops_signs_nothing(service, author):
    bound = service.client("rules", shops=["shop-1"])
    asked = author.post("/v1/rules/sign-offs", json=RULE).get_json()

    for path, body in (
        ("", RULE),
        (f"/{asked['id']}/decide", YES),
        (f"/{asked['id']}/withdraw", {"reason": "x"}),
    ):
        assert bound.post(f"/v1/rules/sign-offs{path}", json=body).status_code == 403


def test_only_one_of_two_racing_answers_counts(service, author, approver):
    asked = author.post("/v1/rules/sign-offs", json=RULE).get_json()
    headers = dict(approver.environ_base)
    gate = threading.Barrier(2)

    def answer(approve):
        client = service.app.test_client()
        client.environ_base.update(headers)
        gate.wait()
        body = {"approve": approve, "reason": "x"}
        return client.post(f"/v1/rules/sign-offs/{asked['id']}/decide", json=body).status_code

    with ThreadPoolExecutor(2) as pool:
        codes = sorted(pool.map(answer, [True, False]))

    assert codes == [200, 409]
    assert author.post("/v1/rules/sign-offs/none/decide", json=YES).status_code == 404


def test_another_process_goes_by_a_sign_off_within_two_seconds(service, author, approver):
    other = service.parts.live.current
    follower = Follower(service.parts)
    signed(author, approver)
    service.parts.live.swap(other)  # as a process that has not heard of it
    follower.start()
    try:
        deadline = time.monotonic() + 2
        while not service.parts.live.current.sign_offs.all:
            assert time.monotonic() < deadline, "the sign-off was never followed"
            time.sleep(0.02)
    finally:
        follower.stop()

    assert service.parts.live.current.engine is other.engine
    assert not follow_once(service.parts)


def test_a_changed_value_is_no_longer_signed(service, author, approver, folders):
    signed(author, approver, **NUMBER)
    pack = folders["rules_dir"] / "trial/pack.yaml"
    pack.write_text(PACK.replace("default: 100", "default: 150"), "utf-8")
    files = snapshots.read_folder("rules", folders["rules_dir"])

    def publish(session):
        stored = snapshots.store(session, "rules", files, summary={}, by="test", now=service.clock())
        snapshots.activate(session, "rules", stored, by="test", now=service.clock())

    service.parts.db.write(publish)
    assert follow_once(service.parts)

    [firing] = [firings(service, author, "今天天气不错", shop_id="shop-1")["X1-02"]]
    assert (firing["decision"], firing["bindings"]["per_fen"]) == ("review", 150)


def test_the_command_line_does_the_same_with_two_officers(sqlite_database, folders, tmp_path, monkeypatch):
    service = serving(sqlite_database, tmp_path, folders)
    names = {"lin": ["rule_author"], "mei": ["rule_approver"], "old": ["viewer"]}

    def add(session):
        for name, roles in names.items():
            officers.create_officer(
                session,
                username=name,
                display_name=name,
                password="long enough 42",
                roles=roles,
                shop_ids=None,
                now=service.clock(),
            )

    service.parts.db.write(add)
    env = {"DATABASE_URL": service.parts.settings.url, "DATA_DIR": tmp_path, "RULES_DIR": folders["rules_dir"]}
    for name, value in env.items():
        monkeypatch.setenv(f"WEIHENG_{name}", str(value))

    def run(*words):
        done = CliRunner().invoke(main, ["rules", *words])
        return done.exit_code, done.output

    def ask(by, value="100"):
        words = ["--basis", "协议", "--signed-by", "王芳", "--from", "2026-01-01", "--reason", "x", "--by", by]
        return run("sign-off", "ask", "parameter", "trial.per_fen", "--value", value, *words)

    assert "parameter trial.per_fen = 100  参数 per_fen 没有来源  (X1-02)" in run("unsigned")[1]
    assert ask("old")[0] == ask("nobody")[0] == 1
    assert ask("lin", value="101")[0] == 1
    assert ask("lin", value="{")[0] == 2
    code, said = ask("lin")
    assert (code, said.split("  ")[1]) == (0, "waiting")
    sign_off_id = said.split("  ")[0]
    for by in ("lin", "old"):
        assert run("sign-off", "approve", sign_off_id, "--reason", "x", "--by", by)[0] == 1
    assert "approved" in run("sign-off", "approve", sign_off_id, "--reason", "x", "--by", "mei")[1]
    assert "trial.per_fen = 100 " not in run("unsigned")[1]
    assert "trial.per_fen = 200 " in run("unsigned")[1]
    told = {
        words: [line.partition(" (")[0] for line in run("check", *words)[1].splitlines() if "no title" not in line]
        for words in CHECKS
    }
    hearsay, number = "X1-01 acts as review: 没有经核实的依据", "X1-02 acts as review: 参数 per_fen 没有来源"
    at = "notice: rules/trial/pack.yaml"
    assert told[()][:3] == [f"{at}:15: {hearsay}", f"{at}:24: {number}", f"{at}:24: {number}"]
    assert told["--register",][:2] == [f"{at}:15: {hearsay}", f"{at}:24: {number}"]
    assert [lines[-2] for lines in told.values()] == ["1 packs, 2 rules, no problems"] * 2
    assert "withdrawn" in run("sign-off", "withdraw", sign_off_id, "--reason", "x", "--by", "lin")[1]
    assert run("sign-off", "refuse", sign_off_id, "--reason", "x", "--by", "mei")[0] == 1
    assert f"{sign_off_id}  withdrawn" in run("sign-off", "list")[1]
