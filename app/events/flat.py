"""Facts may be sent nested, as JSON likes it; declared they are flat, by dotted names."""

from __future__ import annotations

from collections.abc import Mapping


def flat_facts(sent: Mapping[str, object]) -> dict[str, object]:
    """The same facts by their dotted names: ``{"citation": {"source": …}}`` is ``citation.source``.

    One level is opened, as deep as names go; anything deeper stays a mapping, which no declared type accepts.
    """
    flat: dict[str, object] = {}
    for name, value in sent.items():
        if isinstance(value, Mapping):
            flat.update({f"{name}.{inner}": deeper for inner, deeper in value.items()})
        else:
            flat[name] = value
    return flat
