"""The OpenAPI page is complete and true: schemathesis sends what it allows and what it forbids."""

from __future__ import annotations

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode

from tests.service import make_service


@pytest.fixture(scope="module")
def spec_service(sqlite_template, judge, tmp_path_factory):
    import shutil

    from app.db import Database

    folder = tmp_path_factory.mktemp("openapi")
    shutil.copyfile(sqlite_template, folder / "weiheng.db")
    database = Database(f"sqlite:///{folder / 'weiheng.db'}")
    yield make_service(database, folder, judge)
    database.close()


REJECTION = "negative_data_rejection"
SHARES = 4  # so that no test takes minutes, and several workers share the operations
LEFT_OUT = ("positive_data_acceptance", "ignored_auth", "unsupported_method", "missing_required_header")


@pytest.mark.parametrize("share", range(SHARES))
def test_every_operation_answers_as_it_says(spec_service, share):
    """Left out are checks that our contract cannot meet: facts are checked beyond what a schema can say.

    A batch takes bad items on purpose: each is answered by its own error. Of a query's parameter that is given several
    times the first counts.
    """
    described = schemathesis.openapi.from_wsgi("/openapi.json", app=spec_service.app)
    headers = {"Authorization": f"Bearer {spec_service.key()}"}
    left_out = [_check(name) for name in LEFT_OUT]
    operations = [result.ok() for result in described.get_all_operations()]

    for operation in operations[share::SHARES]:
        _hold_to_its_word(operation, GenerationMode.POSITIVE, headers, left_out)
        if operation.body or operation.query or operation.path_parameters:
            takes_some = operation.method.lower() == "get" or operation.path.endswith(("/batch", "/v1/events"))
            accepted = [_check(REJECTION)] if takes_some else []
            _hold_to_its_word(operation, GenerationMode.NEGATIVE, headers, left_out + accepted)

    assert len(operations) >= 15


def _check(name):
    return schemathesis.checks.CHECKS.get_one(name)


def _hold_to_its_word(operation, mode, headers, left_out):
    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(max_examples=4, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    def check(case):
        answer = case.call(headers=headers)
        too_large = [_check(REJECTION)] if answer.status_code == 413 else []  # a refusal that the check does not know
        excluded = [*left_out, *too_large]
        case.validate_response(
            answer, headers=headers, excluded_checks=excluded, transport_kwargs={"headers": dict(headers)}
        )

    check()


def test_every_route_of_the_api_is_described(spec_service):
    described = spec_service.app.test_client().get("/openapi.json").get_json()

    routes = {rule.rule for rule in spec_service.app.url_map.iter_rules() if rule.rule.startswith("/v1/")}
    routes = {route for route in routes if not route.startswith("/v1/hooks/")}  # platforms' own formats

    assert described["openapi"].startswith("3.1")
    assert len(routes) == len([path for path in described["paths"] if path.startswith("/v1/")])
    for path, operations in described["paths"].items():
        for operation in operations.values():
            assert operation["summary"], path
            if path.startswith("/v1/appeals/"):  # the merchant's signed link is the key
                assert not operation.get("security")
            elif path.startswith("/v1/"):
                assert operation["security"] == [{"api_key": []}]


def test_the_docs_page_asks_nobody_outside(spec_service):
    client = spec_service.app.test_client()

    page = client.get("/docs/swagger").get_data(as_text=True)

    assert "swagger" in page.lower()
    assert "https://" not in page.replace("https://github.com", "")
