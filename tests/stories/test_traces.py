"""Traces reach a real receiver, continue the caller's, and hold nothing that is anybody's."""

from __future__ import annotations

import gzip

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from app import traces
from app.jobs.worker import Worker
from tests.peers import peer

CALLER = "0af7651916cd43dd8448eb211c80319c"
SENT = {"traceparent": f"00-{CALLER}-b7ad6b7169203331-01"}
SECRET = "138" + "0013" + "8000"


def spans_of(receiver):
    """What the receiver was sent, as OTLP says it."""
    found = []
    for _, headers, body in receiver.got:
        raw = gzip.decompress(body) if headers.get("content-encoding") == "gzip" else body
        message = ExportTraceServiceRequest.FromString(raw)
        found += [span for each in message.resource_spans for scope in each.scope_spans for span in scope.spans]
    return found


@pytest.fixture
def receiver():
    with peer((200, b"")) as plays:
        yield plays
        traces.stop()


def attributes(span):
    return {each.key: each.value.string_value or each.value.int_value for each in span.attributes}


def test_a_traced_screening_is_one_tree_below_the_callers_span(service, receiver):
    client = service.client()
    assert traces.configure(f"{receiver.url}/v1/traces", sample_bp=0, service="weiheng-web")
    body = {"content_id": "v-secret-id", "kind": "comment", "shop_id": "s", "text": f"加微信 {SECRET}"}

    assert client.post("/v1/screenings", json=body, headers=SENT).status_code == 200
    client.post("/v1/screenings", json=body | {"content_id": "not-sampled"})
    traces.stop()

    spans = spans_of(receiver)
    by_id = {span.span_id: span for span in spans}
    [request] = [span for span in spans if span.name == "POST /v1/screenings"]
    assert receiver.got[0][0] == "/v1/traces"
    assert {span.trace_id.hex() for span in spans} == {CALLER}
    assert request.parent_span_id.hex() == "b7ad6b7169203331"
    assert attributes(request)["http.response.status_code"] == 200
    assert attributes(request)["weiheng.endpoint"] == "screening.screen_one"
    assert {"judge", "store", "SELECT"} <= {span.name for span in spans}
    assert all(span.parent_span_id in by_id for span in spans if span is not request)
    everything = b"".join(span.SerializeToString() for span in spans)
    for hidden in (SECRET, "v-secret-id", "加微信"):
        assert hidden.encode() not in everything


def test_a_refused_request_is_traced_without_its_words(sqlite_service, receiver):
    client = sqlite_service.client("screen")
    traces.configure(f"{receiver.url}/v1/traces", sample_bp=10_000, service="weiheng-web")

    client.post("/v1/screenings", json={"text": SECRET}, headers={"Idempotency-Key": SECRET})
    client.get(f"/v1/contents/{SECRET}")
    client.get(f"/nowhere/{SECRET}")
    traces.stop()

    spans = spans_of(receiver)
    assert {attributes(span).get("http.response.status_code") for span in spans} >= {422, 404}
    assert "GET /v1/contents/<path:content_id>" in {span.name for span in spans}
    assert SECRET.encode() not in b"".join(span.SerializeToString() for span in spans)


def test_a_job_is_a_trace_of_its_own(sqlite_service, receiver):
    traces.configure(f"{receiver.url}/v1/traces", sample_bp=10_000, service="weiheng-worker")
    Worker(sqlite_service.parts).work_due()
    traces.stop()

    assert [span for span in spans_of(receiver) if span.name.startswith("job ")]


def test_without_an_address_nothing_is_traced():
    assert not traces.configure(None, sample_bp=10_000, service="x")
    assert not traces.is_on()
    with traces.span("anything") as opened:
        assert opened is None


def test_a_receiver_that_refuses_changes_no_answer(sqlite_service, caplog):
    caplog.set_level("CRITICAL", logger="opentelemetry")
    with peer((400, b"")) as receiver:
        traces.configure(f"{receiver.url}/v1/traces", sample_bp=10_000, service="weiheng-web")
        answer = sqlite_service.screen(sqlite_service.client())
        traces.stop()

    assert answer.status_code == 200
    assert receiver.got
