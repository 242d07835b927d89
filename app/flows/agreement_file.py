"""Agreement of first and second decisions as a file, for the page and for HTTP."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping

from app.review.kappa import Agreed


def agreement_csv(found: Mapping[str, Mapping[str, Agreed]]) -> str:
    """Agreement as a file that spreadsheets read as UTF-8."""
    out = io.StringIO()
    out.write("\ufeff")
    writer = csv.writer(out, lineterminator="\r\n")
    columns = tuple(Agreed.__dataclass_fields__)
    writer.writerow(["group", "key", *columns])
    for group, each in found.items():
        for key, one in each.items():
            safe = f"'{key}" if key[:1] in {"=", "+", "-", "@"} else key
            writer.writerow([group, safe, *(getattr(one, column) for column in columns)])
    return out.getvalue()
