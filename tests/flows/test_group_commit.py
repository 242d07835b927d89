"""SQLite's one writer at a time: many callers' units in one commit, every caller answered, nobody answered wrongly."""

from __future__ import annotations

import threading
import time
from contextlib import closing

import pytest
from factories import make_shop
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError, OperationalError

from app.db import Database
from app.errors import NotReady
from app.group_commit import Unit
from app.models import Shop


def shop_ids(database):
    with database.read() as session:
        return set(session.scalars(select(Shop.id)))


def hold_writer(database):
    """Keep the writer thread busy until the returned event is set, so that what follows waits as one group."""
    entered, leave = threading.Event(), threading.Event()

    def work(_session):
        entered.set()
        assert leave.wait(10)

    holder = threading.Thread(target=database.write, args=(work,))
    holder.start()
    assert entered.wait(10)
    return holder, leave


def submit_as_one_group(database, works):
    """Run the units so that they are committed as one group, in this order; returns (result, error) for each."""
    holder, leave = hold_writer(database)
    outcomes = [(None, None)] * len(works)

    def submit(place, work):
        try:
            write = database.write if callable(work) else lambda given: database.write_items(*given)
            outcomes[place] = (write(work), None)
        except Exception as error:  # noqa: BLE001 - the error is what the test looks at
            outcomes[place] = (None, error)

    threads = []
    for place, work in enumerate(works):
        threads.append(threading.Thread(target=submit, args=(place, work)))
        threads[-1].start()
        while database._writer._waiting.qsize() <= place:
            time.sleep(0.001)
    leave.set()
    for thread in [holder, *threads]:
        thread.join(20)
        assert not thread.is_alive(), "a caller of write was never answered"
    return outcomes


def answer_within(seconds, call):
    """What ``call`` returned or raised, or None when it gave no answer in time."""
    answers = []

    def ask():
        try:
            answers.append(call())
        except Exception as error:  # noqa: BLE001 - the error is an answer too
            answers.append(error)

    caller = threading.Thread(target=ask, daemon=True)
    caller.start()
    caller.join(seconds)
    return answers[0] if answers else None


def test_failing_unit_does_not_touch_its_neighbours_in_the_group(sqlite_database):
    def fail(session):
        make_shop(session, "bad")
        raise KeyError("on purpose")

    good = [lambda session, i=i: make_shop(session, f"good-{i}").id for i in range(6)]
    outcomes = submit_as_one_group(sqlite_database, [*good[:3], fail, *good[3:]])

    assert [result for result, _ in outcomes] == ["good-0", "good-1", "good-2", None, "good-3", "good-4", "good-5"]
    assert [type(error) for _, error in outcomes if error] == [KeyError]
    assert shop_ids(sqlite_database) == {f"good-{i}" for i in range(6)}


def test_no_caller_hears_success_before_its_whole_group_is_committed(sqlite_database):
    seen = []
    holder, leave = hold_writer(sqlite_database)

    def look_while_the_group_is_open(_session):
        time.sleep(0.05)
        seen.append((first.is_alive(), shop_ids(sqlite_database)))

    first = threading.Thread(target=sqlite_database.write, args=(lambda session: make_shop(session, "a"),))
    first.start()
    while sqlite_database._writer._waiting.qsize() < 1:
        time.sleep(0.001)
    second = threading.Thread(target=sqlite_database.write, args=(look_while_the_group_is_open,))
    second.start()
    while sqlite_database._writer._waiting.qsize() < 2:
        time.sleep(0.001)
    leave.set()
    for thread in (holder, first, second):
        thread.join(10)

    assert seen == [(True, set())]
    assert shop_ids(sqlite_database) == {"a"}


def test_a_full_disk_in_one_unit_never_turns_a_neighbours_lost_write_into_success(sqlite_database):
    def fill_the_disk(session):
        pages = session.scalar(text("PRAGMA page_count"))
        session.execute(text(f"PRAGMA max_page_count={pages + 2}"))
        try:
            session.execute(
                text("INSERT INTO shop (id, org_id, name, created_at) VALUES ('big', 'o', zeroblob(9999999), 'x')")
            )
        finally:
            session.connection().exec_driver_sql("PRAGMA max_page_count=1000000")

    outcomes = submit_as_one_group(
        sqlite_database,
        [
            lambda session: make_shop(session, "before").id,
            fill_the_disk,
            lambda session: make_shop(session, "after").id,
        ],
    )

    acknowledged = {result for result, error in outcomes if error is None}
    assert outcomes[1][1] is not None
    assert acknowledged <= shop_ids(sqlite_database), "a write was acknowledged and is not there"
    sqlite_database.write(lambda session: make_shop(session, "later"))
    assert "later" in shop_ids(sqlite_database)


def leave_unfinished(session):
    """A row that refers to nothing, found out at the commit alone: then the commit fails, not the statement."""
    session.execute(text("PRAGMA defer_foreign_keys = ON"))
    session.execute(
        text("INSERT INTO mention (id, case_id, officer, named_by, named_at, text) VALUES (1, 'no', 1, 1, 1, 1)")
    )


