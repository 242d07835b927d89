"""What comes in over HTTP about backtests: a candidate, whole or as a change of what is in force, and the period."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, ConfigDict, Field, model_validator

from app.web.definition_schemas import Edits
from app.web.schema_fields import SNAPSHOT_ID, Contract, Id, Instant, ShopId, no_control, no_nul
from app.web.wordlist_schemas import FileOfWordsIn, Name, Word

SnapshotId = Annotated[str, Field(pattern=SNAPSHOT_ID)]
FileName = Annotated[str, Field(max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]
Files = Annotated[dict[FileName, Annotated[str, AfterValidator(no_nul)]], Field(min_length=1, max_length=500)]


class TriedWordIn(Contract):
    """A word to add to a ``category``; or one of a ``wordlist`` to retire, or to allow in the context ``value``."""

    what: Literal["add", "allow", "retire"] = "add"
    category: Name | None = None
    wordlist: Name | None = None
    word: Word
    verdict: Literal["block", "review", "label"] = "review"
    value: Annotated[str, Field(max_length=100), AfterValidator(no_control)] = ""

    @model_validator(mode="after")
    def _has_a_place(self) -> TriedWordIn:
        wanted, other = ("category", "wordlist") if self.what == "add" else ("wordlist", "category")
        if getattr(self, wanted) is None or getattr(self, other) is not None:
            raise ValueError(f"`{self.what}` is of a `{wanted}`")
        return self


class CandidateIn(Contract):
    """What to try; the rest is as in force.

    ``rules`` and ``wordlists`` are a stored snapshot's id, or the files of a folder by their names in it. Or a change
    of what is in force: ``edits`` of the rules; a ``word``, a proposed change by its id, or an ``upload``.
    """

    model_config = ConfigDict(json_schema_extra={"minProperties": 1})

    rules: SnapshotId | Files | None = None
    edits: Edits | None = None
    wordlists: SnapshotId | Files | None = None
    word: TriedWordIn | None = None
    change_id: Id | None = None
    upload: FileOfWordsIn | None = None

    @model_validator(mode="after")
    def _has_something(self) -> CandidateIn:
        kinds = (("rules", "edits"), ("wordlists", "word", "change_id", "upload"))
        given = [[name for name in names if getattr(self, name) is not None] for names in kinds]
        if not any(given):
            raise ValueError("nothing to try: send rules, wordlists or both, whole or as a change")
        for names in given:
            if len(names) > 1:
                raise ValueError(f"send one of {', '.join(f'`{name}`' for name in names)}")
        return self


class BacktestIn(Contract):
    """A backtest to run, over screenings from ``from_at`` until before ``to_at``; ``limit``: about so many of them.

    ``examples_aside``: rules against which nothing speaks but their examples are tried all the same.
    """

    candidate: CandidateIn
    from_at: Instant
    to_at: Instant
    shop_ids: list[ShopId] | None = Field(None, min_length=1, max_length=1_000)
    limit: int | None = Field(None, ge=1, le=100_000_000)
    examples_aside: bool = False
