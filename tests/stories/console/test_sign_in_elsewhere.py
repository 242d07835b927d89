"""Signing in by an OpenID provider or 企业微信: who comes in, who does not, and what opens when nothing else does."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest
from click.testing import CliRunner
from joserfc.jwk import OctKey
from sqlalchemy import select

from app.cli import main
from app.flows.officer_identities import link_officer, make_link, unlink_officer
from app.models import Officer
from app.officers import find_officer
from tests.console import PASSWORD, audited, put_officer, sign_in, token
from tests.english import chinese
from tests.identity import CLIENT, KEYS, SECRET, openid_provider, wecom
from tests.service import make_service

BACK = "/console/sign-in/back"
MANAGED = {"oidc_roles_claim": "groups", "oidc_roles": "review=officer,chiefs=senior"}


@pytest.fixture
def start(one_database, tmp_path):
    """Starts a service with a provider; its clock is the provider's."""
    opened = ExitStack()

    def begin(database=one_database, **more):
        provider = opened.enter_context(openid_provider())
        terms = {"sign_in_with": "oidc", "oidc_issuer": provider.issuer, "oidc_client_id": CLIENT}
        terms |= {"oidc_client_secret": SECRET, "sign_in_allow_private": True}
        service = make_service(database, tmp_path, **terms | more)
        provider.clock = service.clock
        return service, provider

    with opened:
        yield begin


def leave(client, onward=""):
    answer = client.get("/console/sign-in/elsewhere", query_string={"next": onward})
    assert answer.status_code == 302
    return answer.location


def come_back(service, provider, *, client=None, onward=""):
    """A client that went to the provider and back, and the answer."""
    client = client or service.app.test_client()
    return client, client.get(BACK, query_string=provider.authorise(leave(client, onward)))


def is_in(client):
    return client.get("/console/cases").status_code == 200


def test_a_linked_officer_comes_in_and_goes_where_they_wanted(start, database):
    service, provider = start(database)
    put_officer(service)
    link_officer(service.parts, "lin", "u-1", by="cli")

    client, answer = come_back(service, provider, onward="/console/rules")

    assert answer.status_code == 303
    assert answer.location == "/console/rules"
    assert is_in(client)
    assert ("officer.sign_in", "officer:lin", "lin") in audited(service)


def test_what_is_asked_of_the_provider_carries_pkce_state_and_nonce(start):
    service, _ = start()
    first, second = (leave(service.app.test_client()) for _ in range(2))
    asked, other = (dict(parse_qsl(urlsplit(each).query)) for each in (first, second))

    assert asked["code_challenge_method"] == "S256"
    assert asked["response_type"] == "code"
    assert asked["redirect_uri"].endswith(BACK)
    assert "openid" in asked["scope"].split()
    for name in ("state", "nonce", "code_challenge"):
        assert len(asked[name]) >= 40
        assert asked[name] != other[name]


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"aud": "somebody-else"},
        {"aud": [CLIENT, "somebody-else"]},  # for several, without saying who asked
        {"iss": "https://elsewhere.example"},
        {"exp": 1_000_000_000},
        {"sub": None},
        {"sub": ""},
    ],
    ids=str,
)
def test_a_token_that_is_not_ours_lets_nobody_in(start, claims):
    service, provider = start()
    put_officer(service)
    link_officer(service.parts, "lin", "u-1", by="cli")
    provider.claims = claims

    client, answer = come_back(service, provider)

    assert answer.status_code == 401
    assert not is_in(client)


def test_a_key_that_the_provider_does_not_show_lets_nobody_in(start):
    service, provider = start()
    provider.signs_with = KEYS[1]

    assert come_back(service, provider)[1].status_code == 401


def test_a_shared_secret_is_no_signature(start):
    service, provider = start()
    provider.signs_with = OctKey.import_key(SECRET.ljust(32, "x"), {"kid": "first"})
    provider.header = {"alg": "HS256"}

    assert come_back(service, provider)[1].status_code == 401


