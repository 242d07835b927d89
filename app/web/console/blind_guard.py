"""The guard of blind reviews before the console's pages and forms of one case: no page added later can forget it.

A form that is refused shows its case again, so forms must be held back like pages.
"""

from __future__ import annotations

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from app.flows.kept_back import meet_case
from app.web.auth import parts
from app.web.console import signed_in

_SEE_OTHER = 303


def to_own_review() -> Response | None:
    """The way to the review, for whoever reviews the case blind; None for everybody else."""
    case_id = (request.view_args or {}).get("case_id")
    if case_id is None:
        return None
    review = meet_case(parts(), case_id, caller=signed_in.officer().caller, now=parts().now())
    return None if review is None else redirect(url_for("console.second_review", review_id=review.id), _SEE_OTHER)
