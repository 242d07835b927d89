"""``weiheng live``: broadcasts from files."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

import click
import orjson

from app.clock import utc_now
from app.errors import InvalidInput
from app.flows.replay_speech import Replayed, replay_speech
from app.flows.screen_file import judge_from_folders
from app.live.transcripts import SUFFIXES, read_transcript
from app.settings import read_settings

_LARGEST = 50_000_000


@click.group()
def live() -> None:
    """Live rooms."""


@live.command("replay")
@click.argument("source", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--shop", default="replay", show_default=True, help="Whose words, parameters and exemptions hold.")
@click.option("--category", help="What is mainly sold, as shop categories are named.")
@click.option("--begins-at", type=click.DateTime(["%Y-%m-%dT%H:%M:%S%z"]), help="When it began. Default: now.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a hit.")
def replay(source: Path, shop: str, category: str | None, begins_at: datetime | None, *, as_json: bool) -> None:
    """Say what would be flagged in the transcript FILE (.jsonl, .ndjson, .srt, .vtt), without a running service."""
    if source.suffix.lower() not in SUFFIXES:
        raise click.UsageError(f"the file must end in one of {', '.join(SUFFIXES)}")
    if source.stat().st_size > _LARGEST:
        raise click.UsageError(f"{source} is larger than {_LARGEST:,} bytes")
    try:
        text = source.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise InvalidInput(f"{source} is not UTF-8 (byte {error.start})") from None
    begin = begins_at or utc_now()
    said = read_transcript(text, source.suffix.lower(), name=str(source), begins_at=begin)
    found = replay_speech(judge_from_folders(read_settings(os.environ)), said, shop_id=shop, category=category)
    first = min(each.at for each in said)
    for each in found:
        click.echo(orjson.dumps(each.answer()).decode() if as_json else _line(each, first))
    if not as_json:
        flagged = sum(not each.is_repeat for each in found)
        missing = sum(each.correction == "passed" for each in found)
        click.echo(
            f"{len(said):,} utterances · {flagged} flagged · {len(found) - flagged} repeated · {missing} not set right"
        )


def _line(each: Replayed, first: datetime) -> str:
    seconds = int((each.hit.said.at - first).total_seconds())
    at = f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    rules = " ".join(firing.rule for firing in each.firings)
    again = " (repeated)" if each.is_repeat else ""
    correction = {"met": " · set right in time", "passed": " · not set right"}.get(each.correction, "")
    head = f"{at} {each.decision:<6} {each.hit.hit.category} {each.hit.hit.word}{again}"
    return f"{head}{f' [{rules}]' if rules else ''}{correction}\n        {each.hit.sentence}"
