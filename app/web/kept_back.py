"""The guard of blind reviews before the API's calls about one case: no call added later can forget it."""

from __future__ import annotations

from flask import Flask, request

from app.flows.kept_back import meet_case, refused
from app.web.auth import known_caller, parts

_ABOUT_A_CASE = "/v1/cases/"


def install(app: Flask) -> None:
    """Refuse whoever reviews the case blind; comes after the key was asked for."""

    @app.before_request
    def _blind_first() -> None:
        case_id = (request.view_args or {}).get("case_id")
        by = known_caller() if case_id and request.path.startswith(_ABOUT_A_CASE) else None
        if by is not None and case_id:
            own = parts()
            if (review := meet_case(own, case_id, caller=by, now=own.now())) is not None:
                raise refused(review)