def test_keys_that_were_replaced_are_fetched_anew_and_once(start):
    service, provider = start()
    put_officer(service)
    link_officer(service.parts, "lin", "u-1", by="cli")
    assert come_back(service, provider)[1].status_code == 303
    provider.signs_with, provider.shows = KEYS[1], [KEYS[1]]

    assert come_back(service, provider)[1].status_code == 303
    assert come_back(service, provider)[1].status_code == 303
    assert provider.asked.count("/keys") == 2


def test_an_answer_lets_in_once_even_with_a_copy_of_the_session(start, database):
    service, provider = start(database)
    put_officer(service)
    link_officer(service.parts, "lin", "u-1", by="cli")
    client = service.app.test_client()
    query = provider.authorise(leave(client))
    cookie = client.get_cookie("weiheng").value
    provider.codes["again"] = provider.codes[query["code"]]
    assert client.get(BACK, query_string=query).status_code == 303
    thief = service.app.test_client()
    thief.set_cookie("weiheng", cookie)

    answer = thief.get(BACK, query_string=query | {"code": "again"})

    assert answer.status_code == 403
    assert not is_in(thief)


@pytest.mark.parametrize("change", [{"state": "another"}, {"state": ""}, {"code": ""}, {"error": "denied", "code": ""}])
def test_an_answer_of_another_try_is_refused(start, change):
    service, provider = start()
    client = service.app.test_client()
    query = provider.authorise(leave(client)) | change

    assert client.get(BACK, query_string=query).status_code == 401
    assert "/token" not in provider.asked


def test_an_answer_in_another_browser_or_too_late_is_refused(start):
    service, provider = start()
    client = service.app.test_client()
    query = provider.authorise(leave(client))

    assert service.app.test_client().get(BACK, query_string=query).status_code == 400
    service.clock.advance(minutes=11)
    assert client.get(BACK, query_string=query).status_code == 400


def test_somebody_who_is_not_linked_is_told_their_number(start):
    service, provider = start()

    client, answer = come_back(service, provider)

    assert answer.status_code == 403
    assert "u-1" in answer.text
    assert not is_in(client)
    assert ("officer.sign_in_failed", "system", "unknown") in audited(service)


def test_a_claim_makes_an_account_with_the_roles_it_says_and_changes_them(start, database):
    service, provider = start(database, **MANAGED)
    provider.claims = {"groups": ["review", "other"], "preferred_username": "wang", "name": "王敏"}

    client, answer = come_back(service, provider)
    assert answer.status_code == 303
    assert rights(service, "wang") == (["officer"], None, "王敏")

    provider.claims["groups"] = ["chiefs"]
    come_back(service, provider)
    assert rights(service, "wang") == (["senior"], None, "王敏")

    provider.claims["groups"] = ["other"]
    assert come_back(service, provider)[1].status_code == 403
    assert not is_in(client)  # whoever lost every role is out at once


def rights(service, username):
    with service.parts.db.read() as session:
        found = find_officer(session, username)
        return found.roles, found.shop_ids, found.display_name


def test_claims_that_are_not_in_the_token_are_asked_for_and_never_of_somebody_else(start):
    service, provider = start(**MANAGED, oidc_shops_claim="shops")
    provider.userinfo = {"sub": "u-1", "groups": ["review"], "preferred_username": "wang", "shops": ["shop-2"]}

    assert come_back(service, provider)[1].status_code == 303
    assert rights(service, "wang") == (["officer"], ["shop-2"], "wang")
    provider.userinfo["sub"] = "u-2"
    assert come_back(service, provider)[1].status_code == 401


def test_a_claim_never_takes_over_an_account_that_has_the_name(start):
    service, provider = start(**MANAGED)
    put_officer(service, "wang", roles=["admin"])
    provider.claims = {"groups": ["review"], "preferred_username": "wang"}

    client, answer = come_back(service, provider)

    assert answer.status_code == 403
    assert not is_in(client)


