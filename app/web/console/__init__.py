"""The officers' console."""

from app.web.console.door import install

__all__ = ["install"]
