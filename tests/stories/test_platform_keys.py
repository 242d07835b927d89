"""WeChat Pay changes its certificates: the new ones are fetched in time, and nobody else's are believed."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select, update

from app.cli import main
from app.events.provider import Asking
from app.flows.ask_platform import ask_platform
from app.flows.fetch_platform_keys import fetch_keys_of, plan_platform_keys
from app.flows.platform_keys import FETCH_KEYS, known_keys
from app.flows.receive_message import find_account
from app.models import AuditRow, InboundMessage, PlatformCertificate, QueueRow
from app.wechat.errors import Doubt, PlatformRefused, Untrusted
from tests.inbound import pay
from tests.peers import answering
from tests.service import START, make_service
from tests.wechat import PUB_KEY_ID, accounts_text, certificate_pem, certificates_answer, signed_headers
from tests.working import work

OLD, NEW, FORGED = 0x5F01, 0x5F02, 0x5F03
OLD_ENDS = START + timedelta(days=5)


def certificate(serial, *, by=None, begins=START - timedelta(days=300), ends=START + timedelta(days=1500)):
    return certificate_pem(by or f"platform-{serial}", serial=serial, begins=begins, ends=ends)


def name(serial):
    return f"{serial:X}"


@dataclass
class Platform:
    """Gives its certificates signed with the key ``by``; other answers are signed with that of ``answers_with``."""

    now: object = START
    given: tuple = ()
    by: str = "platform"
    serial: str = PUB_KEY_ID
    key: str = field(default="0123456789abcdef0123456789abcdef")
    asked: list = field(default_factory=list)
    refusal: tuple | None = None
    answers_with: int = OLD

    def __call__(self, _method, path, _headers, _body):
        self.asked.append(path.partition("?")[0])
        if path == "/v3/certificates":
            if self.refusal:
                return self.refusal
            body = certificates_answer(*self.given, key=self.key)
            return 200, signed_headers(body, now=self.now, by=self.by, serial=self.serial), body
        body, serial = json.dumps({"unsplit_amount": 7}).encode(), self.answers_with
        return 200, signed_headers(body, now=self.now, by=f"platform-{serial}", serial=name(serial)), body

    def signs_with(self, serial):
        self.by, self.serial = f"platform-{serial}", name(serial)


@contextmanager
def served(database, judge, folder, **account):
    platform = Platform()
    with answering(platform) as url:
        whole = json.loads(accounts_text(pay_url=url))
        mine = whole["wechatpay"]["main"] | account
        whole = {"wechatpay": {"main": {name: value for name, value in mine.items() if value is not None}}}
        yield make_service(database, folder, judge, platform_accounts=json.dumps(whole)), platform


@pytest.fixture
def connected(sqlite_database, judge, tmp_path):
    """A merchant that only has its own keys: the platform's are all fetched."""
    with served(sqlite_database, judge, tmp_path, platform_keys=None) as (service, platform):
        platform.given = (certificate(OLD, ends=OLD_ENDS),)
        platform.signs_with(OLD)
        yield service, platform


def fetch(service, **more):
    return [key.serial for key in fetch_keys_of(service.parts, "main", now=service.clock(), **more)]


def send(service, *, serial, number=1):
    received = pay(service.clock(), number, by=f"platform-{serial}", serial=name(serial))
    client = service.app.test_client()
    answer = client.post("/v1/hooks/wechatpay/main", data=received.body, headers=dict(received.headers))
    return answer.status_code


def count(service, model, *where):
    with service.parts.db.read() as session:
        return session.scalar(select(func.count()).select_from(model).where(*where))


def test_a_merchant_without_a_configured_key_fetches_the_first_by_its_apiv3_key_alone(database, judge, tmp_path):
    with served(database, judge, tmp_path, platform_keys=None) as (service, platform):
        platform.given = (certificate(OLD, ends=OLD_ENDS),)
        platform.signs_with(OLD)

        fetched = fetch(service)

        assert fetched == [name(OLD)]
        assert send(service, serial=OLD) == 204
        again = fetch(service)
        assert again == fetched
        assert count(service, PlatformCertificate) == 1
        assert count(service, AuditRow, AuditRow.action == "platform_key.add") == 1


