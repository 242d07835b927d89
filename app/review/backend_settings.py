"""The reviewers' own settings: one YAML text, a section each, read by the backend whose section it is.

So a new backend brings its settings with it. Anywhere a text is expected, ``{file: /run/secrets/…}`` reads a file.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from app.errors import Problem, SettingsError
from app.settings import Settings

SETTING = "WEIHENG_REVIEWERS"
EVERYBODY = "all"
"""The section that is no reviewer's own."""


def read_sections(settings: Settings) -> Mapping[str, Mapping[str, Any]]:
    """The sections by reviewer; raises SettingsError."""
    text = settings.reviewers.get_secret_value() if settings.reviewers else ""
    try:
        given = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise _wrong("is no YAML: " + str(error)[:200]) from None
    if given is None:
        return {}
    if not isinstance(given, dict) or not all(isinstance(each, dict) for each in given.values()):
        raise _wrong("is no mapping of reviewers, each with its settings")
    return {str(name): {key: _read(value) for key, value in section.items()} for name, section in given.items()}


def _read(value: object) -> object:
    if isinstance(value, dict) and set(value) == {"file"}:
        try:
            return Path(str(value["file"])).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeError) as error:
            raise _wrong(f"{value['file']} cannot be read: {type(error).__name__}") from None
    return value


def _wrong(what: str) -> SettingsError:
    return SettingsError("the settings are wrong", problems=[Problem(SETTING, what, "llm: {url: …, key: …}")])
