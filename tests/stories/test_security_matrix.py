"""Who may call what: every call of the API by every scope, every page of the console by every role."""

from __future__ import annotations

import re
from collections import defaultdict

import pytest

from app.values.access import Role, Scope
from tests.console import put_officer, sign_in, token
from tests.contracts.test_reference_docs import API, CALL
from tests.stories.test_personal_canaries import DRIVEN, planted

OPEN = ("GET /healthz", "GET /readyz", "GET /v1/appeals/{token}", "POST /v1/appeals/{token}")
REFUSED = {401, 403}
SNAPSHOT = "sha256:" + "0" * 64


def needs(call):
    """The sets of scopes that open a call, by the table of the reference page: all that are named, or any of them."""
    [said] = [scopes for method, path, scopes in CALL.findall(API) if f"{method} {path}" == call]
    named = re.findall(r"`(\w+)`", said.partition(", for ")[0])
    more = {"reveal"} if call == "POST /v1/inquiries" else set()  # the body asks for personal data
    return [{each} for each in named] if " or " in said else [set(named) | more]


def address(call):
    method, path = call.split(" ")
    known = {"month": "2026-11", "person": "buyer:o-9", "snapshot_id": SNAPSHOT, "purpose": "tracking"}
    where = path.format_map(defaultdict(lambda: "unknown", known))
    queries = {
        "GET /v1/people/{person}/export": "purpose=person_request&reason=x",
        "DELETE /v1/people/{person}": "reason=x",
        "GET /v1/snapshots": "kind=rules",
        "GET /v1/content-mix": "shop_id=shop-1",
        "GET /v1/events/why": "shop_id=shop-1&event_id=e-1",
        "GET /v1/funnel": "shop_id=shop-1",
        "GET /v1/marks": "shop_id=shop-1",
    }
    return method, f"{where}?{queries[call]}" if call in queries else where


def send(client, call, number):
    method, where = address(call)
    body = None if DRIVEN[call] is None else planted(DRIVEN[call], [])
    headers = {"Idempotency-Key": f"k-{number}"} if method == "POST" else {}
    return client.open(where, method=method, json=body, headers=headers)


CLOSED = [call for call in DRIVEN if call not in OPEN]


def test_without_a_key_or_with_a_wrong_one_nothing_of_a_request_is_looked_at(sqlite_service):
    strangers = [sqlite_service.app.test_client() for _ in range(3)]
    strangers[1].environ_base["HTTP_AUTHORIZATION"] = "Bearer wrong"
    strangers[2].environ_base["HTTP_AUTHORIZATION"] = f"Basic {sqlite_service.key()}"
    for call in CLOSED:
        method, where = address(call)
        for stranger in strangers:
            answer = stranger.open(where, method=method, data="{not json", content_type="application/json")

            assert answer.status_code == 401, (call, answer.text)
            assert answer.headers["WWW-Authenticate"] == "Bearer"
            assert answer.mimetype == "application/problem+json"


def test_each_call_opens_to_its_scopes_and_to_no_other(sqlite_service):
    clients = {scope.value: sqlite_service.client(scope) for scope in Scope}
    wrong = []
    for number, call in enumerate(CLOSED):
        ways = needs(call)
        for scope, client in clients.items():
            answer = send(client, call, f"{number}-{scope}")
            opens = answer.status_code not in REFUSED
            if opens is not any(way == {scope} for way in ways):
                wrong.append((call, scope, answer.status_code))
        joint = [way for way in ways if len(way) > 1]
        if any(send(sqlite_service.client(*way), call, f"{number}-all").status_code in REFUSED for way in joint):
            wrong.append((call, joint))
    assert sorted({(call, status) for call, *_, status in wrong}, key=str) == []


def test_a_key_of_one_shop_does_not_reach_what_counts_in_all(sqlite_service):
    bound = sqlite_service.client(shops=["shop-1"])
    everywhere = [
        call
        for call in CLOSED
        if call.startswith(("POST /v1/snapshots", "POST /v1/wordlists", "GET /v1/dead-letters", "GET /v1/holds"))
    ]

    refused = {call: send(bound, call, at).status_code for at, call in enumerate(everywhere)}

    assert {call: status for call, status in refused.items() if status not in {403, 422}} == {}
    assert 403 in refused.values()


