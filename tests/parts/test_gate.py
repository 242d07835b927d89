"""The gate lets in as many as there are slots, screenings before batches, and says no instead of growing."""

from __future__ import annotations

import threading
from io import BytesIO

import pytest

from app.errors import NotReady
from app.web.gate import Gate, Lane, Slots


def in_thread(slots, lane, order, *, until=0):
    """Somebody who waits for a slot; returns once they do wait."""

    def wait():
        slots.enter(lane)
        order.append(lane)
        slots.leave(lane)

    thread = threading.Thread(target=wait)
    thread.start()
    while slots.waiting <= until:
        assert thread.is_alive()
    return thread


def test_a_screening_that_came_later_goes_before_a_batch():
    slots, order = Slots(1, waiting_max=5, wait_s=10), []
    slots.enter(Lane.PROMPT)
    waiting = [in_thread(slots, lane, order, until=n) for n, lane in enumerate((Lane.BULK, Lane.BULK, Lane.PROMPT))]

    slots.leave(Lane.PROMPT)
    for thread in waiting:
        thread.join()

    assert order == [Lane.PROMPT, Lane.BULK, Lane.BULK]


def test_batches_leave_a_slot_to_screenings():
    slots, order = Slots(2, waiting_max=5, wait_s=10), []
    slots.enter(Lane.BULK)
    second = in_thread(slots, Lane.BULK, order)

    slots.enter(Lane.PROMPT)  # at once, though a batch waits
    slots.leave(Lane.PROMPT)
    assert order == []
    slots.leave(Lane.BULK)
    second.join()
    assert order == [Lane.BULK]


def test_one_too_many_is_told_at_once_when_to_come_back():
    slots, order = Slots(1, waiting_max=1, wait_s=10), []
    slots.enter(Lane.PROMPT)
    waiting = in_thread(slots, Lane.PROMPT, order)

    with pytest.raises(NotReady) as refused:
        slots.enter(Lane.PROMPT)

    assert refused.value.retry_after_s == 1
    slots.leave(Lane.PROMPT)
    waiting.join()
    assert order == [Lane.PROMPT]


def test_whoever_waited_in_vain_takes_no_slot_with_them():
    slots = Slots(1, waiting_max=1, wait_s=0.01)
    slots.enter(Lane.PROMPT)

    with pytest.raises(NotReady):
        slots.enter(Lane.BULK)
    assert slots.waiting == 0
    slots.leave(Lane.PROMPT)
    slots.enter(Lane.BULK)


def test_many_threads_never_hold_more_slots_than_there_are():
    slots, lock, at_once, most = Slots(3, waiting_max=64, wait_s=30), threading.Lock(), [0], [0]

    def work(lane):
        for _ in range(100):
            slots.enter(lane)
            with lock:
                at_once[0] += 1
                most[0] = max(most[0], at_once[0])
            with lock:
                at_once[0] -= 1
            slots.leave(lane)

    threads = [threading.Thread(target=work, args=(lane,)) for lane in [*Lane] * 6]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert most[0] <= 3
    assert slots.waiting == 0
    for _ in range(3):
        slots.enter(Lane.PROMPT)  # all of them are free again


def answer(gate, path="/v1/screenings", body=b"", **environ):
    said = []
    made = {"PATH_INFO": path, "CONTENT_LENGTH": str(len(body)), "wsgi.input": BytesIO(body)} | environ
    content = b"".join(gate(made, lambda status, headers: said.append((status, dict(headers)))))
    return said[0][0], said[0][1], content


def echo(environ, start_response):
    start_response("200 OK", [])
    return [environ["wsgi.input"].read()]


def gated(slots=None, inner=echo):
    return Gate(inner, slots or Slots(1, waiting_max=0, wait_s=0.01), max_body_bytes=100, body_timeout_s=5)


def test_a_body_passes_whole_with_its_length_said_or_in_chunks():
    assert answer(gated(), body=b"abc")[2] == b"abc"
    assert answer(gated(), body=b"abc", CONTENT_LENGTH="", HTTP_TRANSFER_ENCODING="chunked")[2] == b"abc"


def test_a_body_in_chunks_is_read_no_further_than_one_byte_too_many():
    assert len(answer(gated(), body=b"x" * 500, CONTENT_LENGTH="", HTTP_TRANSFER_ENCODING="chunked")[2]) == 101


def test_a_full_gate_answers_with_a_problem_but_lets_probes_through():
    slots = Slots(1, waiting_max=0, wait_s=0.01)
    slots.enter(Lane.PROMPT)

    status, headers, body = answer(gated(slots), body=b"{}")

    assert (status, headers["Retry-After"], headers["Content-Type"]) == (
        "503 Not ready",
        "1",
        "application/problem+json",
    )
    assert b"urn:weiheng:problem:not_ready" in body
    assert answer(gated(slots), path="/readyz")[0] == "200 OK"


def test_a_body_that_trickles_is_given_up():
    class Slow:
        def read(self, _size):
            return b"x"

    gate = Gate(echo, Slots(1, waiting_max=0, wait_s=1), max_body_bytes=10**9, body_timeout_s=0.01)

    assert answer(gate, CONTENT_LENGTH=str(10**8), **{"wsgi.input": Slow()})[0].startswith("408")


def test_a_failing_application_gives_its_slot_back():
    slots = Slots(1, waiting_max=0, wait_s=0.01)

    def fail(*_):
        raise ZeroDivisionError

    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            answer(gated(slots, fail))
    assert answer(gated(slots))[0] == "200 OK"
