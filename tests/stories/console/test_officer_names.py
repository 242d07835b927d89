"""Pages name an officer as people do, tell two of one name apart, and the audit log finds them by either name."""

from __future__ import annotations

import pytest

from app.flows.work_case import claim_case
from app.values.access import Caller
from tests.audit_log import act
from tests.console import Page, put_case, put_officer, sign_in

WANG = Caller("w", "officer:wang", frozenset({"officer"}), None)


@pytest.fixture
def auditor(service):
    put_officer(service, "mei", display_name="梅", roles=["auditor", "viewer"])
    return sign_in(service, "mei")[0]


def shown(client, path):
    return " ".join(Page(client.get(path).text).text.split())


def test_a_page_names_an_officer_by_their_name_and_two_alike_with_the_user_name(service, auditor):
    put_officer(service, "wang", display_name="王志强")
    case_id = put_case(service)
    claim_case(service.parts, case_id, caller=WANG, now=service.clock())

    page = shown(auditor, f"/console/cases/{case_id}")
    assert "王志强" in page
    assert "wang" not in page

    put_officer(service, "wang2", display_name="王志强")
    assert "王志强（wang）" in shown(auditor, f"/console/cases/{case_id}")


def test_a_key_of_an_officers_user_name_is_not_shown_as_that_officer(service, auditor):
    put_officer(service, "hook", display_name="胡克")
    act(service.parts, 1, actor="key:hook")

    rows = shown(auditor, "/console/audit?action=case.decide")

    assert "hook" in rows
    assert "胡克" not in rows


def test_the_audit_log_is_searched_by_either_name_of_an_officer(service, auditor):
    put_officer(service, "wang", display_name="王志强")
    act(service.parts, 3, actor="officer:wang")
    act(service.parts, 1, first=7, actor="officer:chen")

    for said in ("王志强", "wang", "officer:wang"):
        assert "本页 3 条" in shown(auditor, f"/console/audit?actor={said}&action=case.decide"), said
