"""Requests as spans: opened before anything else is done, closed with the route, the view and the status."""

from __future__ import annotations

from flask import Flask, Response, g, request

from app import traces


def install(app: Flask) -> None:
    """Open and close a span for each request while this process traces."""

    @app.before_request
    def _begin() -> None:
        if traces.is_on():
            g.traced = traces.begin_request(request.method, dict(request.headers))

    @app.after_request
    def _note(response: Response) -> Response:
        g.traced_status = response.status_code
        return response

    @app.teardown_request
    def _end(_error: BaseException | None) -> None:
        if begun := g.pop("traced", None):
            route = request.url_rule.rule if request.url_rule else "unknown"
            status = g.get("traced_status", 500)
            traces.end_request(begun, route=route, endpoint=request.endpoint or "unknown", status=status)
