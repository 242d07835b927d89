"""What a reviewer backend promises: an opinion on a content, or none.

A backend is one file in ``backends/`` with ``open_backend(settings) -> Reviewer | None``; the folder is the
registration. A backend that times out or answers nonsense abstains: doubt is the flow's to handle, never a pass.
"""

from __future__ import annotations

import importlib
import pkgutil
from typing import Protocol

from app.review import backends
from app.settings import Settings
from app.values.content import ContentToScreen
from app.values.deciding import Opinion


class Reviewer(Protocol):
    """Looks at contents after the answer has gone out, because looking takes long."""

    name: str

    def wants(self, content: ContentToScreen) -> bool:
        """Whether this content is this reviewer's business."""
        ...

    def review(self, content: ContentToScreen) -> Opinion | None:
        """The opinion (pass, review or block), or None to abstain."""
        ...


def open_backends(settings: Settings) -> tuple[Reviewer, ...]:
    """Every configured backend, found in the folder."""
    opened = (
        importlib.import_module(f"{backends.__name__}.{module.name}").open_backend(settings)
        for module in sorted(pkgutil.iter_modules(backends.__path__), key=lambda module: module.name)
    )
    return tuple(backend for backend in opened if backend is not None)
