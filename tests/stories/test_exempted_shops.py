"""A shop shows that a listed word is lawful for it: its texts pass, everybody else's do not, and it comes to an end."""

from __future__ import annotations

import re
from pathlib import Path

import orjson
import pytest
import time_machine
from click.testing import CliRunner

from app.cli import main
from app.errors import BadDefinition
from app.flows.publish_snapshot import publish
from app.jobs.open_parts import prepare
from app.settings import PROJECT
from tests.console import officer_of
from tests.few import few_files
from tests.service import START, make_service

HOW_TO = PROJECT / "docs/how-to/excuse-a-word-for-one-shop.md"
FILE = re.compile(r"<!-- file: (\S+) -->\n```\w*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
CLAIM = "紫云英蜂蜜，全网最佳"
EXEMPTION = """\
- shop: shop-7
  word: 最佳
  reason: 注册商标第1234567号
  basis: 商标注册证第1234567号
  approved_by: ads-compliance
  valid_from: 2026-11-01
  valid_to: 2026-12-31
"""
SHOPS = """\
# category: counterfeit
# verdict: block
# source: 店铺公约第三条
# owner: mall
# shops: shop-7, shop-8
紫云英蜂王浆
梨花牌蜂王浆 | shops: !shop-8
"""


@pytest.fixture
def folder(tmp_path):
    """The beginnings of two shipped lists and a word more, few enough to be built where they are."""
    wordlists = tmp_path / "wordlists"
    wordlists.mkdir()
    files = few_files("wordlists")
    files["absolute_terms.txt"] += "世界第一的品质\n"
    for name in ("categories.yaml", "absolute_terms.txt", "elderly_health_fraud.txt"):
        (wordlists / name).write_text(files[name], encoding="utf-8")
    return wordlists


@pytest.fixture
def start(one_database, folder, tmp_path):
    """Starts a service over the changed folder of wordlists."""

    def started():
        service = make_service(one_database, tmp_path / "data", wordlists_dir=folder)
        prepare(service.parts)
        return service

    return started


def screened(service, text, shop, content_id, **more):
    answer = service.screen(service.client(), text, shop_id=shop, content_id=content_id, **more)
    assert answer.status_code == 200, answer.text
    return answer.get_json()


def test_the_same_text_passes_for_the_exempted_shop_until_its_day_is_over(start, folder):
    (folder / "exemptions.yaml").write_text(EXEMPTION, encoding="utf-8")
    service = start()

    exempted, other = (screened(service, CLAIM, shop, "v-1") for shop in ("shop-7", "shop-8"))
    service.clock.advance(days=39)  # 2027-01-01 in China
    late = screened(service, CLAIM, "shop-7", "v-2")

    assert (exempted["decision"], exempted["hits"], exempted["firings"]) == ("pass", [], [])
    assert exempted["exempted"] == [
        {
            "field": "text",
            "start": 8,
            "end": 10,
            "text": "最佳",
            "word": "最佳",
            "wordlist": "absolute_terms",
            "category": "absolute_terms",
            "reason": "注册商标第1234567号",
            "valid_to": "2026-12-31",
        }
    ]
    for answer in (other, late):
        assert answer["decision"] == "block"
        assert [hit["word"] for hit in answer["hits"]] == ["最佳"]
        assert answer["exempted"] == []


def test_the_stored_answer_and_the_officers_page_show_what_was_exempted(start, folder):
    (folder / "exemptions.yaml").write_text(EXEMPTION, encoding="utf-8")
    service = start()

    answer = screened(service, CLAIM + "，包治百病，电话13812345678", "shop-7", "v-1")
    stored = service.client().get(f"/v1/screenings/{answer['screening_id']}").get_json()
    replayed = service.client().get(f"/v1/screenings/{answer['screening_id']}/why").get_json()
    page = officer_of(service).get(f"/console/cases/{answer['case_id']}").text

    assert stored == answer
    assert len(answer["exempted"]) == 1
    assert replayed["replayed"]["same"] is True
    section = page[page.index("已豁免") :]
    assert "最佳" in section[:600]
    assert "注册商标第1234567号（有效期至 2026-12-31）" in section[:900]
    assert "13812345678" not in page


def test_a_case_without_exemptions_does_not_speak_of_them(start):
    service = start()

    answer = screened(service, "包治百病", "shop-7", "v-1")

    assert "已豁免" not in officer_of(service).get(f"/console/cases/{answer['case_id']}").text


def test_an_exemption_for_no_listed_word_is_refused_and_changes_nothing(start, folder):
    service = start()
    before = screened(service, "今天", "shop-7", "v-1")["snapshot"]
    (folder / "exemptions.yaml").write_text(EXEMPTION.replace("最佳", "世界第一的品值"), encoding="utf-8")

    with pytest.raises(
        BadDefinition, match=r"exemptions\.yaml:2: unknown word '世界第一的品值'; did you mean 世界第一的品质"
    ):
        publish(service.parts.db, service.parts.settings, "wordlists", by="test", now=service.clock())

    assert screened(service, "今天", "shop-7", "v-2")["snapshot"] == before


def test_words_of_some_shops_judge_only_those(start, folder):
    (folder / "mall.txt").write_text(SHOPS, encoding="utf-8")
    service = start()

    def words(text, shop):
        answer = screened(service, text, shop, f"{text}-{shop}")
        return [hit["word"] for hit in answer["hits"]]

    found = {shop: words("紫云英蜂王浆和梨花牌蜂王浆", shop) for shop in ("shop-7", "shop-8", "shop-9")}
    assert found == {"shop-7": ["紫云英蜂王浆", "梨花牌蜂王浆"], "shop-8": ["紫云英蜂王浆"], "shop-9": []}


@time_machine.travel(START, tick=False)
def test_checking_counts_exemptions_and_names_those_about_to_end(folder):
    soon = EXEMPTION.replace("shop-7", "shop-8").replace("2026-12-31", "2026-12-20")
    over = EXEMPTION.replace("shop-7", "shop-9").replace("2026-12-31", "2026-11-02")
    (folder / "exemptions.yaml").write_text(EXEMPTION + soon + over, encoding="utf-8")

    result = CliRunner().invoke(main, ["wordlists", "check", str(folder)])

    assert result.exit_code == 0, result.output
    assert " words, 3 exemptions, no problems" in result.output
    assert "exemptions.yaml:15: shop-9 最佳 ended on 2026-11-02" in result.output
    assert "exemptions.yaml:8: shop-8 最佳 ends on 2026-12-20" in result.output
    assert "shop-7" not in result.output


def test_a_screened_file_keeps_what_was_exempted(folder, tmp_path, monkeypatch):
    (folder / "exemptions.yaml").write_text(EXEMPTION.replace("2026-11-01", "2026-06-01"), encoding="utf-8")
    monkeypatch.setenv("WEIHENG_WORDLISTS_DIR", str(folder))
    source = tmp_path / "archive.jsonl"
    rows = [{"content_id": shop, "shop_id": shop, "text": CLAIM} for shop in ("shop-7", "shop-8")]
    source.write_bytes(b"\n".join(map(orjson.dumps, rows)))

    with time_machine.travel(START):
        result = CliRunner().invoke(main, ["screen", str(source), "-j", "1"])

    assert result.exit_code == 0, result.output
    said = [orjson.loads(line) for line in (tmp_path / "archive.decisions.jsonl").read_bytes().splitlines()]
    assert [[each["word"] for each in orjson.loads(row["exempted"])] for row in said] == [["最佳"], []]


def test_the_files_of_the_guide_load_and_do_what_it_says(start, folder):
    for name, text in FILE.findall(HOW_TO.read_text("utf-8")):
        (folder / Path(name).name).write_text(text, encoding="utf-8")
    service = start()

    own = screened(service, "赠品坏了不补", "shop-7", "v-1")
    elsewhere = screened(service, "赠品坏了不补", "shop-9", "v-1")
    exempted = screened(service, "紫云最佳牌蜂蜜", "shop-7", "v-2")
    boasted = screened(service, "全网最佳蜂蜜", "shop-7", "v-3")

    assert [hit["wordlist"] for hit in own["hits"]] == ["shop_7_own_words"]
    assert elsewhere["hits"] == []
    assert [each["word"] for each in exempted["exempted"]] == ["最佳"]
    assert (exempted["decision"], boasted["decision"]) == ("pass", "block")
