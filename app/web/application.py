"""The only place where the web is put together: parts → Flask. The parts themselves are opened in `app.jobs`."""

from __future__ import annotations

import gc
import os
import sys
import threading
import time

from flask import Response, redirect
from flask_openapi3 import APIBlueprint, Info, OpenAPI
from werkzeug.wrappers import Response as WerkzeugResponse

from app.flows.follow_snapshots import Follower
from app.flows.parts import Parts
from app.jobs.open_parts import build_parts, prepare
from app.jobs.worker import Worker
from app.settings import Settings, read_settings
from app.web import (
    auth,
    errors,
    kept_back,
    limits,
    request,
    traced,
    unstorable,
)
from app.web.answers import ProblemAnswer
from app.web.api import (
    appeals,
    audit_log,
    backtests,
    bulk_deeds,
    campaigns,
    candidates,
    case_files,
    case_work,
    cases,
    claims,
    consents,
    dead_letters,
    evaluations,
    events,
    evidence,
    evidence_registry,
    figures,
    freezes,
    fund,
    funnel,
    handovers,
    hooks,
    inbound,
    inquiries,
    live,
    marks,
    mentions,
    notices,
    operations,
    orders,
    people,
    profit_sharing,
    providers,
    quality,
    reconciliations,
    reports,
    reviewers,
    rights,
    rosters,
    rules,
    screening,
    second_reviews,
    segments,
    sign_offs,
    snapshots,
    suppliers,
    webhook_upkeep,
    webhooks,
    wordings,
    wordlists,
    words,
)
from app.web.auth import CallerCache
from app.web.console import give_console
from app.web.console import install as install_console
from app.web.console.appeal_pages import install_merchants
from app.web.docs import SECURITY_SCHEMES, tell_tables
from app.web.gate import put_gate

# A request gives the interpreter up at every statement, and beside a busy thread waits so long to have it back.
_SWITCH_S = 0.0005
_STOP_WITHIN_S = 12.0  # less than the server waits before it kills
_DOCS_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:"
)


class Running:
    """The threads of one serving process: follows snapshots always, works the queue when embedded."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._follower = Follower(parts)
        self._worker = Worker(parts) if parts.settings.embedded else None
        self._once = threading.Lock()

    def start(self) -> None:
        """Take the process lock (SQLite) and start the threads."""
        if self._parts.db.lock is not None:
            self._parts.db.lock.acquire(wait_s=10)
        prepare(self._parts)
        self._parts.db.checkpoint_beside()
        _spare_the_collector()
        sys.setswitchinterval(_SWITCH_S)
        self._follower.start()
        if self._worker is not None:
            self._worker.start()

    def stop(self) -> None:
        """Finish what is at hand and close the database; safe to call twice."""
        if self._once.acquire(blocking=False):
            loops = [self._follower, *([self._worker] if self._worker is not None else [])]
            until = time.monotonic() + _STOP_WITHIN_S
            for loop in loops:
                loop.tell_to_stop()  # both at once: one after the other they could take twice as long
            for loop in loops:
                loop.stop(within_s=until - time.monotonic())
            self._parts.db.close()


def _spare_the_collector() -> None:
    """Keep the words and rules just loaded out of every garbage collection: walking them took a third of a batch."""
    gc.collect()
    gc.freeze()


def create_app(settings: Settings | None = None, *, parts: Parts | None = None) -> OpenAPI:
    """The WSGI application. Without ``parts`` they are built from ``settings`` (default: the environment)."""
    app = assemble()
    give(app, parts or build_parts(settings or read_settings(os.environ)))
    return app


def give(app: OpenAPI, parts: Parts) -> None:
    """Have the application work with these parts; whatever it knew of others before is forgotten."""
    app.config["MAX_CONTENT_LENGTH"] = parts.settings.max_body_bytes
    hosts = parts.settings.trusted_hosts
    app.config["TRUSTED_HOSTS"] = [host.strip() for host in hosts.split(",")] if hosts else None
    app.extensions |= {"parts": parts, "callers": CallerCache(), "limiter": limits.Limiter(parts)}
    app.extensions["readiness"] = operations.readiness(parts)
    give_console(app, parts)
    put_gate(app, parts.settings)


def assemble() -> OpenAPI:
    """Every call and page, without the parts they work with: most of what an application costs to make."""
    app = request.Service(
        __name__,
        info=Info(title="Weiheng 微衡", version="1", description="内容合规与风控服务 · compliance and risk control"),
        security_schemes=SECURITY_SCHEMES,
        validation_error_model=ProblemAnswer,
        validation_error_callback=errors.refuse_invalid,
        doc_prefix="/docs",
        static_folder=None,
    )
    request.install(app)
    unstorable.install(app)
    traced.install(app)
    errors.install(app)
    limits.install(app)
    auth.install(app)
    kept_back.install(app)
    for module in (
        screening,
        evaluations,
        quality,
        events,
        live,
        orders,
        campaigns,
        cases,
        case_work,
        reviewers,
        bulk_deeds,
        appeals,
        evidence,
        figures,
        second_reviews,
        case_files,
        marks,
        wordings,
        rosters,
        handovers,
        mentions,
        evidence_registry,
        notices,
        reports,
        inquiries,
        snapshots,
        candidates,
        rules,
        sign_offs,
        backtests,
        audit_log,
        consents,
        wordlists,
        words,
        webhooks,
        webhook_upkeep,
        people,
        rights,
        claims,
        fund,
        reconciliations,
        freezes,
        profit_sharing,
        suppliers,
        providers,
        inbound,
        dead_letters,
        hooks,
        segments,
        funnel,
        operations,
    ):
        _register(app, module.blueprint)
    _install_docs(app)
    install_console(app)
    install_merchants(app)
    return app


def _register(app: OpenAPI, blueprint: APIBlueprint) -> None:
    """Add a blueprint's calls; of two that share a path the library would describe the later one's alone."""
    before = dict(app.paths)
    app.register_api(blueprint)
    for path, said in before.items():
        if (now := app.paths[path]) is not said:
            app.paths[path] = now.model_copy(update={name: getattr(said, name) for name in said.model_fields_set})


def _install_docs(app: OpenAPI) -> None:
    tell_tables(app)

    @app.get("/openapi.json", doc_ui=False)
    def openapi_json() -> dict[str, object]:
        return dict(app.api_doc)

    @app.get("/", doc_ui=False)
    def home() -> WerkzeugResponse:
        return redirect("/console")

    @app.after_request
    def docs_policy(response: Response) -> Response:
        if response.mimetype == "text/html":
            response.headers.setdefault("Content-Security-Policy", _DOCS_POLICY)
        return response
