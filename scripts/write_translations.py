"""Bring the English catalogue up to the texts of the console, and say what is missing.

``make translations`` rewrites app/web/translations/en/LC_MESSAGES/messages.po: texts that are new get an empty
``msgstr``, texts that are gone leave, everything else stays as it was written. It lists every text without English and
ends with 1 while there is one. ``--fill FILE`` takes English from a file of lines ``Chinese<TAB>English``, or
``Chinese<TAB>English<TAB>context`` for a use that needs another word.
"""  # noqa: INP001 - a script, not a package

from __future__ import annotations

import argparse
import os
import re
import sys
import tempfile
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
_HEADER = "English of the console. The Chinese text is the key: docs/how-to/translate-the-console.md"
_MOST_USES = 4
_CHINESE = re.compile(r"[\u2e80-\u9fff\u3000-\u303f\uff00-\uffef]")


def main() -> int:
    """Rewrite the catalogue; 0 when every text has English."""
    asked = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    asked.add_argument("--fill", type=Path, help="lines of Chinese, a tab, English; \\n is a line end")
    filled = _read_lines(asked.parse_args().fill)
    sys.path.insert(0, str(ROOT))
    with tempfile.TemporaryDirectory() as metrics:
        os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", metrics)
        from app.web.console.language import CATALOGUE  # noqa: PLC0415 - after the folder of the metrics is set
        from app.web.console.messages import messages  # noqa: PLC0415

        uses: dict[str, list[str]] = {}
        for context, text in messages():
            if _CHINESE.search(text):
                uses.setdefault(text, []).append(context)
    with CATALOGUE.open("rb") as file:
        old = read_po(file, locale="en")
    missing = write(CATALOGUE, old, uses, filled)
    for text in missing:
        print(f"{', '.join(dict.fromkeys(uses[text]))}: {text}")  # noqa: T201 - what the command is for
    print(f"{len(uses)} texts, {len(missing)} without English")  # noqa: T201
    return 1 if missing else 0


def write(path: Path, old: Catalog, uses: dict[str, list[str]], filled: dict[tuple[str, str], str]) -> list[str]:
    """Write the catalogue anew; the texts that have no English."""
    new = Catalog(locale="en", header_comment=f"# {_HEADER}", fuzzy=False)
    missing = []
    for text, contexts in sorted(uses.items(), key=lambda pair: (pair[1][0], pair[0])):
        known = old.get(text)
        english = filled.get((text, "")) or (known.string if known is not None and not known.fuzzy else "")
        shown = list(dict.fromkeys(contexts))[:_MOST_USES]
        new.add(text, english, auto_comments=shown)
        if not english:
            missing.append(text)
        for context in dict.fromkeys(contexts):
            special = old.get(text, context)
            said = filled.get((text, context)) or (special.string if special is not None else "")
            if said:
                new.add(text, said, context=context)
    with path.open("wb") as file:
        write_po(file, new, width=0, omit_header=False, include_lineno=False)
    _without_dates(path)
    return missing


def _without_dates(path: Path) -> None:
    """Leave out of the head what changes with the day or the tool, so that only texts make differences."""
    kept = ("Project-Id-Version", "POT-Creation-Date", "PO-Revision-Date", "Last-Translator", "Language-Team")
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    gone = tuple(f'"{name}' for name in (*kept, "Report-Msgid", "Generated-By"))
    path.write_text("".join(line for line in lines if not line.startswith(gone)), encoding="utf-8")


def _read_lines(path: Path | None) -> dict[tuple[str, str], str]:
    """English by text and context; no context for every use that has none of its own."""
    filled = {}
    for line in path.read_text(encoding="utf-8").splitlines() if path is not None else ():
        text, english, context = [*line.replace("\\n", "\n").split("\t"), "", ""][:3]
        if english:
            filled[text, context] = english
    return filled


if __name__ == "__main__":
    sys.exit(main())
