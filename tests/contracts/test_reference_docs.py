"""The reference and how-to pages say what the code does.

Generated parts equal what the script would write; the requests that pages show are sent and the answers compared; names
of settings, metrics and commands exist. In an answer on a page ``…`` stands for anything, and as the last member of a
list for more of the same; ids, instants and figures that change from run to run are compared by their kind.
"""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
import sys
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import click
import pytest
import time_machine
from click.testing import CliRunner
from prometheus_client.metrics import MetricWrapperBase
from sqlalchemy import select
from standardwebhooks import Webhook

from app import metrics, queue
from app.cli import main
from app.errors import BadDefinition
from app.events.kinds.content_submit import CONTENT_KINDS, KIND
from app.flows.export_inquiry import make_page
from app.flows.follow_up_evidence import watch_evidence
from app.flows.pay_claim import pay_claim
from app.flows.publish_snapshot import publish
from app.flows.review_rules import review_rules
from app.flows.seal_audit import seal_audit
from app.flows.settle_claims import settle_claims
from app.flows.start_payment import PAY
from app.flows.watch_rules import check_bands, write_counts
from app.flows.wordlist_freshness import alarm_if_stale
from app.models import OutboxMessage
from app.outbox.messages import EVENT_TYPES
from app.outbox.sending import signature
from app.settings import _FOREIGN, Settings
from app.values.access import Scope
from app.values.deciding import Firing, Verdict
from app.values.facts import Origin
from tests.console import put_officer
from tests.evidence import put_evidence
from tests.partners import put_partners
from tests.service import START, make_service, shipped_judge
from tests.wechat import accounts_text

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.glob("**/*.md")])
API = (DOCS / "reference/http-api.md").read_text("utf-8")
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
CALL = re.compile(r"^\| `([A-Z]+) (/\S*)` \| (.+?) \|", re.MULTILINE)
SAME_KIND = (
    re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}"),
    re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?\+00:00"),
    re.compile(r"[0-9a-f]{32}"),
)
GENERATED = sorted(
    page.name for page in (DOCS / "reference").glob("*.md") if "<!-- generated -->" in page.read_text("utf-8")
)
CHANGING = {"took_us", "words", "summary", "proposed_by", "seq", "size", "stamp", "queue", "author_id"}


@dataclass(frozen=True)
class Example:
    """One request of a page and the answer shown below it; ``answer`` is None where that is no JSON."""

    method: str
    path: str
    headers: dict[str, str]
    body: str
    answer: object


def examples_of(page):
    fences = FENCE.findall(page)
    found = []
    for (language, text), (below, shown) in zip(fences, [*fences[1:], ("", "")], strict=True):
        if language == "http":
            head, _, body = text.partition("\n\n")
            (method, path), *lines = (line.split(" ", 1) for line in head.strip().splitlines())
            headers = {name.rstrip(":"): value for name, value in lines}
            found.append(Example(method, path, headers, body, json.loads(shown) if below == "json" else None))
    return found


def fits(shown, said):
    """Whether what a page shows is what was answered."""
    if isinstance(shown, dict):
        return (
            isinstance(said, dict)
            and shown.keys() == said.keys()
            and all(name in CHANGING or fits(value, said[name]) for name, value in shown.items())
        )
    if isinstance(shown, list):
        if shown[:1] == ["…"] and shown[-1:] == ["…"] and len(shown) > 1:  # these, anywhere among others
            return all(any(fits(item, each) for each in said) for item in shown[1:-1])
        more = bool(shown) and shown[-1] == "…"
        items = shown[:-1] if more else shown
        return (len(said) > len(items) if more else len(said) == len(items)) and all(map(fits, items, said))
    if not isinstance(shown, str) or not isinstance(said, str):
        return shown == said
    if any(kind.fullmatch(shown) and kind.fullmatch(said) for kind in SAME_KIND):
        return True
    return re.fullmatch(".*".join(map(re.escape, shown.split("…"))), said, re.DOTALL) is not None


def call(client, example, known):
    path = re.sub(r"\{(\w+)\}", lambda name: known[name[1]], example.path)
    kind = "application/json" if example.body else None
    body = re.sub(
        r"\{(case_id|(?:refund_)?telling|refund_seen)\}", lambda name: known.get(name[1], name[0]), example.body
    )
    return client.open(path, method=example.method, data=body, content_type=kind, headers=example.headers)


