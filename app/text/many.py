"""From a number to several numbers, for hundreds of thousands of numbers of which most have none.

Flat arrays instead of a dictionary of lists: they are a tenth of its size, and are written to a file and read back
without a loop.
"""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence


class Many:
    """Number `n` has `values[starts[n]:starts[n + 1]]`. Immutable."""

    def __init__(self, starts: Sequence[int], values: Sequence[int]) -> None:
        self.starts, self.values = starts, values

    def of(self, number: int) -> Sequence[int]:
        """Its values; most have none."""
        start, end = self.starts[number], self.starts[number + 1]
        return self.values[start:end] if start < end else ()


def many_of(found: Mapping[int, Sequence[int]], *, count: int) -> Many:
    """What was found for some of the numbers below `count`."""
    starts = array("I", [0])
    values = array("I")
    for number in range(count):
        if (some := found.get(number)) is not None:
            values.extend(some)
        starts.append(len(values))
    return Many(starts, values)