@pytest.mark.parametrize("others", [[], [lambda session: make_shop(session, "beside").id]], ids=["alone", "in a group"])
def test_after_a_commit_that_failed_the_next_write_is_written(sqlite_database, others):
    outcomes = submit_as_one_group(sqlite_database, [leave_unfinished, *others])

    assert {type(error) for _, error in outcomes} == {IntegrityError}
    assert sqlite_database.write(lambda session: make_shop(session, "later").id) == "later"
    assert submit_as_one_group(
        sqlite_database, [lambda session, i=i: make_shop(session, f"g{i}").id for i in range(3)]
    ) == [("g0", None), ("g1", None), ("g2", None)]
    assert shop_ids(sqlite_database) == {"later", "g0", "g1", "g2"}


def test_a_lone_caller_writes_in_its_own_thread_and_those_who_wait_are_written_for(sqlite_database):
    alone = sqlite_database.write(lambda _session: threading.current_thread())

    outcomes = submit_as_one_group(sqlite_database, [lambda _session: threading.current_thread().name] * 2)

    assert alone is threading.current_thread()
    assert outcomes == [("db-writer", None)] * 2


def test_after_a_lone_write_that_failed_at_its_commit_the_next_one_is_written(sqlite_database):
    with pytest.raises(IntegrityError):
        sqlite_database.write(leave_unfinished)

    assert sqlite_database.write(lambda session: make_shop(session, "later").id) == "later"
    assert shop_ids(sqlite_database) == {"later"}


def test_close_lets_waiting_writes_finish(sqlite_database):
    holder, leave = hold_writer(sqlite_database)
    waiting = [
        threading.Thread(target=sqlite_database.write, args=(lambda session, i=i: make_shop(session, f"s{i}"),))
        for i in range(5)
    ]
    for thread in waiting:
        thread.start()
    while sqlite_database._writer._waiting.qsize() < 5:
        time.sleep(0.001)
    threading.Timer(0.05, leave.set).start()

    sqlite_database.close()

    for thread in [holder, *waiting]:
        thread.join(10)
    assert shop_ids(sqlite_database) == {f"s{i}" for i in range(5)}
    sqlite_database.close()


def test_write_to_a_stopped_writer_is_not_ready_and_says_when_to_come_back(sqlite_database):
    sqlite_database.write(lambda session: make_shop(session, "a"))
    writer = sqlite_database._writer
    sqlite_database.close()

    with pytest.raises(NotReady) as refused:
        writer.submit(Unit(lambda session: make_shop(session, "b")))

    assert refused.value.retry_after_s == 1


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_writer_that_cannot_open_its_file_answers_its_caller(tmp_path):
    (tmp_path / "folder.db").mkdir()

    with closing(Database(f"sqlite:///{tmp_path / 'folder.db'}")) as database:
        answer = answer_within(3, lambda: database.write(lambda _session: "written"))

    assert isinstance(answer, (OperationalError, NotReady)), "the caller waits for ever"


def test_a_unit_that_slips_in_behind_the_stop_is_answered(sqlite_database):
    holder, leave = hold_writer(sqlite_database)
    writer = sqlite_database._writer
    writer._waiting.put(None)  # what stop() says; the caller below has looked just before
    threading.Timer(0.1, leave.set).start()

    answer = answer_within(3, lambda: writer.submit(Unit(lambda session: make_shop(session, "late").id)))

    holder.join(10)
    assert answer == "late" or isinstance(answer, NotReady), "the caller waits for ever"
    assert ("late" in shop_ids(sqlite_database)) == (answer == "late")


def test_nothing_is_written_after_closing_gave_the_lock_away(sqlite_database):
    sqlite_database.write(lambda session: make_shop(session, "a"))
    sqlite_database.close()

    with pytest.raises(NotReady):
        sqlite_database.write(lambda session: make_shop(session, "b"))

    assert shop_ids(sqlite_database) == {"a"}


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_caller_is_answered_even_after_a_unit_ended_its_thread(sqlite_database):
    def end_the_thread(_session):
        raise SystemExit("on purpose")

    with pytest.raises(SystemExit):
        sqlite_database.write(end_the_thread)

    answer = answer_within(3, lambda: sqlite_database.write(lambda session: make_shop(session, "later").id))

    assert answer == "later" or isinstance(answer, NotReady), "the writer thread is dead and callers wait for ever"


def make_shops(session, names):
    """Work on a list: what waits together is done as one."""
    calls.append(list(names))
    return [make_shop(session, name).id for name in names]


calls = []


def test_units_of_one_kind_that_wait_together_are_done_as_one_list(sqlite_database):
    calls.clear()

    outcomes = submit_as_one_group(
        sqlite_database,
        [(make_shops, ["a", "b"]), lambda session: make_shop(session, "x").id, (make_shops, ["c"]), (make_shops, [])],
    )

    assert [result for result, _ in outcomes] == [["a", "b"], "x", ["c"], []]
    assert calls == [["a", "b", "c"]]
    assert shop_ids(sqlite_database) == {"a", "b", "c", "x"}


@pytest.mark.parametrize("others", [[], [lambda session: make_shop(session, "x").id]], ids=["alone", "among others"])
def test_a_list_that_fails_takes_nobody_with_it(sqlite_database, others):
    outcomes = submit_as_one_group(
        sqlite_database, [(make_shops, ["a"]), (make_shops, ["b", "a"]), (make_shops, ["c"]), *others]
    )

    assert [error is None for _, error in outcomes] == [True, False, True, *(True for _ in others)]
    assert shop_ids(sqlite_database) == {"a", "c", *("x" for _ in others)}


def test_lists_are_written_on_postgresql_too(postgres_database):
    assert postgres_database.write_items(make_shops, ["a", "b"]) == ["a", "b"]
    assert shop_ids(postgres_database) == {"a", "b"}
