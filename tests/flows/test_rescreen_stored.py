"""What is in the database is screened again: every content as last sent, by what is in force now, and cases once."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from app import snapshots
from app.flows import rescreen_stored
from app.flows.follow_snapshots import follow_once
from app.flows.rescreen_archive import Wanted, rescreen_archive
from app.flows.rescreen_piece import Asked
from app.models import AuditRow, Case, Content
from bench.made import made_packs
from tests.service import make_service

CATEGORIES = "banned: {title: 新规禁用, law: 新法第一条, severity: 4}\n"
HEAD = "# category: banned\n# verdict: block\n# source: 新法第一条\n# owner: test\n"
OLD = {"categories.yaml": CATEGORIES, "old.txt": HEAD + "旧禁词\n"}
NEW = OLD | {"new_law.txt": HEAD + "神效贴\n"}


@pytest.fixture
def service(database, tmp_path):
    made = make_service(database, tmp_path)
    publish(made, "rules", made_packs(1))
    publish(made, "wordlists", OLD)
    return made


def publish(service, kind, files):
    def work(session):
        stored = snapshots.store(session, kind, files, summary={}, by="test", now=service.clock())
        snapshots.activate(session, kind, stored, by="test", now=service.clock())

    service.parts.db.write(work)
    with service.parts.db.read() as session:
        both = all(snapshots.pointer(session, kind).snapshot_id for kind in snapshots.KINDS)
    if both:
        follow_once(service.parts)


def screen_all(service, texts):
    client = service.client()
    for at, (shop, text) in enumerate(texts):
        body = {"content_id": f"v-{at}", "kind": "video_caption", "shop_id": shop, "author_id": f"u-{at}", "text": text}
        assert client.post("/v1/screenings", json=body).status_code == 200
    service.clock.advance(minutes=5)
    return client


def rescreen(service, folder, *, words_only=False, **more):
    folder.mkdir(exist_ok=True)
    wanted = Wanted(folder, Asked(service.clock(), words_only), **more)
    return rescreen_archive(
        service.parts.settings,
        service.parts,
        wanted,
        processes=1,
        begun=lambda _: None,
        progress=lambda *_: None,
    )


TEXTS = [
    ("shop-1", "神效贴 三片装"),
    ("shop-1", "加厚四件套"),
    ("shop-2", "旧禁词"),
    ("shop-2", "神 效 贴，电话 13800138000"),
    ("shop-2", "云南小番茄"),
]


@pytest.mark.parametrize("piece", [2, 1_000])
def test_stored_contents_are_judged_by_what_is_in_force_now(service, tmp_path, monkeypatch, piece):
    monkeypatch.setattr(rescreen_stored, "PIECE", piece)
    screen_all(service, TEXTS)
    publish(service, "wordlists", NEW)

    told = rescreen(service, tmp_path / "out").report

    cells = {(cell["before"], cell["after"]): cell["count"] for cell in told["verdicts"]}
    assert cells == {("pass", "pass"): 2, ("pass", "block"): 2, ("block", "block"): 1}
    by_shop = {row["name"]: (row["contents"], row["changed"]) for row in told["by"]["shop"]}
    assert by_shop == {"shop-1": (2, 1), "shop-2": (3, 1)}
    assert "13800138000" not in "".join(path.read_text("utf-8", "replace") for path in (tmp_path / "out").iterdir())


def test_a_candidate_is_tried_without_being_in_force_and_one_shop_alone(service, tmp_path):
    screen_all(service, TEXTS)
    with service.parts.db.read() as session:
        before = snapshots.pointer(session, "wordlists").snapshot_id
    stored = service.parts.db.write(
        lambda session: snapshots.store(session, "wordlists", NEW, summary={}, by="test", now=service.clock())
    )

    told = rescreen(service, tmp_path / "out", stored=(stored,), shop_ids=("shop-1",)).report

    assert (told["looked_at"], told["changed"], told["wordlists"]) == (2, 1, stored)
    with service.parts.db.read() as session:
        assert snapshots.pointer(session, "wordlists").snapshot_id == before


def test_words_alone_never_soften_what_a_rule_or_an_officer_said(service, tmp_path):
    client = screen_all(service, TEXTS)
    service.parts.db.write(
        lambda session: session.get(Content, key_of(session, "v-4")).__setattr__("decision", "block")
    )

    told = rescreen(service, tmp_path / "out", words_only=True).report

    assert client.get("/v1/contents/v-4").get_json()["decision"] == "block"
    cells = {(cell["before"], cell["after"]) for cell in told["verdicts"]}
    assert cells == {("pass", "pass"), ("block", "block")}


def test_what_is_live_and_would_be_blocked_now_gets_a_case_once(service, tmp_path):
    client = screen_all(service, [*TEXTS, ("shop-1", "神效贴 三片装")])
    publish(service, "wordlists", NEW)

    first = rescreen(service, tmp_path / "one", opens_cases=True)
    again = rescreen(service, tmp_path / "two", opens_cases=True)

    assert (first.cases, again.cases) == (3, 0)
    with service.parts.db.read() as session:
        cases = session.scalars(select(Case).where(Case.summary.startswith("存量重审"))).all()
        assert sorted((case.shop_id, case.size, case.decision) for case in cases) == [
            ("shop-1", 2, "review"),  # two alike are one case
            ("shop-2", 1, "review"),
        ]
        audited = session.scalar(select(func.count()).where(AuditRow.action == "content.rescreen"))
    assert audited == 3
    assert client.get("/v1/contents/v-0").get_json()["decision"] == "pass"  # until an officer has decided


def test_a_content_an_officer_let_stand_is_not_asked_about_again(service, tmp_path):
    client = screen_all(service, [("shop-1", "神效贴 三片装")])
    publish(service, "wordlists", NEW)
    rescreen(service, tmp_path / "one", opens_cases=True)
    [case] = client.get("/v1/cases").get_json()["items"]
    decided = client.post(f"/v1/cases/{case['id']}/decide", json={"decision": "pass", "reason": "旧货清仓，已备案"})
    assert decided.status_code == 200, decided.get_json()
    service.clock.advance(days=60)  # no precedent holds any more

    again = rescreen(service, tmp_path / "two", opens_cases=True)

    assert again.report["changed"] == 1
    assert again.cases == 0


def test_a_decided_block_takes_the_content_down(service, tmp_path):
    client = screen_all(service, [("shop-1", "神效贴 三片装")])
    publish(service, "wordlists", NEW)
    rescreen(service, tmp_path / "one", opens_cases=True)
    [case] = client.get("/v1/cases").get_json()["items"]
    body = {"decision": "block", "reason": "新法禁止"}

    assert client.post(f"/v1/cases/{case['id']}/decide", json=body).status_code == 200

    assert client.get("/v1/contents/v-0").get_json()["decision"] == "block"


def test_a_run_goes_on_with_the_borders_it_began_with_though_contents_were_added(service, tmp_path, monkeypatch):
    monkeypatch.setattr(rescreen_stored, "PIECE", 2)
    client = screen_all(service, TEXTS)
    began = rescreen(service, tmp_path / "out").report
    for lost in list((tmp_path / "out").glob("*.counts.json"))[1:]:
        lost.unlink()
    client.post("/v1/screenings", json={"content_id": "late", "kind": "comment", "shop_id": "s", "text": "神效贴"})
    service.clock.advance(minutes=5)

    went_on = rescreen(service, tmp_path / "out").report

    assert went_on == began


def key_of(session, content_id):
    return session.scalar(select(Content.id).where(Content.content_id == content_id))