def test_a_call_of_the_api_is_no_visit_whatever_cookie_comes_with_it(sqlite_service):
    put_officer(sqlite_service, "lin")
    officer, _ = sign_in(sqlite_service, "lin")

    page, call = officer.get("/console/cases"), officer.get("/v1/cases")

    assert "Cookie" in page.headers["Vary"]
    assert call.status_code == 401
    assert "Cookie" not in call.headers.get("Vary", "")
    assert "Set-Cookie" not in call.headers


def test_open_calls_are_few_and_every_answer_carries_the_headers(sqlite_service):
    stranger = sqlite_service.app.test_client()
    for call in OPEN:
        method, where = address(call)
        assert stranger.open(where, method=method, json={"text": "x", "files": []}).status_code in {200, 404}, call
    for where in ("/healthz", "/v1/cases", "/v1/nowhere", "/console/sign-in", "/docs/swagger", "/openapi.json"):
        headers = stranger.get(where).headers

        assert headers["X-Content-Type-Options"] == "nosniff", where
        assert headers["X-Frame-Options"] == "DENY", where
        assert "Referrer-Policy" in headers, where
        assert "Server" not in headers, where
        assert "Access-Control-Allow-Origin" not in headers, where


# Pages that not every role opens; all others are open to each officer.
OPEN_PAGES = {
    "console.sign_in",
    "console.sign_in_code",
    "console.choose_language",
    "console.sign_in_elsewhere",
    "console.sign_in_back",
    "console.sign_in_once",
}
READERS = {
    "console.backtests": {"rule_author", "rule_approver", "senior", "auditor", "admin"},
    "console.people": {"privacy", "senior", "auditor", "admin"},
    "console.audit": {"auditor", "admin"},
    "console.officers": {"admin"},
    "console.stuck": {"senior", "finance", "admin"},
}
OWN = {
    "console.choose_comfort",
    "console.take_break",
    "console.sign_in",
    "console.sign_in_code",
    "console.sign_in_once",
    "console.put_away_mentions",
    "console.choose_language",
    "console.sign_out",
    "console.change_password",
    "console.begin_second_factor",
    "console.confirm_second_factor",
}


def pages(app, method):
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith("console.") and method in rule.methods and rule.endpoint != "console.static":
            yield rule.endpoint, re.sub(r"<[^>]+>", "unknown", rule.rule)


@pytest.fixture
def officers(sqlite_service):
    """A signed-in client of each role."""
    clients = {}
    for role in Role:
        put_officer(sqlite_service, username=f"of-{role.value}", roles=[role.value])
        clients[role.value] = sign_in(sqlite_service, f"of-{role.value}")[0]
    return clients


def test_each_page_opens_to_its_roles_and_to_no_other(sqlite_service, officers):
    wrong = []
    for endpoint, where in pages(sqlite_service.app, "GET"):
        for role, client in officers.items():
            if endpoint not in READERS and role != "viewer":
                continue
            status = client.get(where).status_code
            if endpoint in READERS and (status == 200) is not (role in READERS[endpoint]):
                wrong.append((endpoint, role, status))
            if status >= 500:
                wrong.append((endpoint, role, status))
    assert wrong == []


def test_no_page_and_no_form_opens_to_a_stranger(sqlite_service):
    stranger = sqlite_service.app.test_client()
    csrf = token(stranger)
    for method in ("GET", "POST"):
        for endpoint, where in pages(sqlite_service.app, method):
            if endpoint in OPEN_PAGES:
                continue
            answer = stranger.open(where, method=method, data={"csrf_token": csrf} if method == "POST" else None)

            assert answer.status_code == 302, (endpoint, answer.status_code)
            assert answer.headers["Location"].startswith("/console/sign-in"), endpoint


def test_a_viewer_changes_nothing_and_no_form_goes_without_its_token(sqlite_service, officers):
    viewer = officers["viewer"]
    csrf = token(viewer, "/console/account")
    wrong = []
    for endpoint, where in pages(sqlite_service.app, "POST"):
        if viewer.post(where).status_code != 400:
            wrong.append((endpoint, "without a token"))
        if endpoint not in OWN:
            status = viewer.post(where, data={"csrf_token": csrf, "reason": "x"}).status_code
            if status not in {400, 403, 404, 422}:
                wrong.append((endpoint, status))
    assert wrong == []
