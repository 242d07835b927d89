"""Sign-offs in the console: what is unsigned, asking with a document, a second officer's answer, ending one."""

from __future__ import annotations

import html
import re

import pytest

from app import snapshots
from app.flows.follow_snapshots import follow_once
from app.settings import PROJECT
from tests.console import Page, put_officer, sign_in, token
from tests.service import make_service

PAGE = "/console/rules/sign-offs"
FORM = {
    "basis": "法务意见 2026-07",
    "signed_by": "法务部 王",
    "valid_from": "2026-11-01",
    "valid_to": "2027-11-01",
    "reason": "专项整治文件尚未公开",
}


@pytest.fixture
def service(one_database, tmp_path):
    """Rules of which one blocks on a reference known by hearsay."""
    made = make_service(one_database, tmp_path, evaluator="python")
    files = snapshots.read_folder("rules", PROJECT / "rules")
    pack = files["content/pack.yaml"].replace(
        "references: [ad-17, ad-18, elderly-campaign]", "references: [elderly-campaign]"
    )
    lists = {"categories.yaml": "absolute_terms:\n  title: 绝对化用语\n  law: 广告法第九条\n  severity: 3\n"}
    lists["a.txt"] = "# category: absolute_terms\n# verdict: block\n# source: 广告法\n# owner: t\n全网最佳\n"

    def work(session):
        for kind, given in (("rules", files | {"content/pack.yaml": pack}), ("wordlists", lists)):
            stored = snapshots.store(session, kind, given, summary={}, by="test", now=made.clock())
            snapshots.activate(session, kind, stored, by="test", now=made.clock())

    made.parts.db.write(work)
    follow_once(made.parts)
    return made


def officer(service, username, *roles, **more):
    put_officer(service, username, roles=list(roles), **more)
    return sign_in(service, username)[0]


def ask(client, **changes):
    key = re.search(r'name="key" value="([^"]*content\.S9-01[^"]*)"', client.get(PAGE).text)
    form = (
        FORM
        | {"csrf_token": token(client, PAGE), "key": html.unescape(key[1]) if key else "rule:content.S9-01=x"}
        | changes
    )
    return client.post(PAGE, data=form)


def act(client, what, **form):
    [target] = re.findall(rf'action="({PAGE}/[^"]+/{what})"', client.get(PAGE).text)
    return client.post(target, data={"csrf_token": token(client, PAGE), "reason": "核对过原件"} | form)


def signed(service):
    return [each.basis for each in service.parts.live.current.sign_offs.all]


def test_what_is_unsigned_is_asked_approved_by_another_and_withdrawn(service):
    lin, mei = officer(service, "lin", "rule_author"), officer(service, "mei", "rule_approver")
    text = Page(lin.get(PAGE).text).text
    assert "没有经核实的依据" in text
    assert "S9-01" in text

    assert ask(lin).status_code == 303
    assert "等待另一人批准" in Page(lin.get(PAGE).text).text
    assert "须由另一人批准" in Page(lin.get(PAGE).text).text
    assert signed(service) == []

    assert act(mei, "decide", decision="approve").status_code == 303
    assert signed(service) == ["法务意见 2026-07"]
    text = Page(mei.get(PAGE).text).text
    assert "S9-01 " not in text.partition("等待第二人批准")[0]
    assert "2026-11-01 至 2027-11-01" in text

    assert act(mei, "withdraw").status_code == 303
    assert signed(service) == []
    assert "已撤回" in Page(mei.get(PAGE).text).text


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"basis": " "}, "请填写依据文件"),
        ({"signed_by": ""}, "请填写签发人"),
        ({"reason": ""}, "请写明理由"),
        ({"valid_from": ""}, "有效期的第一天"),
        ({"valid_from": "tomorrow"}, "日期应写作"),
    ],
)
def test_what_a_sign_off_lacks_is_said_and_what_was_typed_is_kept(service, changes, told):
    answer = ask(officer(service, "lin", "rule_author"), **changes)

    assert answer.status_code == 422
    assert told in answer.text
    assert 'value="专项整治文件尚未公开"' in answer.text or "reason" in changes


def test_what_cannot_be_signed_is_refused(service):
    lin = officer(service, "lin", "rule_author")

    assert ask(lin, valid_to="2026-01-01").status_code == 409
    assert ask(lin, key="parameter:content.nothing=1").status_code == 409


def test_whoever_asked_does_not_decide_and_others_do_not_ask(service):
    lin = officer(service, "lin", "rule_author", "rule_approver")
    assert ask(lin).status_code == 303
    assert f'action="{PAGE}/' not in lin.get(PAGE).text
    for username, role in (("a", "viewer"), ("b", "officer"), ("c", "finance")):
        other = officer(service, username, role)
        assert "<summary>提出签核" not in other.get(PAGE).text
        assert ask(other).status_code == 403
    bound = officer(service, "d", "rule_approver", shop_ids=["shop-1"])
    assert 'name="decision"' not in bound.get(PAGE).text