ID_OF = {
    r"/v1/webhooks.*": ("webhook_id", "id"),
    r"/v1/backtests": ("backtest_id", "id"),
    r"/v1/rules/sign-offs": ("sign_off_id", "id"),
    r"/v1/audit\?.*": ("audit_id", "id"),
    r".*/words": ("change_id", "id"),
    r".*/requests": ("request_id", "id"),
    r"/v1/holds": ("hold_id", "id"),
    r"/v1/cases/bulk": ("bulk_id", "bulk_id"),
    r"/v1/cases/.*/appeals": ("token", "url"),
    r"/v1/snapshots(\?.*)?": ("snapshot_id", "id"),
    r"/v1/reconciliations": ("difference_id", "difference_id"),
    r"/v1/provider-ratings/.*/appeal": ("appeal_id", "appeal_id"),
    r"/v1/orders/.*/payments\?.*": ("telling", "telling"),
    r"/v1/evidence": ("evidence_id", "evidence_id"),
    r"/v1/notices": ("notice_id", "notice_id"),
    r"/v1/inquiries": ("inquiry_id", "inquiry_id"),
}
"""Whose answers bring ids for later examples: a request's path, the placeholder, and the member that holds it."""


def remember(example, said, known):
    """Keep the ids of an answer for the placeholders of later requests."""
    for result in [said, *said.get("results", [])]:
        known |= {name: result[name] for name in ("screening_id", "case_id", "claim_id", "stop_id") if result.get(name)}
    for path, (name, member) in ID_OF.items():
        if re.fullmatch(path, example.path):
            first = next(iter(said.get("items", [])), {})
            known |= {name: found} if (found := said.get(member) or first.get(member)) else {}
    if said.get("shifts"):
        known["shift_id"] = said["shifts"][0]["id"]
    if said.get("handover"):
        known["handover_id"] = said["handover"]["id"]
    if isinstance(said.get("files"), list) and said["files"]:
        known["file_id"] = said["files"][0]["file_id"]
    if "token" in known:
        known["token"] = known["token"].rpartition("/")[2]


@pytest.fixture(scope="module")
def script():
    sys.path.insert(0, str(ROOT / "scripts"))
    import write_reference

    yield write_reference
    sys.path.remove(str(ROOT / "scripts"))


@pytest.fixture(scope="module")
def judge(tmp_path_factory):
    return shipped_judge(tmp_path_factory.mktemp("judge"))


@pytest.fixture
def service(sqlite_database, judge, tmp_path):
    accounts = accounts_text()
    given = {"outbox_allow_private": False, "rule_approval": "required", "platform_accounts": accounts}
    return make_service(sqlite_database, tmp_path, judge, **given)


@pytest.mark.parametrize("name", GENERATED)
def test_the_generated_part_is_what_the_script_would_write(script, name):
    page = (DOCS / "reference" / name).read_text("utf-8")

    assert sorted(script.PARTS) == GENERATED
    assert page == script.rewritten(page, script.PARTS[name]()), "run .venv/bin/python scripts/write_reference.py"


@pytest.mark.parametrize("name", ["pack", "examples"])
def test_a_schema_is_what_the_script_would_write_and_the_command_prints(script, name):
    file = f"schemas/{name}.schema.json"
    text = (DOCS / "reference" / file).read_text("utf-8")

    assert text == script.FILES[file](), "run .venv/bin/python scripts/write_reference.py"
    assert text == CliRunner().invoke(main, ["rules", "schema", name]).output


@pytest.mark.parametrize("text", ["", "<!-- generated -->", "<!-- /generated --> <!-- generated -->"])
def test_a_page_without_both_marks_is_refused(script, text):
    with pytest.raises(ValueError, match="once each"):
        script.rewritten(text, "x")


def test_every_endpoint_is_in_the_table_with_a_heading_and_an_example(service):
    spoken = {
        (method, re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule))
        for rule in service.app.url_map.iter_rules()
        if rule.rule.startswith(("/v1/", "/healthz", "/readyz", "/metrics"))
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }

    listed = {(method, path) for method, path, _ in CALL.findall(API)}
    headings = set(re.findall(r"^### `([A-Z]+) (\S+)`$", API, re.MULTILINE))

    assert listed == spoken == headings
    assert len(examples_of(API)) == len(spoken)


