"""Every reviewer backend keeps the promises of its folder; one that is not played here fails by itself."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import orjson
import pytest

from app.errors import SettingsError
from app.review.backend import Abstained, Awaited, Desk, Material, open_backends
from app.review.review_settings import read_review_settings
from app.settings import Settings
from app.values.content import ContentToScreen, Medium
from app.values.deciding import Opinion, Verdict
from tests.peers import answering

FOLDER = Path(__file__).parents[2] / "app/review/backends"
NAMES = sorted(file.stem for file in FOLDER.glob("*.py") if file.stem != "__init__")
CONTENT = ContentToScreen(
    "c-1",
    "video_caption",
    "shop-1",
    {"text": "新品到店"},
    media=(Medium("image", "http://127.0.0.1:9/1.jpg"),),
    attributes={"openid": "o-1"},
)
NONSENSE = [
    b"",
    b"null",
    b"[]",
    b"{}",
    b'{"verdict":"pass"}',
    b'{"choices":[]}',
    b"\xff",
    b'{"verdict":7,"score_bp":1}',
]


def settings(tmp_path, sections=None, **more):
    given = {"data_dir": tmp_path, "reviewers": orjson.dumps(sections or {}).decode()}
    return Settings.model_validate(given | more)


@contextmanager
def played(tmp_path, answer):
    """Every backend, with one service behind all of them that gives this answer."""
    with answering(lambda *_: (200, {}, answer)) as url:
        sections = {"llm": {"url": url, "model": "m", "sees": "all"}, "wechat": {}, "linear": {}, "ocr": {}}
        opened = open_backends(settings(tmp_path, sections, reviewer_url=url, reviewer_sees="all"))
        yield {each.name: each for each in opened}


def desk(now, answer=b"{}"):
    def wechat(*_):
        return orjson.loads(answer) if answer.startswith(b"{") else {}

    return Desk(now, allow_private=True, ask_wechat=wechat, policy=lambda: {"a": "甲（法）"}, asked_today=lambda _: 0)


def test_every_file_of_the_folder_is_one_reviewer(tmp_path):
    with played(tmp_path, b"{}") as opened:
        assert sorted(opened) == NAMES
        for name, each in opened.items():
            assert each.name == name
            assert each.title
            assert each.version
            assert 0 < each.timeout_s <= 40  # a lease of the queue is 60 seconds


@pytest.mark.parametrize("answer", NONSENSE)
@pytest.mark.parametrize("name", NAMES)
def test_nonsense_is_an_abstention_and_never_an_opinion(tmp_path, now, name, answer):
    material = Material(replace(CONTENT, media=()), "新品到店", "sha256:1")
    with played(tmp_path, answer) as opened:
        said = opened[name].review(material, desk(now, answer))

    assert isinstance(said, Abstained)
    assert said.why


@pytest.mark.parametrize("name", NAMES)
def test_a_reviewer_wants_its_contents_and_says_which_media_it_sees(tmp_path, name):
    with played(tmp_path, b"{}") as opened:
        assert opened[name].wants(CONTENT, Verdict.REVIEW) in {True, False}
        assert opened[name].sees(CONTENT.media[0]) is (name in {"remote", "wechat", "ocr"})


def test_unconfigured_there_is_only_the_one_that_needs_nothing(tmp_path):
    assert [each.name for each in open_backends(settings(tmp_path))] == ["linear"]


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("llm: {model: m}", "llm.url"),
        ("llm: {url: 'http://x', model: m, sees: some}", "llm.sees"),
        ("wechat: {colour: red}", "wechat.colour"),
        ("linear: {mode: block}", "linear.mode"),
        ("ocr: {max_pixels: 1}", "ocr.max_pixels"),
        ("oracle: {}", "oracle"),
        ("- llm", "WEIHENG_REVIEWERS"),
        ("llm: {", "WEIHENG_REVIEWERS"),
        ("llm: {url: 'http://x', model: m, key: {file: /nowhere/at/all}}", "WEIHENG_REVIEWERS"),
    ],
)
def test_wrong_settings_are_named(tmp_path, text, where):
    with pytest.raises(SettingsError) as wrong:
        open_backends(Settings.model_validate({"data_dir": tmp_path, "reviewers": text}))

    assert where in str([each.field for each in wrong.value.problems])


def test_settings_for_all_are_checked_and_a_secret_is_read_from_its_file(tmp_path):
    (tmp_path / "key").write_text("sk-1\n", encoding="utf-8")
    given = {
        "llm": {"url": "http://x/v1", "model": "m", "key": {"file": str(tmp_path / "key")}},
        "all": {"blind_bp": 500},
    }
    opened = {each.name: each for each in open_backends(settings(tmp_path, given))}

    assert opened["llm"]._given.key.get_secret_value() == "sk-1"
    assert read_review_settings(settings(tmp_path, given)).blind_bp == 500
    with pytest.raises(SettingsError, match="blind_bp"):
        read_review_settings(settings(tmp_path, {"all": {"blind_bp": 10_001}}))


def test_a_share_of_cases_is_blind_and_always_the_same_ones(tmp_path):
    some = read_review_settings(settings(tmp_path, {"all": {"blind_bp": 2_000}}))
    blind = [some.is_blind(f"case-{number}") for number in range(2_000)]

    assert 300 < sum(blind) < 500
    assert blind == [some.is_blind(f"case-{number}") for number in range(2_000)]
    assert not any(read_review_settings(settings(tmp_path)).is_blind(f"case-{number}") for number in range(100))


def test_an_opinion_on_a_picture_waits_for_the_platform(tmp_path, now):
    with answering(lambda *_: (200, {}, b"image")) as url:
        [wechat] = [each for each in open_backends(settings(tmp_path, {"wechat": {}})) if each.name == "wechat"]
        content = replace(CONTENT, media=(Medium("image", url), Medium("video", url)))
        answer = orjson.dumps({"errcode": 0, "result": {"suggest": "pass", "label": 100}, "trace_id": "t-1"})
        said = wechat.review(Material(content, "", "sha256:1"), desk(now, answer))

    assert isinstance(said, Awaited)
    assert said.traces == ("t-1",)
    assert said.so_far == Opinion("wechat", Verdict.PASS, 10_000, "", said.so_far.facts)
