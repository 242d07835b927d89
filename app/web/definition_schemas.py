"""What comes in over HTTP about rules, wordlists and their snapshots: candidates, sign-offs."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from app.web.schema_fields import SNAPSHOT_ID, Contract, Day, Reason, no_control, no_nul

SignedText = Annotated[str, Field(max_length=500), AfterValidator(no_nul)]
SignedValue = Annotated[int, Field(ge=-(10**15), le=10**15)] | bool | SignedText | list[SignedText] | None


class SignOffIn(Contract):
    """A sign-off to ask for. ``value`` is the parameter's, as it is today; a rule is signed as it is worded."""

    object_type: Literal["parameter", "rule"]
    pack: str = Field(min_length=1, max_length=64)
    name: str = Field(min_length=1, max_length=64)
    value: SignedValue = None
    basis: Reason
    signed_by: Annotated[str, Field(min_length=1, max_length=128, pattern=r"\S"), AfterValidator(no_control)]
    valid_from: Day
    valid_to: Day | None = None
    reason: Reason


class ApproveIn(Contract):
    """A second person's answer to what was asked for."""

    approve: bool
    reason: Reason


class WithdrawIn(Contract):
    """Why something ends."""

    reason: Reason


class FileEditIn(Contract):
    """A whole file replaced, added, or with ``text`` null removed; ``path`` is relative to the folder."""

    path: Annotated[str, Field(pattern=r"^[^/\x00-\x1f\x7f][^\x00-\x1f\x7f]{0,199}$")]
    text: Annotated[str, AfterValidator(no_nul)] | None


class ParameterEditIn(Contract):
    """Another default of one parameter; the rest of the file stays as it is written."""

    pack: Annotated[str, Field(min_length=1, max_length=64)]
    parameter: Annotated[str, Field(min_length=1, max_length=64)]
    value: (
        bool | int | Annotated[str, Field(max_length=500)] | Annotated[list[str], Field(min_length=1, max_length=200)]
    )


class StatusEditIn(Contract):
    """One rule in another state of its life."""

    rule: Annotated[str, Field(min_length=1, max_length=40)]
    status: Literal["draft", "shadow", "live", "retired"]


Edits = Annotated[list[FileEditIn | ParameterEditIn | StatusEditIn], Field(min_length=1, max_length=100)]


class SnapshotIn(Contract):
    """A candidate: all ``files``, or ``edits`` of what is in force; ``base`` says which snapshot was edited.

    ``files`` with a ``base`` are meant to replace it as it is, edits included.
    """

    kind: Literal["rules", "wordlists"]
    reason: Reason
    files: dict[str, Annotated[str, AfterValidator(no_nul)]] | None = Field(None, min_length=1, max_length=2_000)
    edits: Edits | None = None
    base: Annotated[str, Field(pattern=SNAPSHOT_ID)] | None = None

    @model_validator(mode="after")
    def _one_of_two(self) -> SnapshotIn:
        if (self.files is None) is (self.edits is None):
            raise ValueError("send `files` or `edits`")
        return self


class ReasonIn(Contract):
    """Why, for the record."""

    reason: Reason


class OwnWithdrawIn(Contract):
    """Why, where whoever takes their own back wants to say it."""

    reason: Reason | None = None


class LeftOutIn(Contract):
    """A word that a candidate adds, and that is not to come into force with it."""

    wordlist: Annotated[str, Field(min_length=1, max_length=64)]
    word: Annotated[str, Field(min_length=1, max_length=300), AfterValidator(no_nul)]


class CandidateApprovalIn(ReasonIn):
    """Why, and which of the words that waiting wordlists add are left out."""

    leave_out: Annotated[list[LeftOutIn], Field(min_length=1, max_length=1_000)] | None = None
