"""Whatever is sent to whichever call, the answer is one of the API's own: never an unexpected error."""

from __future__ import annotations

import random

import pytest

from tests.odd_requests import Requests

ROUNDS = 2


@pytest.mark.parametrize("seed", [20261126])
def test_no_call_fails_on_odd_values(service, seed):
    client = service.client()
    requests = Requests(client.get("/openapi.json").get_json(), random.Random(seed))
    accepted, wrong = set(), []

    for _ in range(ROUNDS):
        for path, method, described in requests.operations():
            address, more = requests.request(path, described)
            answer = client.open(address, method=method.upper(), **more)
            if answer.status_code < 400:
                accepted.add((path, method))
                requests.learn(answer.get_json(silent=True))
            elif answer.content_type != "application/problem+json" or answer.get_json()["type"].endswith(":internal"):
                wrong.append((answer.status_code, method, address, more, answer.text[:300]))

    assert not wrong
    assert len(accepted) > 30  # odd, yet not so odd that nothing is ever taken