def test_every_request_of_the_pages_is_answered_as_shown(service):
    client, known = service.client(), {}
    second = service.app.test_client()
    second.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {service.key(name='second')}"
    shown = [*examples_of(API), *examples_of((DOCS / "reference/errors.md").read_text("utf-8"))]
    for username in ("hook", "lin"):
        put_officer(service, username)

    for example in shown:
        if example.path.startswith("/v1/suppliers") and "rating_id" not in known:
            known |= put_partners(service)
        known |= told_twice(example, client, known)
        if example.path.endswith("/{inquiry_id}/file"):
            while make_page(service.parts, known["inquiry_id"], now=service.clock()):
                pass
        decides = example.path.endswith(
            (
                "/approve",
                "/refuse",
                "/{sign_off_id}/decide",
                "/{change_id}/decide",
                "/{evidence_id}/decide",
                "/{appeal_id}/decide",
                "/appeal/decide",
            )
        )  # never by whoever asked
        answer = call(second if decides else client, example, known)
        if example.path.startswith("/v1/audit?"):
            seal_audit(service.parts, now=service.clock())
        if example.answer is None:
            assert answer.status_code == 200, (example.path, answer.text)
            if answer.is_json and "/cases/" in example.path:
                remember(example, answer.get_json(), known)
            continue
        said = answer.get_json()
        remember(example, said, known)

        assert answer.status_code == example.answer.get("status") or answer.status_code < 300, said
        assert fits(example.answer, said), json.dumps(said, ensure_ascii=False, indent=1)


def test_every_call_needs_the_scope_the_table_says(service):
    scopes = {(method, path): set(re.findall(r"`(\w+)`", said)) for method, path, said in CALL.findall(API)}
    known = {
        "screening_id": "x",
        "case_id": "x",
        "webhook_id": "x",
        "sign_off_id": "x",
        "backtest_id": "x",
        "audit_id": "x",
        "request_id": "x",
        "hold_id": "x",
        "claim_id": "x",
        "stop_id": "x",
        "difference_id": "x",
        "snapshot_id": "sha256:" + "0" * 64,
        "change_id": "x",
        "rating_id": "x",
        "held_rating_id": "x",
        "appeal_id": "x",
        "bulk_id": "x",
        "token": "x",
        "evidence_id": "x",
        "notice_id": "x",
        "inquiry_id": "x",
        "file_id": "x",
        "shift_id": "x",
        "handover_id": "x",
    }

    for example in examples_of(API):
        [needed] = [said for (method, path), said in scopes.items() if is_for(example, method, path)]
        allowed = call(service.client(*needed), example, known) if needed else None
        refused = call(service.client(*(set(Scope) - needed)), example, known)

        assert refused.status_code in ({403} if needed else {200, 404}), example.path
        assert allowed is None or allowed.status_code in {200, 201, 202, 404}, example.path


def is_for(example, method, path):
    pattern = "".join("[^?/]+" if part.startswith("{") else re.escape(part) for part in re.split(r"(\{\w+\})", path))
    return example.method == method and re.fullmatch(pattern, example.path.partition("?")[0]) is not None


def told_twice(example, client, known):
    """Tell what the calls about contradicting tellings are shown with."""
    if "/payments" in example.path and "telling" not in known:
        tell_payment_twice(client)
    return tell_refund_twice(client) if example.method == "POST" and "/tellings" in example.path else {}


def tell_payment_twice(client):
    """The payment of another order, told again under another id and with another amount."""
    paid_at = "2026-11-23T09:00:00+00:00"
    notice = {"kind": "payment.succeeded", "subject": "4200001", "shop_id": "shop-7", "occurred_at": paid_at}
    for event_id, paid_fen in (("evt-2", 19_900), ("evt-3", 29_900)):
        facts = {"order_id": "3705115058471208930", "transaction_id": "4200001", "paid_fen": paid_fen}
        told = notice | {"id": event_id, "data": facts | {"paid_at": paid_at}}
        answer = client.post("/v1/events", json=told).get_json()
        assert answer["results"][0]["status"] == "accepted", answer


def tell_refund_twice(client):
    """A refund of that order told with two amounts; both tellings."""
    told = {
        "kind": "refund.finished",
        "subject": "R-1",
        "shop_id": "shop-7",
        "occurred_at": "2026-11-23T09:00:00+00:00",
    }
    for event_id, amount_fen in (("evt-4", 900), ("evt-5", 800)):
        facts = {"order_id": "3705115058471208930", "result": "success", "amount_fen": amount_fen}
        answer = client.post("/v1/events", json=told | {"id": event_id, "data": facts}).get_json()
        assert answer["results"][0]["status"] == "accepted", answer
    found = client.get("/v1/orders/3705115058471208930/tellings?shop_id=shop-7").get_json()["items"][-1]["tellings"]
    return dict(zip(("refund_seen", "refund_telling"), [each["telling"] for each in found], strict=True))


