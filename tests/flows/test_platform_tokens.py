"""One token an account for all threads and processes: renewed by one of them, used by the others meanwhile."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta

from app import platform_tokens
from app.db import Database
from app.errors import NotReady
from app.flows.ask_platform import access_token
from app.platform_tokens import Kept
from tests.peers import answering
from tests.service import START, make_service
from tests.wechat import accounts_text

SHOP = "channels"


def renews(database, now, account="main", seen=None):
    return database.write(lambda session: platform_tokens.begin_renewal(session, SHOP, account, seen=seen, now=now))


def test_a_token_is_renewed_by_one_at_a_time_until_the_lease_runs_out(database):
    assert [renews(database, START), renews(database, START), renews(database, START, "other")] == [True, False, True]
    assert renews(database, START + timedelta(seconds=29)) is False
    assert renews(database, START + timedelta(seconds=30)) is True


def test_a_given_back_renewal_leaves_the_token_and_can_be_taken_again(database):
    kept = Kept(b"sealed", START + timedelta(hours=2))
    renews(database, START)
    database.write(lambda session: platform_tokens.end_renewal(session, SHOP, "main", renewed=kept, now=START))
    assert renews(database, START) is False  # somebody was faster
    renews(database, START, seen=b"sealed")
    database.write(lambda session: platform_tokens.end_renewal(session, SHOP, "main", renewed=None, now=START))

    with database.read() as session:
        assert platform_tokens.kept(session, SHOP, "main") == kept
    assert renews(database, START, seen=b"sealed") is True


def test_many_threads_of_two_connections_get_one_token(database, tmp_path):
    asked = []

    def platform(*request):
        asked.append(request[3])
        return 200, {}, b'{"access_token":"token-1","expires_in":7200}'

    with answering(platform) as url, closing(Database(database.url)) as second:
        services = [
            make_service(each, tmp_path, None, platform_accounts=accounts_text(shop_url=url))
            for each in ((database, database) if database.is_sqlite else (database, second))
        ]

        def token(number):
            parts = services[number % 2].parts
            try:
                return access_token(parts, parts.accounts[SHOP]["main"], now=START)
            except NotReady:
                return None

        with ThreadPoolExecutor(8) as pool:
            given = list(pool.map(token, range(32)))

    assert len(asked) == 1
    assert set(given) <= {"token-1", None}
    assert "token-1" in given
