"""Accounts: a second factor, one's own password, and the page on which administrators let people in."""

from __future__ import annotations

import re

import pyotp
import pytest
from click.testing import CliRunner
from sqlalchemy import select

from app.cli import main
from app.models import AuditRow, Officer
from app.officers import find_officer
from tests.console import PASSWORD, officer_of, put_officer, sign_in, token
from tests.service import make_service

NEW = "another long password"


@pytest.fixture
def service(database, tmp_path, judge):
    return make_service(database, tmp_path, judge)


def post(client, path, *, page="/console/account", **form):
    return client.post(path, data=form | {"csrf_token": token(client, page)})


def enrol(service, client):
    """Set up a device; the device, and the single-use codes."""
    assert post(client, "/console/account/second-factor").status_code == 303
    shown = re.search(r'<code class="secret">(.*?)</code>', client.get("/console/account").text)[1]
    secret = re.sub("<[^>]*>", "", shown)
    device = pyotp.TOTP(secret)
    shown = post(client, "/console/account/second-factor/confirm", code=device.at(service.clock()))
    return device, re.findall(r"<li><code>([^<]+)</code></li>", shown.text)


def account(service, username="lin"):
    with service.parts.db.read() as session:
        return find_officer(session, username)


def actions(service):
    with service.parts.db.read() as session:
        return list(session.scalars(select(AuditRow.action).order_by(AuditRow.id)))


def admin_of(service):
    put_officer(service, "root", roles=["admin"])
    return sign_in(service, "root")[0]


def code_step(client, code):
    return post(client, "/console/sign-in/code", page="/console/sign-in/code", code=code)


def test_with_a_device_the_password_alone_opens_nothing(service):
    device, codes = enrol(service, officer_of(service))
    service.clock.advance(minutes=1)

    client, answer = sign_in(service)

    assert len(codes) == 10
    assert answer.headers["Location"].startswith("/console/sign-in/code")
    assert client.get("/console/cases").status_code == 302
    assert code_step(client, "000000").status_code == 401
    assert client.get("/console/cases").status_code == 302
    assert code_step(client, device.at(service.clock())).status_code == 303
    assert client.get("/console/cases").status_code == 200


def test_digits_that_were_used_once_open_nothing_again(service):
    device, _ = enrol(service, officer_of(service))
    service.clock.advance(minutes=1)
    digits = device.at(service.clock())

    first, second = sign_in(service)[0], sign_in(service)[0]

    assert code_step(first, digits).status_code == 303
    assert code_step(second, digits).status_code == 401


def test_a_single_use_code_opens_once_and_says_how_many_are_left(service):
    _, codes = enrol(service, officer_of(service))
    first, second = sign_in(service)[0], sign_in(service)[0]

    assert code_step(first, codes[0].lower()).status_code == 303
    assert code_step(second, codes[0]).status_code == 401
    assert "剩余备用码 9 个" in first.get("/console/account").text


def test_wrong_digits_are_told_at_their_field_which_has_the_focus_and_the_secret_stays(service):
    client = officer_of(service)
    post(client, "/console/account/second-factor")
    secret = re.search(r'<code class="secret">(.*?)</code>', client.get("/console/account").text)[1]

    wrong = post(client, "/console/account/second-factor/confirm", code="000000")
    field = re.search(r'<input[^>]* name="code"[^>]*>', wrong.text)[0]

    assert wrong.status_code == 422
    assert secret in wrong.text
    assert 'role="alert" id="wrong-code"' in wrong.text
    assert all(said in field for said in ("autofocus", 'aria-invalid="true"', 'aria-describedby="wrong-code"'))


def test_wrong_digits_lock_the_account_as_wrong_passwords_do(service):
    enrol(service, officer_of(service))
    client, _ = sign_in(service)

    tries = [code_step(client, "000000").status_code for _ in range(6)]

    assert tries == [401] * 4 + [429] * 2
    assert sign_in(service)[1].status_code == 429


def test_the_half_that_was_signed_in_ends_after_five_minutes(service):
    device, _ = enrol(service, officer_of(service))
    client, _ = sign_in(service)
    form = {"csrf_token": token(client, "/console/sign-in/code")}
    service.clock.advance(minutes=5)

    answer = client.post("/console/sign-in/code", data=form | {"code": device.at(service.clock())})

    assert answer.headers["Location"].startswith("/console/sign-in?")


def test_the_secret_is_kept_sealed_and_the_codes_as_digests(service):
    device, codes = enrol(service, officer_of(service))
    kept = account(service)

    assert device.secret.encode() not in kept.totp_secret
    assert not set(codes) & set(kept.recovery_codes)
    assert "officer.second_factor" in actions(service)


def test_where_it_is_required_nothing_opens_before_a_device_is_set_up(database, tmp_path, judge):
    service = make_service(database, tmp_path, judge, second_factor="required")
    client = officer_of(service)

    assert client.get("/console/cases").headers["Location"] == "/console/account"
    assert "本平台要求两步验证" in client.get("/console/account").text
    enrol(service, client)
    assert client.get("/console/cases").status_code == 200


