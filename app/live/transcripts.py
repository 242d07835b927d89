"""Transcripts of broadcasts as files: JSON lines as speech recognition gives them, SRT and WebVTT subtitles. Pure.

Subtitles have no instants, only a time from the start: the broadcast is taken to begin at the instant given.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import orjson

from app.errors import InvalidInput, Problem
from app.live.window import Utterance
from app.values.given_instants import read_instant

SUFFIXES = (".jsonl", ".ndjson", ".srt", ".vtt")
_CUE = re.compile(r"(?:(\d+):)?(\d{1,2}):(\d{2})[.,](\d{1,3})\s*-->\s*(?:\d+:)?\d{1,2}:\d{2}[.,]\d{1,3}")
_VOICE = re.compile(r"<v(?:\.[^ >]*)? ([^>]+)>")
_TAG = re.compile(r"<[^>]*>")


def read_transcript(text: str, suffix: str, *, name: str, begins_at: datetime) -> list[Utterance]:
    """Every utterance in the order of the file.

    Raises:
        InvalidInput: naming the line that cannot be read and what was expected there, or that nothing is in the file.
    """
    text = text.removeprefix("\ufeff")
    if suffix in {".jsonl", ".ndjson"}:
        found = list(_json_lines(text, name, begins_at))
    else:
        found = list(_cues(text, begins_at))
    if not found:
        expected = (
            'a line {"at_ms": 0, "text": …}'
            if suffix.endswith(("jsonl", "ndjson"))
            else "00:00:01,000 --> 00:00:02,000"
        )
        raise InvalidInput(f"nothing is said in {name}", problems=[Problem(name, "holds no utterance", expected)])
    return found


def _json_lines(text: str, name: str, begins_at: datetime) -> Iterator[Utterance]:
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            item = orjson.loads(line)
        except orjson.JSONDecodeError:
            raise _wrong(f"{name}:{number}", "is no JSON", 'an object such as {"at_ms": 0, "text": "大家好"}') from None
        yield _utterance(item, f"{name}:{number}", number - 1, begins_at)


def _utterance(item: Any, place: str, number: int, begins_at: datetime) -> Utterance:
    if not isinstance(item, dict) or not isinstance(item.get("text"), str):
        raise _wrong(place, "has no text", '"text": what was said')
    sequence, speaker = item.get("sequence", number), item.get("speaker") or ""
    if not isinstance(sequence, int) or isinstance(sequence, bool) or sequence < 0:
        raise _wrong(place, f"has the sequence {sequence!r:.20}", "a whole number from 0")
    if not isinstance(speaker, str):
        raise _wrong(place, "has a speaker that is no text", "an opaque reference")
    return Utterance(sequence, _instant(item, place, begins_at), item["text"], speaker)


def _instant(item: dict[str, Any], place: str, begins_at: datetime) -> datetime:
    at, at_ms = item.get("at"), item.get("at_ms")
    if isinstance(at_ms, int) and not isinstance(at_ms, bool) and at_ms >= 0:
        return begins_at + timedelta(milliseconds=at_ms)
    if (instant := read_instant(at)) is None:
        raise _wrong(place, "does not say when", '"at_ms": from the start, or "at": an instant with offset')
    return instant


def _cues(text: str, begins_at: datetime) -> Iterator[Utterance]:
    """Cues of SRT and WebVTT: what stands between a time line and the next empty line."""
    number = 0
    for block in re.split(r"\n[ \t]*\n", text.replace("\r\n", "\n").replace("\r", "\n")):
        lines = block.split("\n")
        at = next((index for index, line in enumerate(lines) if _CUE.search(line)), None)
        if at is None:
            continue
        found = _CUE.search(lines[at])
        assert found is not None, "the line was found by it"
        hours, minutes, seconds, fraction = found.groups()
        milliseconds = int(fraction.ljust(3, "0"))
        since = timedelta(hours=int(hours or 0), minutes=int(minutes), seconds=int(seconds), milliseconds=milliseconds)
        said = "\n".join(lines[at + 1 :])
        voice = _VOICE.search(said)
        yield Utterance(number, begins_at + since, _TAG.sub("", said).strip(), voice[1].strip() if voice else "")
        number += 1


def _wrong(place: str, problem: str, expected: str) -> InvalidInput:
    return InvalidInput("the transcript cannot be read", problems=[Problem(place, problem, expected)])