def test_a_disabled_officer_stays_out_and_an_unlinked_one_too(start):
    service, provider = start()
    put_officer(service)
    link_officer(service.parts, "lin", "u-1", by="cli")
    client, _ = come_back(service, provider)

    assert unlink_officer(service.parts, "lin", by="cli") == 1
    assert not is_in(client)
    assert come_back(service, provider)[1].status_code == 403
    link_officer(service.parts, "lin", "u-1", by="cli")
    service.parts.db.write(lambda session: setattr(find_officer(session, "lin"), "disabled_at", service.clock()))
    assert come_back(service, provider)[1].status_code == 403


@pytest.mark.parametrize(
    ("asserts", "claims", "status"),
    [
        ("", {}, 302),  # has to set up a second factor of ours
        ("amr=mfa,acr=high", {"amr": ["pwd"]}, 302),
        ("amr=mfa,acr=high", {"amr": ["pwd", "mfa"]}, 200),
        ("amr=mfa,acr=high", {"acr": "high"}, 200),
        ("always", {}, 200),
    ],
)
def test_the_second_factor_is_ours_unless_the_provider_says_it_asked(start, asserts, claims, status):
    service, provider = start(second_factor="required", sign_in_second_factor=asserts)
    put_officer(service, must_change=True)  # of no concern to whoever has no password to type
    link_officer(service.parts, "lin", "u-1", by="cli")
    provider.claims = claims

    client, _ = come_back(service, provider)

    assert client.get("/console/cases").status_code == status


def test_an_officer_with_a_device_is_asked_for_its_digits(start):
    service, provider = start()
    put_officer(service)
    link_officer(service.parts, "lin", "u-1", by="cli")
    service.parts.db.write(lambda session: setattr(find_officer(session, "lin"), "totp_since", service.clock()))

    client, answer = come_back(service, provider)

    assert answer.location.startswith("/console/sign-in/code")
    assert not is_in(client)


def test_signing_out_shows_the_way_out_of_the_provider(start):
    service, provider = start()
    put_officer(service)
    link_officer(service.parts, "lin", "u-1", by="cli")
    client, _ = come_back(service, provider)
    client.post("/console/sign-out", data={"csrf_token": token(client, "/console/cases")})

    page = client.get("/console/sign-in?out=1").text

    assert not is_in(client)
    assert f'href="{provider.issuer}/bye?client_id=weiheng&amp;post_logout_redirect_uri=' in page


def test_passwords_can_be_shut_and_a_link_from_the_command_line_opens_once(start):
    service, _ = start(password_sign_in="off")
    put_officer(service)

    client, answer = sign_in(service, client=service.app.test_client())
    assert answer.status_code == 403
    assert 'type="password"' not in client.get("/console/sign-in").text

    path = f"/console/sign-in/once/{make_link(service.parts, 'lin', lives=timedelta(minutes=10), by='cli')}"
    assert client.get(path).status_code == 200  # looking does not use it up
    assert client.get(path).status_code == 200
    assert client.post(path, data={"csrf_token": token(client, path)}).status_code == 303
    assert is_in(client)
    other = service.app.test_client()
    assert other.post(path, data={"csrf_token": token(other, path)}).status_code == 401
    assert {"officer.break_glass", "officer.sign_in"} <= {row[0] for row in audited(service)}


def test_a_link_is_over_after_its_time(start):
    service, _ = start()
    put_officer(service)
    path = f"/console/sign-in/once/{make_link(service.parts, 'lin', lives=timedelta(minutes=10), by='cli')}"
    service.clock.advance(minutes=10)
    client = service.app.test_client()

    assert client.post(path, data={"csrf_token": token(client, path)}).status_code == 401


def test_a_provider_that_does_not_answer_is_told_and_passwords_still_open(one_database, tmp_path):
    terms = {"sign_in_with": "oidc", "oidc_issuer": "http://127.0.0.1:9", "oidc_client_id": CLIENT}
    service = make_service(one_database, tmp_path, **terms, sign_in_allow_private=True)
    put_officer(service)

    answer = service.app.test_client().get("/console/sign-in/elsewhere", headers={"Accept-Language": "en"})

    assert answer.status_code == 503
    assert chinese(answer.text) == []
    assert is_in(sign_in(service, password=PASSWORD)[0])


