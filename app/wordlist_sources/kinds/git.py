"""A branch of a local Git working copy; somebody else's job pulls it.

With a signed manifest in the folder and keys its lists are as good as any signed ones. Without, what was pulled could
be anybody's, so it waits for a person.
"""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from app.git import bad_revision, read_blobs
from app.wordlist_sources.manifest import MANIFEST, SIGNATURE, PublicKey, fetch_signed
from app.wordlist_sources.source import Around, Fetched, Known, SourceOptions

_SUFFIXES = (".txt", ".csv")


class Options(SourceOptions):
    """Which working copy, revision and folder in it."""

    repository: Path
    revision: str = Field("HEAD", max_length=200)
    folder: str = Field("wordlists", max_length=200)
    public_keys: list[PublicKey] = Field(default_factory=list, max_length=10)


def fetch(options: Options, known: Known, around: Around) -> Fetched:
    """The lists of the revision. Raises BadDefinition."""
    commit, found = read_blobs(
        options.repository, revision=options.revision, folder=options.folder, wanted=lambda name: "/" not in name
    )
    if large := next((name for name, data in found.items() if len(data) > around.max_bytes), None):
        raise bad_revision(options.repository, f"{large} is too large", f"at most {around.max_bytes} bytes")
    if options.public_keys:
        if MANIFEST not in found:
            raise bad_revision(options.repository, f"{options.folder} has no {MANIFEST}", "a signed manifest")
        return fetch_signed(
            found[MANIFEST],
            found.get(SIGNATURE),
            lambda name: found.get(name, b""),
            keys=options.public_keys,
            known=known,
            mark=commit,
            place=f"{options.repository}/{options.folder}/{MANIFEST}",
        )
    lists = {f"{Path(name).stem}.txt": data for name, data in found.items() if name.endswith(_SUFFIXES)}
    if not lists:
        raise bad_revision(options.repository, f"{options.revision} has no wordlists under {options.folder}", "*.txt")
    return Fetched("unsigned", lists, mark=commit)
