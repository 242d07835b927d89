"""Every kind of source keeps the promise: what it gives is bytes with a trust, the same again is the same digest."""

from __future__ import annotations

import base64
import os
import subprocess

import pytest

from app.errors import AppError
from app.wordlist_sources.configured import configured
from app.wordlist_sources.source import Around, Fetched, Known, SourceOptions, load_kinds
from tests.factories import NOW
from tests.lists import HEAD, KEY, PUBLIC, WORDS, list_server, write_folder

LIST = (HEAD + WORDS[0] + "\n").encode()


def git(where, *arguments):
    who = {"GIT_AUTHOR_NAME": "t", "GIT_AUTHOR_EMAIL": "t@example.com", "GIT_CONFIG_GLOBAL": "/dev/null"}
    who |= {"GIT_COMMITTER_NAME": "t", "GIT_COMMITTER_EMAIL": "t@example.com"}
    subprocess.run(["git", "-C", where, *arguments], check=True, capture_output=True, env=os.environ | who)  # noqa: S603, S607


@pytest.fixture
def around(one_database, tmp_path):
    folder = write_folder(tmp_path / "own")
    return Around(one_database, folder, allow_private=True, timeout_s=2, max_bytes=100_000, now=NOW)


@pytest.fixture
def options(tmp_path):
    """Options of every kind under which it has something to give, or nothing where only people give."""
    with list_server() as server:
        server.give(WORDS[:3])
        repository = tmp_path / "repository"
        (repository / "wordlists").mkdir(parents=True)
        (repository / "wordlists" / "legal.txt").write_bytes(LIST)
        git(repository, "init", "-q", "-b", "main")
        git(repository, "add", ".")
        git(repository, "commit", "-qm", "one")
        yield {
            "folder": {},
            "https": {"manifest": f"{server.url}/manifest.json", "public_keys": [PUBLIC]},
            "git": {"repository": repository},
            "uploads": {},
            "proposals": {},
        }


TRUST = {"folder": "local", "https": "signed", "git": "unsigned", "uploads": "people", "proposals": "people"}


def test_every_kind_of_the_folder_is_held_to_the_promise():
    assert set(load_kinds()) == set(TRUST)


@pytest.mark.parametrize("kind", sorted(TRUST))
def test_a_source_gives_bytes_says_how_far_they_are_trusted_and_the_same_again(kind, options, around):
    module = load_kinds()[kind]
    made = module.Options.model_validate({"name": "x"} | options[kind])

    first, second = (module.fetch(made, Known(), around) for _ in range(2))

    assert isinstance(made, SourceOptions)
    assert isinstance(first, Fetched)
    assert first.trust == TRUST[kind]
    assert first.digest() == second.digest()
    assert all(isinstance(data, bytes) for data in first.files.values())
    assert bool(first.files) is (TRUST[kind] != "people")


@pytest.mark.parametrize(
    ("kind", "wrong"),
    [
        ("folder", {"path": "/nowhere/at/all"}),
        ("https", {"manifest": "http://127.0.0.1:1/manifest.json", "public_keys": [PUBLIC]}),
        ("git", {"repository": "/nowhere/at/all"}),
        ("git", {"public_keys": [PUBLIC]}),
    ],
)
def test_a_source_that_cannot_be_read_says_so(kind, wrong, options, around):
    module = load_kinds()[kind]
    made = module.Options.model_validate({"name": "x"} | options[kind] | wrong)

    with pytest.raises(AppError):
        module.fetch(made, Known(), around)


def test_a_signed_git_folder_is_as_good_as_any_signed_source(options, around):
    from app.wordlist_sources.manifest import sign

    repository = options["git"]["repository"]
    raw, signature = sign({"legal.txt": LIST}, KEY, version=1, now=NOW)
    (repository / "wordlists" / "manifest.json").write_bytes(raw)
    (repository / "wordlists" / "manifest.json.sig").write_bytes(signature)
    git(repository, "add", ".")
    git(repository, "commit", "-qm", "two")
    module = load_kinds()["git"]

    found = module.fetch(module.Options(name="x", repository=repository, public_keys=[PUBLIC]), Known(), around)

    assert (found.trust, found.version, dict(found.files)) == ("signed", 1, {"legal.txt": LIST})


@pytest.mark.parametrize(
    "text",
    [
        "no yaml: [",
        "sources: 3",
        "sources: [{name: x}]",
        "sources: [{name: x, type: uploads}]",
        "sources: [{name: folder, type: git, repository: /srv}]",
        "sources: [{name: X, type: git, repository: /srv}]",
        "sources: [{name: x, type: https, url: 'https://a.example/b'}]",
        "sources: [{name: x, type: https, manifest: 'https://a.example/b', public_keys: [short]}]",
        "sources: [{name: x, type: git, repository: /srv}, {name: x, type: git, repository: /srv}]",
    ],
)
def test_a_wrong_entry_is_told(tmp_path, text):
    file = tmp_path / "sources.yaml"
    file.write_text(text, "utf-8")

    with pytest.raises(AppError):
        configured(file)


def test_the_public_key_of_the_tests_is_one():
    assert len(base64.b64decode(PUBLIC)) == 32
