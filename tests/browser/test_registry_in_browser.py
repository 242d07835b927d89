"""凭证 and 监管通知 in a real browser: they fit, can be read, are named; a piece is verified by a click."""

from __future__ import annotations

import shutil
from contextlib import closing

import pytest
from playwright.sync_api import expect, sync_playwright

from app.db import Database
from tests.browser.pages import ARGS, check_page_everywhere, sign_in
from tests.console import put_officer
from tests.evidence import piece, put_evidence, recorded
from tests.service import make_service, shipped_judge
from tests.serving import serve


@pytest.fixture(scope="module")
def registry(sqlite_template, tmp_path_factory):
    """Where a console is served, and the ids of a piece that waits and of a notice."""
    folder = tmp_path_factory.mktemp("registry")
    shutil.copyfile(sqlite_template, folder / "weiheng.db")
    with closing(Database(f"sqlite:///{folder / 'weiheng.db'}")) as database:
        service = make_service(database, folder, shipped_judge(folder))
        put_officer(service)
        put_evidence(service, valid_until="2026-12-10", claims=["certification"])
        waits = service.client("screen").post("/v1/evidence", json=piece(number="R-2026-2", kind="efficacy_basis"))
        notice = recorded(service, text="请于期限内提供该店铺七月的全部交易记录。", due_at="2026-11-24T18:00:00+08:00")
        with serve(service.app) as address:
            ids = (waits.get_json()["evidence_id"], notice["notice_id"])
            yield f"{address}/console", *ids


def test_the_pages_fit_and_a_piece_is_verified_by_a_click(chromium, registry):
    address, evidence_id, notice_id = registry
    paths = ("evidence", f"evidence/{evidence_id}", "notices", f"notices/{notice_id}")
    with sync_playwright() as playwright, playwright.chromium.launch(executable_path=chromium, args=ARGS) as browser:
        page = browser.new_page()
        sign_in(page, address)
        for path in paths:
            page.goto(f"{address}/{path}")
            page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true })")
            check_page_everywhere(page)
        page.goto(f"{address}/evidence/{evidence_id}")
        page.get_by_label("理由").fill("与原件一致")
        page.get_by_role("button", name="核验通过").click()

        expect(page.get_by_role("region", name="登记内容")).to_contain_text("有效")