def test_the_new_certificate_holds_beside_the_old_one_and_alone_after_that(connected):
    service, platform = connected
    fetch(service)
    platform.given = (certificate(OLD, ends=OLD_ENDS), certificate(NEW))

    overlapping = fetch(service)
    both = send(service, serial=OLD, number=1), send(service, serial=NEW, number=2)
    platform.now = service.clock.advance(days=6)
    later = send(service, serial=OLD, number=3), send(service, serial=NEW, number=4)

    assert overlapping == [name(OLD), name(NEW)]
    assert both == (204, 204)
    assert later == (401, 204), "a certificate that ended signs nothing any more"


@pytest.mark.parametrize("is_anew", [False, True])
def test_while_a_known_key_is_in_force_only_it_vouches_for_new_ones(connected, is_anew):
    service, platform = connected
    fetch(service)
    platform.given = (certificate(NEW),)
    platform.signs_with(NEW)

    if is_anew:
        assert fetch(service, anew=True) == [name(OLD), name(NEW)]
        return
    with pytest.raises(Untrusted) as refused:
        fetch(service)
    assert refused.value.doubt is Doubt.UNKNOWN_KEY
    assert count(service, PlatformCertificate) == 1
    platform.now = service.clock.advance(days=6)  # nothing known is in force any more
    assert fetch(service) == [name(NEW)]


def test_a_configured_public_key_vouches_for_certificates(sqlite_database, judge, tmp_path):
    with served(sqlite_database, judge, tmp_path) as (service, platform):
        platform.given = (certificate(NEW),)

        keys = fetch(service)

        assert keys == [name(NEW), PUB_KEY_ID]
        assert send(service, serial=NEW) == 204


@pytest.mark.parametrize(
    ("given", "key", "doubt"),
    [
        ([], None, Doubt.MALFORMED),
        ([{"ends": OLD_ENDS}], "f" * 32, Doubt.DECRYPTION),
        ([{"ends": START - timedelta(days=1)}], None, Doubt.UNKNOWN_KEY),
        ([{"begins": START + timedelta(days=1)}], None, Doubt.UNKNOWN_KEY),
        ([{"by": "somebody"}], None, Doubt.SIGNATURE),
    ],
    ids=["none", "another APIv3 key", "ended", "not yet in force", "signed by another key than it holds"],
)
def test_certificates_that_are_not_the_platforms_are_not_kept(connected, given, key, doubt):
    service, platform = connected
    platform.given, platform.key = [certificate(OLD, **each) for each in given], key or platform.key

    with pytest.raises(Untrusted) as refused:
        fetch(service)

    assert refused.value.doubt is doubt
    assert count(service, PlatformCertificate) == 0


def test_an_unknown_key_has_certificates_fetched_once_and_the_message_is_taken_when_it_comes_again(connected):
    service, platform = connected
    fetch(service)
    platform.given = (certificate(OLD, ends=OLD_ENDS), certificate(NEW))
    platform.asked.clear()

    refused = [send(service, serial=serial) for serial in (NEW, NEW, FORGED)]

    assert refused == [401, 401, 401]
    assert platform.asked == [], "nobody is asked while a sender waits"
    assert count(service, QueueRow, QueueRow.kind == FETCH_KEYS) == 1
    work(service)
    assert send(service, serial=NEW) == 204
    assert [send(service, serial=FORGED, number=each) for each in range(3)] == [401, 401, 401]
    work(service)
    assert len([path for path in platform.asked if path == "/v3/certificates"]) <= 2, "the schedule's and the sender's"
    assert count(service, InboundMessage) == 1


