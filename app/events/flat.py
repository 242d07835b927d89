"""Facts may be sent nested, as JSON likes it; declared they are flat, by dotted names."""

from __future__ import annotations

from collections.abc import Mapping

_FLAT = frozenset({str, int, bool, list, type(None)})
"""What most values are, told apart at once; asking whether something is a mapping costs more than the rest."""


def flat_facts(sent: Mapping[str, object]) -> dict[str, object]:
    """The same facts by their dotted names: ``{"citation": {"source": …}}`` is ``citation.source``.

    One level is opened, as deep as names go; anything deeper stays a mapping, which no declared type accepts.
    """
    flat: dict[str, object] = {}
    for name, value in sent.items():
        if value.__class__ not in _FLAT and isinstance(value, Mapping):
            flat.update({f"{name}.{inner}": deeper for inner, deeper in value.items()})
        else:
            flat[name] = value
    return flat
