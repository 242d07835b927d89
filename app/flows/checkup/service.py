"""The service on this machine, where one runs: what it says of itself, of which the rest of the look sees little."""

from __future__ import annotations

import json
from contextlib import closing
from http.client import HTTPConnection, HTTPException

from app.settings import Settings
from app.values.finding import Finding, fail, ok, warn

_PATIENCE_S = 10.0
_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - not listened on: asked at
_READY = 200


def check_service(settings: Settings) -> Finding:
    """Whether somebody answers where the settings say, and what ``/readyz`` tells."""
    host = _EVERYWHERE.get(settings.host, settings.host)
    where = f"{host}:{settings.port}"
    name = settings.trusted_hosts.split(",")[0].strip() or where
    try:
        with closing(HTTPConnection(host, settings.port, timeout=_PATIENCE_S)) as connection:
            connection.request("GET", "/readyz", headers={"Host": name})
            answer = connection.getresponse()
            status, checks = answer.status, json.loads(answer.read())["checks"].items()
    except ConnectionRefusedError:
        return warn(
            "service", f"nobody listens at {where}", "start it where it is to serve on this machine, see its log"
        )
    except (OSError, HTTPException, ValueError, KeyError, AttributeError, TypeError) as error:
        told = f"what listens at {where} gives no answer that is ours: {type(error).__name__}"
        return fail("service", told, "see its log; restart it where it hangs, or set WEIHENG_PORT")
    said = "; ".join(f"{check}: {what}" for check, what in checks if not str(what).startswith("ok"))
    if status != _READY:
        return fail("service", f"not able to decide ({said})", "mend what it names; it goes on by itself")
    return (
        warn("service", f"ready, but {said}", "see docs/explanation/when-something-fails.md")
        if said
        else ok("service", f"ready at {where}")
    )
