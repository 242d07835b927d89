"""The windows of the rooms this process heard lately; bounded, and never the truth: the database is."""

from __future__ import annotations

import threading
from collections import OrderedDict

from app.live.window import Window

MOST_ROOMS = 4_000
Room = tuple[str, str]
"""A shop and a room."""


class Windows:
    """Windows by room; thread-safe. The room heard least recently is forgotten first, and rebuilt when it speaks."""

    def __init__(self, most: int = MOST_ROOMS) -> None:
        self._windows: OrderedDict[Room, Window] = OrderedDict()
        self._most = most
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._windows)

    def get(self, room: Room) -> Window | None:
        """The room's window, if it is remembered."""
        with self._lock:
            window = self._windows.get(room)
            if window is not None:
                self._windows.move_to_end(room)
            return window

    def put(self, room: Room, window: Window) -> None:
        """Remember a window that the database stands behind, unless a later one is remembered already."""
        with self._lock:
            known = self._windows.get(room)
            if known is None or known.version < window.version:
                self._windows[room] = window
            self._windows.move_to_end(room)
            while len(self._windows) > self._most:
                self._windows.popitem(last=False)
