"""The platform's keys of one account as a mapping: those the operator wrote down, and certificates fetched since.

A certificate never changes, so what is known stays; only a name that is not known makes us look again where fetched
ones are kept, at most once a second, because anybody can send names that do not exist.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping

from app.wechat.pay_signature import PlatformKey

_LOOK_AGAIN_S = 1.0
_OLD_S = 60.0


class FetchedKeys:
    """What was fetched for one account, as last read by ``read``; shared by all threads of a process."""

    def __init__(self, read: Callable[[], Mapping[str, PlatformKey]]) -> None:
        self._read = read
        self._known: Mapping[str, PlatformKey] = {}
        self._read_at: float | None = None

    def all(self, *, older_than_s: float = _OLD_S) -> Mapping[str, PlatformKey]:
        """Every one, read again when the last reading is older than that."""
        now = time.monotonic()
        if self._read_at is None or now - self._read_at > older_than_s:
            self._known, self._read_at = self._read(), now
        return self._known

    def find(self, serial: str) -> PlatformKey | None:
        """The key of that serial number."""
        return self.all().get(serial) or self.all(older_than_s=_LOOK_AGAIN_S).get(serial)

    def forget(self) -> None:
        """Read again at the next question: there is news."""
        self._read_at = None


class KeysInForce(Mapping[str, PlatformKey]):
    """Configured and fetched keys; where both name one, the operator's word counts."""

    def __init__(self, configured: Mapping[str, PlatformKey], fetched: FetchedKeys) -> None:
        self._configured = configured
        self._fetched = fetched

    def __getitem__(self, serial: str) -> PlatformKey:
        found = self._configured.get(serial) or self._fetched.find(serial)
        if found is None:
            raise KeyError(serial)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter({**self._fetched.all(), **self._configured})

    def __len__(self) -> int:
        return sum(1 for _ in self)