def test_one_changes_ones_own_password_and_every_session_ends(service):
    client, other = officer_of(service), sign_in(service)[0]

    changed = post(client, "/console/account/password", old=PASSWORD, new=NEW, again=NEW)

    assert changed.status_code == 303
    assert other.get("/console/cases").status_code == client.get("/console/cases").status_code == 302
    assert sign_in(service)[1].status_code == 401
    assert sign_in(service, password=NEW)[1].status_code == 303


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ({"old": "not my password", "new": NEW, "again": NEW}, "当前密码不正确"),
        ({"old": PASSWORD, "new": "short", "again": "short"}, "至少需要 12 个字符"),
        ({"old": PASSWORD, "new": PASSWORD, "again": PASSWORD}, "不能与当前密码相同"),
        ({"old": PASSWORD, "new": NEW, "again": NEW + "!"}, "两次输入的新密码不一致"),
    ],
)
def test_a_password_that_will_not_do_is_told_and_changes_nothing(service, form, told):
    client = officer_of(service)

    answer = post(client, "/console/account/password", **form)

    assert (answer.status_code, told in answer.text) == (422, True)
    assert sign_in(service)[1].status_code == 303


def test_an_administrator_makes_an_account_whose_first_password_must_be_changed(service):
    admin = admin_of(service)

    made = post(
        admin,
        "/console/officers",
        page="/console/officers",
        username="wen",
        roles=["officer", "senior"],
        shops="shop-1",
    )
    password = re.search(
        r"首次登录须修改：</?[^>]*>?\s*<code>([^<]+)</code>|首次登录须修改： <code>([^<]+)</code>", made.text
    )
    first = password[1] or password[2]
    client, answer = sign_in(service, "wen", first)

    assert answer.status_code == 303
    assert client.get("/console/cases").headers["Location"] == "/console/account"
    assert post(client, "/console/account/password", old=first, new=NEW, again=NEW).status_code == 303
    assert sign_in(service, "wen", NEW)[0].get("/console/cases").status_code == 200
    assert (account(service, "wen").roles, account(service, "wen").shop_ids) == (["officer", "senior"], ["shop-1"])


def test_only_administrators_see_and_use_the_page(service):
    put_officer(service, "root", roles=["admin"])
    client = officer_of(service, roles=["officer", "senior", "rule_approver"])

    assert client.get("/console/officers").status_code == 403
    assert 'href="/console/officers"' not in client.get("/console/cases").text
    assert post(client, "/console/officers", username="wen", roles=["admin"]).status_code == 403
    assert post(client, "/console/officers/lin", what="rights", roles=["admin"]).status_code == 403
    assert account(service).roles == ["officer", "rule_approver", "senior"]


def press(admin, username, what, **form):
    return post(admin, f"/console/officers/{username}", page="/console/officers", what=what, **form)


def test_whoever_is_disabled_is_out_at_once_and_may_be_let_in_again(service):
    admin = admin_of(service)
    client = officer_of(service)

    assert press(admin, "lin", "disable").status_code == 303
    assert client.get("/console/cases").status_code == 302
    assert sign_in(service)[1].status_code == 401
    press(admin, "lin", "enable")
    assert sign_in(service)[1].status_code == 303
    assert [each for each in actions(service) if "able" in each] == ["officer.disable", "officer.enable"]


def test_a_lost_device_a_lost_password_and_a_lock_out_are_met_by_an_administrator(service):
    admin = admin_of(service)
    enrol(service, officer_of(service))
    client, _ = sign_in(service)
    for _ in range(6):
        code_step(client, "000000")

    assert "已锁定" in admin.get("/console/officers").text
    press(admin, "lin", "unlock")
    press(admin, "lin", "reset_second")
    made = press(admin, "lin", "reset_password")
    password = re.search(r"<code>([^<]+)</code>", made.text)[1]

    assert account(service).totp_secret is None
    assert sign_in(service, password=password)[1].headers["Location"] == "/console/"


def test_the_last_administrator_stays_one(service):
    admin = admin_of(service)

    refused = [press(admin, "root", "disable"), press(admin, "root", "rights", roles=["officer"])]

    assert [each.status_code for each in refused] == [409, 409]
    assert "最后一位管理员" in refused[0].text
    put_officer(service, "second", roles=["admin"])
    assert press(admin, "root", "rights", roles=["officer"]).status_code == 303


def test_rights_are_replaced_and_an_account_without_any_role_is_refused(service):
    admin = admin_of(service)
    put_officer(service)

    assert press(admin, "lin", "rights", roles=[]).status_code == 422
    assert press(admin, "lin", "rights", roles=["finance"], shops="shop-2，shop-1").status_code == 303
    with service.parts.db.read() as session:
        kept = session.scalars(select(Officer).where(Officer.username == "lin")).one()
    assert (kept.roles, kept.shop_ids) == (["finance"], ["shop-1", "shop-2"])


def test_the_same_is_done_on_the_server_by_the_command_line(service, monkeypatch):
    monkeypatch.setenv("WEIHENG_DATABASE_URL", service.parts.settings.database_url.get_secret_value())
    monkeypatch.setenv("WEIHENG_DATA_DIR", str(service.parts.settings.data_dir))
    put_officer(service, "root", roles=["admin"])
    put_officer(service)

    def run(*arguments):
        return CliRunner().invoke(main, ["officers", *arguments])

    disabled, listed = run("disable", "lin"), run("list")
    run("enable", "lin")
    run("rights", "lin", "--role", "finance", "--shop", "shop-1")
    password = run("reset-password", "lin").output.strip()
    refused = run("disable", "root")

    assert disabled.output == "lin disabled\n"
    assert "lin  officer  all shops  disabled  password only  signed in never" in listed.output
    assert (account(service).roles, account(service).must_change) == (["finance"], True)
    assert sign_in(service, password=password)[1].status_code == 303
    assert (refused.exit_code, "last administrator" in refused.output) == (1, True)
