"""Weiheng: compliance and risk control for video commerce."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask_openapi3 import OpenAPI

    from app.settings import Settings

gc.set_threshold(2_500, 200, 20)
"""What a process makes while it loads stays: with Python's 700 and 10, a fifth of the time went on looking for waste.

Looking through the youngest holds up everybody for as long as there are many of them: 25,000 took 12 ms, these take 1.
"""


def create_app(settings: Settings | None = None) -> OpenAPI:
    """The WSGI application, from the environment unless settings are given.

    The pieces are put together in ``app.web.application``; it is imported here and not above, so that using one pure
    part (a rule trial in a child process, say) does not load the web.
    """
    from app.web.application import create_app as create  # noqa: PLC0415 - said above

    return create(settings)