def test_an_answer_signed_with_a_new_certificate_has_it_fetched_and_is_asked_for_again(connected):
    service, platform = connected
    fetch(service)
    _, account = find_account(service.parts, "wechatpay", "main")
    asking = Asking("/v3/profitsharing/transactions/42/amounts")
    platform.given = (certificate(OLD, ends=OLD_ENDS), certificate(NEW))

    def ask(answers_with):
        platform.asked.clear()
        platform.answers_with = answers_with
        return ask_platform(service.parts, "wechatpay", account, asking, now=service.clock())

    assert ask(NEW) == {"unsplit_amount": 7}
    assert platform.asked == [asking.path, "/v3/certificates", asking.path]
    with pytest.raises(Untrusted):
        ask(FORGED)
    assert platform.asked == [asking.path], "so soon nobody is asked for keys again"


def test_a_row_that_somebody_put_into_the_database_makes_no_key(connected):
    service, _ = connected
    fetch(service)
    mine = json.loads(certificates_answer(certificate(FORGED), key="f" * 32))["data"][0]["encrypt_certificate"]
    swapped = update(PlatformCertificate).values(serial=name(FORGED), resource=mine)
    service.parts.db.write(lambda session: session.execute(swapped))
    service.parts.platform_keys.fetched.clear()  # as another process sees it

    _, account = find_account(service.parts, "wechatpay", "main")
    known = known_keys(service.parts.db, service.parts.platform_keys, account)

    assert list(known) == []
    assert send(service, serial=FORGED) == 401


def test_the_certificates_of_every_account_are_fetched_four_times_a_day(connected):
    service, platform = connected
    planned = [plan_platform_keys(service.parts, now=service.clock.advance(hours=hours)) for hours in (0, 1, 5)]
    platform.now = service.clock()
    work(service)

    assert planned == [1, 0, 1]
    assert send(service, serial=OLD) == 204


def test_a_merchant_that_the_platform_has_no_certificate_for_is_no_failure(connected):
    service, platform = connected
    platform.refusal = (404, {}, json.dumps({"code": "RESOURCE_NOT_EXISTS"}).encode())
    plan_platform_keys(service.parts, now=service.clock())

    work(service)

    with service.parts.db.read() as session:
        rows = session.scalars(select(QueueRow).where(QueueRow.kind == FETCH_KEYS)).all()
    assert {row.state for row in rows} == {"done"}
    with pytest.raises(PlatformRefused):
        fetch(service)


def test_an_account_needs_a_key_of_the_platform_or_the_means_to_fetch_one(sqlite_database, judge, tmp_path):
    with (
        pytest.raises(Exception, match="have its certificates fetched"),
        served(sqlite_database, judge, tmp_path, platform_keys=None, private_key=None, serial=None),
    ):
        pass


def test_the_command_fetches_and_says_until_when(sqlite_database, tmp_path, monkeypatch):
    long = {"begins": datetime(2020, 1, 1, tzinfo=UTC), "ends": datetime(2099, 12, 31, tzinfo=UTC)}
    platform = Platform(now=datetime.now(UTC), given=(certificate(OLD, **long),))
    platform.signs_with(OLD)
    with answering(platform) as url:
        mine = json.loads(accounts_text(pay_url=url))["wechatpay"]["main"]
        del mine["platform_keys"]
        monkeypatch.setenv("WEIHENG_PLATFORM_ACCOUNTS", json.dumps({"wechatpay": {"main": mine}}))
        monkeypatch.setenv("WEIHENG_DATABASE_URL", sqlite_database.url)
        monkeypatch.setenv("WEIHENG_OUTBOX_ALLOW_PRIVATE", "true")
        monkeypatch.setenv("WEIHENG_DATA_DIR", str(tmp_path))

        fetched = CliRunner().invoke(main, ["inbound", "certificates", "main"])
        unknown = CliRunner().invoke(main, ["inbound", "certificates", "other"])

    assert (fetched.exit_code, fetched.output) == (0, f"{name(OLD)}  有效至 2099-12-31\n")
    assert unknown.exit_code == 1
