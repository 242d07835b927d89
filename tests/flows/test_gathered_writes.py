"""PostgreSQL's gathered writes: callers of one kind of work share a transaction, and each hears its own outcome."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from factories import make_shop
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError, OperationalError

from app.gathered_writes import GatheredWrites
from app.models import Shop


class Held:
    """A kind of work that keeps the places busy until it is let go, and notes each list it is given."""

    def __init__(self):
        self.entered, self.leave, self.lists = threading.Semaphore(0), threading.Event(), []

    def work(self, _session, items):
        self.entered.release()
        assert self.leave.wait(10)
        return items

    def note(self, session, items):
        self.lists.append(list(items))
        return [make_shop(session, name).id for name in items]


def shop_ids(database):
    with database.read() as session:
        return set(session.scalars(select(Shop.id)))


def outcome_of(call):
    try:
        return call()
    except Exception as error:  # noqa: BLE001 - the error is what the test looks at
        return error


def submit_while_busy(database, submitted):
    """Submit (work, items) one after the other while both places are taken; returns results or errors in order."""
    held = Held()
    with ThreadPoolExecutor(2 + len(submitted)) as threads:
        holders = [threads.submit(database.write_items, held.work, [number]) for number in range(2)]
        for _ in holders:
            assert held.entered.acquire(timeout=10)
        waiting = []
        for place, (work, items) in enumerate(submitted):
            waiting.append(threads.submit(outcome_of, lambda w=work, i=items: database.write_items(w, i)))
            while len(database._gathered._waiting) <= place:
                pass
        held.leave.set()
        assert [each.result(20) for each in holders] == [[0], [1]]
        return [each.result(20) for each in waiting]


def test_what_waits_together_is_written_in_one_transaction(postgres_database):
    held = Held()

    results = submit_while_busy(postgres_database, [(held.note, ["a", "b"]), (held.note, ["c"]), (held.note, [])])

    assert results == [["a", "b"], ["c"], []]
    assert held.lists == [["a", "b", "c"]]
    assert shop_ids(postgres_database) == {"a", "b", "c"}


def test_a_lone_caller_waits_for_nobody_and_its_list_stays_its_own(postgres_database):
    held = Held()

    assert postgres_database.write_items(held.note, ["a"]) == ["a"]
    assert postgres_database.write_items(held.note, ["b"]) == ["b"]

    assert held.lists == [["a"], ["b"]]


def test_a_list_that_fails_takes_nobody_with_it(postgres_database):
    held = Held()
    postgres_database.write(lambda session: make_shop(session, "taken"))

    results = submit_while_busy(
        postgres_database, [(held.note, ["a"]), (held.note, ["b", "taken"]), (held.note, ["c"])]
    )

    assert [results[0], results[2]] == [["a"], ["c"]]
    assert isinstance(results[1], IntegrityError)
    assert shop_ids(postgres_database) == {"taken", "a", "c"}


def test_work_of_another_kind_is_not_mixed_in_and_gets_its_turn(postgres_database):
    held, other = Held(), Held()

    results = submit_while_busy(postgres_database, [(held.note, ["a"]), (other.note, ["x"]), (held.note, ["b"])])

    assert results == [["a"], ["x"], ["b"]]
    assert held.lists == [["a", "b"]]
    assert other.lists == [["x"]]


def test_long_lists_are_not_put_together(postgres_database):
    held = Held()
    long = [f"l-{number}" for number in range(250)]

    results = submit_while_busy(postgres_database, [(held.note, long), (held.note, [f"s-{n}" for n in range(10)])])

    assert [len(result) for result in results] == [250, 10]
    assert sorted(len(each) for each in held.lists) == [10, 250]


def test_while_the_database_is_out_nobody_who_waited_tries_again_alone(postgres_database):
    calls = []

    def refuse(session, items):
        calls.append(list(items))
        session.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))

    results = submit_while_busy(postgres_database, [(refuse, [1]), (refuse, [2])])

    assert [isinstance(result, OperationalError) for result in results] == [True, True]
    assert calls == [[1, 2]]


def test_many_threads_of_many_lists_lose_none_and_get_their_own_back(postgres_database):
    held = Held()

    def store(number):
        names = [f"{number}-{at}" for at in range(3)]
        return postgres_database.write_items(held.note, names) == names

    with ThreadPoolExecutor(16) as threads:
        assert all(threads.map(store, range(120)))

    assert len(shop_ids(postgres_database)) == 360
    assert len(held.lists) < 120, "nothing was ever put together, so this showed nothing"


@pytest.mark.parametrize("error", [KeyError("k"), SystemExit(3)])
def test_a_place_is_handed_on_whatever_ends_the_work(error):
    def write(work):
        return work(None)

    def fail(_session, _items):
        raise error

    gathered = GatheredWrites(write)
    for _ in range(3):
        with pytest.raises(type(error)):
            gathered.submit(fail, [1])

    assert gathered.submit(lambda _session, items: items, [7]) == [7]
