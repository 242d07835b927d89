"""Applications for services of tests: one takes 0.14 s to assemble, and what it works with can be given anew.

Whoever asks gets one of its own. After a test, those it took are put back as they were assembled, except one whose
calls a test has changed.
"""

from __future__ import annotations

from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass

from app.web.application import assemble, give

_HOOKS = ("before_request_funcs", "after_request_funcs", "teardown_request_funcs")


@dataclass(frozen=True)
class _Assembled:
    """An application and what of it a test may change."""

    app: object
    config: dict
    hooks: dict
    rules: int

    def as_it_was(self):
        """Put back what can be; False when the application is another one now."""
        app = self.app
        if len(list(app.url_map.iter_rules())) != self.rules:
            return False
        app.config.clear()
        app.config.update(self.config)
        for name, kept in self.hooks.items():
            hooks = getattr(app, name)
            hooks.clear()
            hooks.update({scope: copy(functions) for scope, functions in kept.items()})
        app._got_first_request = False
        return True


_free: list[_Assembled] = []
_taken: list[_Assembled] = []


def application(parts):
    """An application nobody else has, working with these parts."""
    assembled = _free.pop() if _free else _assemble()
    _taken.append(assembled)
    give(assembled.app, parts)
    return assembled.app


@contextmanager
def returned():
    """Take back, at the end of the block, the applications that were given out in it."""
    before = len(_taken)
    yield
    given_out = _taken[before:]
    del _taken[before:]
    _free.extend(each for each in given_out if each.as_it_was())


def _assemble():
    app = assemble()
    hooks = {name: {scope: copy(fs) for scope, fs in getattr(app, name).items()} for name in _HOOKS}
    return _Assembled(app, dict(app.config), hooks, len(list(app.url_map.iter_rules())))