def tell_of_claims(service, client):
    """One claim that is refused, one that is paid and recovered."""
    about = {"shop_id": "shop-7", "order_id": "o-1", "cause": "unsafe_food", "paid_fen": 5_000, "reason": "变质"}
    refused = client.post("/v1/claims", json=about).get_json()["claim_id"]
    client.post(f"/v1/claims/{refused}/reject", json={"ground": "withdrawn", "reason": "买家撤回"})
    client.post("/v1/fund/deposits", json={"transfer_id": "t", "into": "fund", "amount_fen": 9_000_000, "note": "首期"})
    late = {"shop_id": "shop-8", "order_id": "o-2", "cause": "late_dispatch", "paid_fen": 19_900, "amount_fen": 995}
    paid = client.post("/v1/claims", json=late | {"reason": "迟迟没有发货"}).get_json()["claim_id"]
    client.post(f"/v1/claims/{paid}/approve", json={"reason": "核实无误"})
    now = service.clock.advance(hours=25)
    settle_claims(service.parts, now=now)
    for work in service.parts.db.write(lambda session: queue.claim(session, worker="t", now=now, limit=2_000)):
        if work.kind == PAY:
            pay_claim(service.parts, work, now=now)
    client.post(f"/v1/claims/{paid}/recover", json={"how": "repaid", "reason": "到账"})


def test_the_events_are_announced_as_shown(service, tmp_path):
    client = service.client()
    client.post("/v1/webhooks", json={"url": "https://uploader.example.com/weiheng", "event_types": list(EVENT_TYPES)})
    screen, *_ = examples_of(API)
    case_id = call(client, screen, {}).get_json()["case_id"]
    decide = {"decision": "block", "reason": "绝对化用语，请改写"}
    client.post(f"/v1/cases/{case_id}/decide", json=decide)
    token = client.post(f"/v1/cases/{case_id}/appeals").get_json()["url"].rpartition("/")[2]
    assert client.post(f"/v1/appeals/{token}", json={"text": "有证书", "files": []}).status_code == 200
    second = service.app.test_client()
    second.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {service.key(name='second')}"
    assert (
        second.post(f"/v1/cases/{case_id}/appeal/decide", json={"decision": "pass", "reason": "属实"}).status_code
        == 200
    )
    shadow = {"kind": "rules", "reason": "先观察", "edits": [{"rule": "S2-05", "status": "shadow"}]}
    assert client.post("/v1/snapshots", json=shadow).get_json()["state"] == "waiting"
    (tmp_path / "wordlists").mkdir()
    shutil.copy(ROOT / "wordlists/categories.yaml", tmp_path / "wordlists")
    (tmp_path / "wordlists/trial.txt").write_text("好词语\n", "utf-8")
    folders = service.parts.settings.model_copy(update={"wordlists_dir": tmp_path / "wordlists"})
    with pytest.raises(BadDefinition):
        publish(service.parts.db, folders, "wordlists", by="test", now=service.clock())
    rules = service.parts.live.current.rules_on("video_caption")
    firing = Firing("S8-02a", "content", Verdict.BLOCK, "", ())
    for _ in range(600):
        service.parts.counts.note(rules, [firing], now=service.clock())
    write_counts(service.parts)
    check_bands(service.parts, now=service.clock())
    review_rules(service.parts, now=service.clock.advance(days=58))
    told = {
        "id": "s-1",
        "kind": "inventory.event",
        "subject": "sku-9",
        "shop_id": "shop-7",
        "data": {"not_enough": True},
    }
    client.post("/v1/events", json=told | {"occurred_at": "2026-11-23T09:00:00+00:00"})
    said_at = {"sequence": 0, "at": "2026-11-23T09:00:00+00:00", "text": "输了学狗叫"}
    client.post("/v1/live/room-7/speech", json={"shop_id": "shop-7", "utterances": [said_at]})
    alarm_if_stale(service.parts, now=service.clock())
    tell_of_claims(service, client)
    put_evidence(service, shop_id="shop-7", kind="certificate", valid_until="2027-05-31")
    watch_evidence(service.parts, now=datetime(2027, 5, 10, tzinfo=UTC))

    with service.parts.db.read() as session:
        said = [json.loads(message.body) for message in session.scalars(select(OutboxMessage))]
    texts = [text for language, text in FENCE.findall(API) if language == "json" and text.startswith('{"type"')]
    shown = [json.loads(text) for text in texts if '"data"' in text]

    assert [event["type"] for event in shown] == list(EVENT_TYPES)
    for event in shown:
        assert any(fits(event, each) for each in said), event