def test_without_a_service_there_is_no_such_door(service):
    client = service.app.test_client()

    assert client.get("/console/sign-in/elsewhere").status_code == 404
    assert client.get(BACK).status_code == 404


def test_an_administrator_links_and_unlinks_on_the_page(start):
    service, provider = start()
    put_officer(service, "boss", roles=["admin"])
    put_officer(service)
    boss, _ = sign_in(service, "boss")
    form = {"csrf_token": token(boss, "/console/officers"), "subject": " u-1 ", "what": "link"}

    assert boss.post("/console/officers/lin", data=form).status_code == 303
    assert "u-1" in boss.get("/console/officers").text
    assert come_back(service, provider)[1].status_code == 303
    assert boss.post("/console/officers/boss", data=form).status_code == 409
    assert boss.post("/console/officers/lin", data=form | {"what": "unlink"}).status_code == 303
    assert come_back(service, provider)[1].status_code == 403


@pytest.fixture
def company(one_database, tmp_path):
    with wecom() as played:
        terms = {"sign_in_with": "wecom", "wecom_corp_id": "ww1", "wecom_agent_id": "1000002"}
        terms |= {"wecom_secret": "app secret", "wecom_url": played.url, "sign_in_allow_private": True}
        yield make_service(one_database, tmp_path, **terms), played


def scan(service, code="good"):
    client = service.app.test_client()
    place = leave(client)
    assert place.startswith("https://login.work.weixin.qq.com/wwlogin/sso/login?login_type=CorpApp&appid=ww1&agentid=")
    state = dict(parse_qsl(urlsplit(place).query))["state"]
    return client, client.get(BACK, query_string={"code": code, "state": state})


def test_a_member_of_the_company_comes_in_with_one_token_for_many(company):
    service, played = company
    put_officer(service)
    link_officer(service.parts, "lin", "linxiaowen", by="cli")

    for _ in range(2):
        client, answer = scan(service)
        assert answer.status_code == 303
        assert is_in(client)
    played.token = "t-2"  # taken back by the platform before its time
    assert scan(service)[1].status_code == 303
    assert played.asked.count("/cgi-bin/gettoken") == 2


@pytest.mark.parametrize(
    ("member", "code"),
    [({"errcode": 0, "openid": "o-stranger"}, "good"), ({"errcode": 0, "userid": "LinXiaoWen"}, "bad")],
    ids=["a stranger", "a wrong code"],
)
def test_nobody_else_comes_in_by_the_company(company, member, code):
    service, played = company
    put_officer(service)
    link_officer(service.parts, "lin", "linxiaowen", by="cli")
    played.member = member

    client, answer = scan(service, code)

    assert answer.status_code == 401
    assert not is_in(client)


def test_the_command_line_links_and_breaks_the_glass(service, monkeypatch):
    put_officer(service)
    monkeypatch.setenv("WEIHENG_DATABASE_URL", service.parts.settings.url)
    monkeypatch.setenv("WEIHENG_DATA_DIR", str(service.parts.settings.data_dir))
    monkeypatch.setenv("WEIHENG_SIGN_IN_WITH", "oidc")
    monkeypatch.setenv("WEIHENG_OIDC_ISSUER", "https://id.example")
    monkeypatch.setenv("WEIHENG_OIDC_CLIENT_ID", "weiheng")
    run = CliRunner()

    assert run.invoke(main, ["officers", "link", "lin", "u-9"]).output == "lin linked\n"
    assert run.invoke(main, ["officers", "unlink", "lin"]).output == "lin: 1 taken away\n"
    made = run.invoke(main, ["officers", "break-glass", "lin"]).output

    assert "/console/sign-in/once/" in made
    with service.parts.db.read() as session:
        assert session.scalar(select(Officer.once_digest)) is not None
