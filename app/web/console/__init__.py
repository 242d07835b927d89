"""The officers' console."""

from app.web.console.door import give_console, install

__all__ = ["give_console", "install"]