def test_every_kind_and_fact_that_may_be_sent_is_on_the_page():
    facts = [fact.name for fact in KIND.facts if fact.origin is not Origin.COMPUTED]

    assert [name for name in (*CONTENT_KINDS, *facts) if f"`{name}`" not in API] == []


@pytest.mark.parametrize("file", PAGES, ids=lambda file: str(file.relative_to(ROOT)))
def test_no_page_names_a_setting_or_metric_that_does_not_exist(file):
    text = file.read_text("utf-8")
    settings = {f"WEIHENG_{name.upper()}" for name in Settings.model_fields}
    settings |= {f"{name}_FILE" for name in settings} | _FOREIGN | {"WEIHENG_WEBHOOK_SECRET", "WEIHENG_TEST_DATABASE"}
    families = [each.describe()[0] for each in vars(metrics).values() if isinstance(each, MetricWrapperBase)]
    known = {f"{each.name}_total" if each.type == "counter" else each.name for each in families}

    assert set(re.findall(r"\bWEIHENG_[A-Z_]*[A-Z]\b", text)) <= settings
    assert set(re.findall(r"`(weiheng_\w+)[`{]", text)) - {"weiheng_client"} <= known


@pytest.mark.parametrize("file", PAGES, ids=lambda file: str(file.relative_to(ROOT)))
def test_every_command_of_a_page_exists_with_its_options(file):
    for line in re.findall(r"\.venv/bin/weiheng ([^`\n)|;#]+)", file.read_text("utf-8")):
        words = [word for word in line.split() if word not in {"-h", "--help"}]
        command, context = main, click.Context(main)
        while words and isinstance(command, click.Group) and not words[0].startswith("-"):
            found = command.get_command(context, words[0])
            assert found is not None, line
            command, words = found, words[1:]

        command.make_parser(click.Context(command)).parse_args(words) if words else None


def test_the_receiver_of_the_how_to_takes_each_message_once_and_refuses_a_forged_one(monkeypatch, capsys):
    page = (DOCS / "how-to/receive-webhooks.md").read_text("utf-8")
    [program] = [text for language, text in FENCE.findall(page) if language == "python"]
    secret, receiver = "whsec_" + "c2VjcmV0" * 4, {"__name__": "receiver"}
    monkeypatch.setenv("WEIHENG_WEBHOOK_SECRET", secret)
    exec(compile(program, "receive-webhooks.md", "exec"), receiver)  # noqa: S102 - the page's own program
    data = {"shop_id": "shop-7", "content_id": "v-1001", "decision": "block"}
    body = json.dumps({"type": "content.outcome", "data": data}).encode()
    timestamp = int(START.timestamp())
    signed = signature(secrets=[secret], message_id="m-1", timestamp=timestamp, body=body)
    headers = {"webhook-id": "m-1", "webhook-timestamp": str(timestamp), "webhook-signature": signed}
    client = receiver["app"].test_client()

    with time_machine.travel(START, tick=False):
        answers = [
            client.post("/weiheng", data=sent, headers=headers).status_code for sent in (body, body, b" " + body)
        ]

    assert answers == [204, 204, 400]
    assert capsys.readouterr().out == "shop-7 v-1001 block\n"
    assert isinstance(receiver["webhook"], Webhook)


def test_the_hook_of_the_how_to_is_the_example_of_the_client():
    page = (DOCS / "how-to/connect-an-upload-hook.md").read_text("utf-8")
    example = (ROOT / "clients/python/examples/upload_hook.py").read_text("utf-8")
    program = next(text for language, text in FENCE.findall(page) if language == "python")
    imports, _, function = program.partition("\n\n\n")

    assert imports in example
    assert function.strip() in example


def test_a_copy_made_as_the_how_to_says_holds_what_was_committed_last(service, tmp_path):
    page = (DOCS / "how-to/back-up.md").read_text("utf-8")
    [statement] = set(re.findall(r"VACUUM INTO '[^']+'", page))
    said = service.screen(service.client(), "今天天气不错").get_json()
    (tmp_path / "backups").mkdir()

    with closing(sqlite3.connect(service.parts.settings.url.removeprefix("sqlite:///"))) as running:
        running.execute(statement.replace("/backups/", f"{tmp_path}/backups/"))
    with closing(sqlite3.connect(tmp_path / "backups" / "weiheng.db")) as copy:
        kept = copy.execute("SELECT id FROM screening").fetchall()

    assert kept == [(said["screening_id"],)]
