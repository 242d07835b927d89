"""For those who run the service: up, able to decide, metrics."""

from __future__ import annotations

import orjson
from flask import Response, current_app
from flask_openapi3 import APIBlueprint, Tag
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app import metrics, snapshots
from app.draining import is_draining
from app.flows.decide_candidate import waiting_candidates
from app.flows.parts import Parts
from app.flows.seal_audit import note_tail
from app.flows.wordlist_freshness import measured, read_checked_at
from app.migrate import current, head, is_newer
from app.values.access import Scope
from app.web.auth import caller, parts
from app.web.docs import PROBLEMS, SECURITY
from app.web.operation_answers import Health
from app.web.probe import Probe

_WITHIN_S = 2.5  # probes of balancers give up after three seconds and more
_TEXT = {"description": "Metrics", "content": {"text/plain": {"schema": {"type": "string"}}}}

blueprint = APIBlueprint(
    "operations", __name__, abp_tags=[Tag(name="operations", description="运行 · running the service")]
)


@blueprint.get("/healthz", summary="Up", responses={200: Health})
def healthz() -> Response:
    """Whether the process answers at all."""
    return Response(orjson.dumps({"status": "ok", "checks": {}}), content_type="application/json")


@blueprint.get("/readyz", summary="Able to decide", responses={200: Health, 503: Health})
def readyz() -> Response:
    """Whether the database answers in time, at the right revision, and a judge is loaded.

    A database that refused a write within the last ten seconds, because its disk is full or it is a standby, is not
    ``ok`` either: nothing is decided that cannot be stored.

    A database that a newer version has brought on is the right one too, so that a roll-out needs no pause.

    While it is in doubt what time it is, because clocks differ or leapt, that is said under ``clock``: contents are
    decided by the database's clock, deadlines and payments wait.

    Wordlists that are stale or expired are said under ``wordlist_age``; what they stop they still stop.

    A refused candidate in a folder, and one that waits for a second person, is said here (``rules``, ``wordlists``) but
    does not make the service unready: what was in force still is.
    """
    checks = _look()
    failing = checks["database"] != "ok" or checks["judge"] != "ok" or "stopping" in checks
    body = {"status": "failing" if failing else "ok", "checks": checks}
    return Response(orjson.dumps(body), status=503 if failing else 200, content_type="application/json")


@blueprint.get("/metrics", summary="Prometheus metrics", security=SECURITY, responses={200: _TEXT, **PROBLEMS})
def metrics_page() -> Response:
    """Metrics of all processes in Prometheus text format; needs a key with the scope `metrics`."""
    caller(Scope.METRICS)
    note_tail(parts(), now=parts().now())
    return Response(metrics.render(), content_type="text/plain; version=0.0.4; charset=utf-8")


def readiness(of: Parts) -> Probe[dict[str, str]]:
    """What `/readyz` asks, within the patience of those who ask it."""
    return Probe(lambda: _checks(of), within_s=_WITHIN_S)


def _look() -> dict[str, str]:
    """The checks; where the database gives no answer at all, that, before whoever asks gives up."""
    of = parts()
    probe: Probe[dict[str, str]] = current_app.extensions["readiness"]
    silent = {"database": f"gives no answer within {_WITHIN_S:g} s", "judge": _judge(of)}
    return probe.ask() or silent


def _judge(of: Parts) -> str:
    return "ok" if of.live.is_ready else "no snapshot is loaded"


def _checks(of: Parts) -> dict[str, str]:
    checks = {"database": "ok", "judge": _judge(of)}
    try:
        if (revision := current(of.db)) != head() and not is_newer(revision):
            checks["database"] = f"at revision {revision}, this program needs {head()}"
        with of.db.read() as session:
            for kind in snapshots.KINDS:
                pointer = snapshots.pointer(session, kind)
                waiting = [each.object_id for each in waiting_candidates(session, kind)]
                said = f"ok; waits for a second person: {', '.join(waiting)}" if waiting else "ok"
                checks[kind] = f"folder refused: {pointer.error}" if pointer.error else said
            checks["wordlist_age"] = _age(of, session)
        if of.shared_clock is not None:
            checks["clock"] = of.shared_clock.doubt() or "ok"
        if (refused := of.db.refusals.fresh()) is not None:
            checks["database"] = refused.told
        if is_draining(of.settings.data_dir):
            checks["stopping"] = "this process is about to stop; send requests elsewhere"
    except SQLAlchemyError as error:
        checks["database"] = f"does not answer: {type(error).__name__}"
    return checks


def _age(of: Parts, session: Session) -> str:
    seen = measured(read_checked_at(session), of.settings, now=of.now())
    level = "ok" if seen.level == "fresh" else seen.level.value
    return level if seen.age_s is None else f"{level}; checked {seen.age_s} s ago"
