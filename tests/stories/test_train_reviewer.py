"""The reviewer that learns here: from final decisions, tried before use, followed by every process, taken back."""

from __future__ import annotations

import random
from datetime import timedelta

import numpy as np
import orjson
import pytest
from click.testing import CliRunner
from sqlalchemy import select, update

from app.cli import main
from app.clock import utc_now
from app.errors import Conflict, NotFound
from app.flows.follow_model import follow_model
from app.flows.train_reviewer import TooFew, back_to_before, samples_of, train_reviewer, use_model
from app.jobs.training import work_training
from app.models import ReviewerModel, ReviewerOpinion
from app.queue import Claim
from app.review.linear import store
from app.review.linear.features import BITS
from app.review.linear.model import LinearModel
from app.values.content import ContentToScreen
from tests.factories import make_case, make_content, make_screening
from tests.reviewed import honest_texts, unlawful_texts
from tests.service import START, make_service

UNLAWFUL = "家人们这款膏药，三天见效不反弹，用过的人都说断根了，赶紧下单"
SAID = {"by": "officer:lin", "reason": "试用一周", "now": START}


def put_decisions(service, count, *, seed=7, now=START, **columns):
    """So many decided cases, a third objected to, one a minute before now."""
    chance = random.Random(seed)
    honest, unlawful = honest_texts(chance), unlawful_texts(chance)

    def work(session):
        for number in range(count):
            is_objected = chance.random() < 1 / 3
            text = next(unlawful if is_objected else honest)
            stored = ContentToScreen("c", "video_caption", "shop-1", {"text": text}).as_stored()
            row = make_screening(session, make_content(session), request=stored)
            at = now - timedelta(minutes=count - number)
            outcome = "block" if is_objected else "pass"
            values = {"state": "decided", "outcome": outcome, "decided_at": at, "decided_by": "officer:lin"}
            make_case(session, row, **values | columns)

    service.parts.db.write(work)


@pytest.fixture
def service(database, tmp_path):
    return make_service(database, tmp_path)


def test_with_too_few_decisions_it_does_not_learn_and_the_weekly_job_says_nothing(service):
    put_decisions(service, 150)

    with pytest.raises(TooFew, match="150 different texts"):
        train_reviewer(service.parts, by="cli", now=START)
    work_training(service.parts, Claim("r", "train_reviewer", {}, 1, 8, "w", START), START)

    with service.parts.db.read() as session:
        assert session.scalar(select(ReviewerModel)) is None


@pytest.mark.parametrize(
    "columns",
    [{"state": "open"}, {"state": "appealed"}, {"state": "superseded"}, {"decided_by": "system"}, {"outcome": None}],
)
def test_only_what_a_person_finally_decided_is_learnt_from(service, columns):
    put_decisions(service, 3, **columns)

    assert list(samples_of(service.parts, now=START)) == []


def test_a_person_who_was_erased_teaches_nothing_and_nobodys_number_is_learnt(service):
    put_decisions(service, 2)

    def hide(session):
        stored = ContentToScreen("c", "comment", "shop-1", {"text": "打 13800138000 找我"}).as_stored()
        row = make_screening(session, make_content(session), request=stored)
        make_case(session, row, state="decided", outcome="block", decided_at=START, decided_by="officer:lin")
        sealed = make_screening(session, make_content(session), request=b"no", is_sealed=True, sealed_for="author:gone")
        make_case(session, sealed, state="decided", outcome="block", decided_at=START, decided_by="officer:lin")

    service.parts.db.write(hide)
    texts = [each.text for each in samples_of(service.parts, now=START)]

    assert len(texts) == 3
    assert not any("13800138000" in text for text in texts)


def test_it_is_trained_tried_used_followed_and_taken_back(database, judge, tmp_path):
    service = make_service(database, tmp_path, judge, reviewers="{linear: {mode: decide}}")
    parts, client = service.parts, service.client()
    put_decisions(service, 300)
    before = service.screen(client, UNLAWFUL, content_id="v-0").get_json()
    kept = train_reviewer(parts, by="cli", now=START)
    assert (kept.why_not, parts.models.current) == (None, None)

    use_model(parts, kept.model_id[7:15], **SAID)
    assert follow_model(parts)
    assert not follow_model(parts)
    after = service.screen(client, UNLAWFUL, content_id="v-1").get_json()
    honest = service.screen(client, "周末在家做一锅番茄牛腩", content_id="v-2").get_json()

    assert before["opinions"] == []
    assert after["decision"] in {"review", "block"}
    assert after["case_id"]
    [opinion] = after["opinions"]
    assert (opinion["reviewer"], opinion["verdict"]) == ("linear", "review")
    assert "相近：" in opinion["reason"]
    assert honest["decision"] == "pass"
    with parts.db.read() as session:
        rows = session.scalars(select(ReviewerOpinion)).all()
    assert [(row.screening_id, row.facts) for row in rows] == [(after["screening_id"], {"model": kept.model_id})]

    assert back_to_before(parts, **SAID) is None
    assert follow_model(parts)
    assert parts.models.current is None
    assert service.screen(client, UNLAWFUL, content_id="v-3").get_json()["opinions"] == []
    with pytest.raises(NotFound):
        back_to_before(parts, **SAID)


def test_as_advice_it_decides_nothing(database, judge, tmp_path):
    service = make_service(database, tmp_path, judge)
    before = service.screen(service.client(), UNLAWFUL, content_id="v-0").get_json()
    put_decisions(service, 300)
    kept = train_reviewer(service.parts, by="cli", now=START)
    use_model(service.parts, kept.model_id, **SAID)
    follow_model(service.parts)

    said = service.screen(service.client(), UNLAWFUL, content_id="v-1").get_json()

    assert (said["decision"], said["opinions"]) == (before["decision"], [])
    with service.parts.db.read() as session:
        [row] = session.scalars(select(ReviewerOpinion)).all()
    assert (row.is_advice, row.verdict) == (True, "review")


def test_a_weak_model_is_used_only_on_somebodys_word_and_back_is_a_stack(service):
    def keep(session, number):
        weights = np.zeros(2**BITS, np.float32)
        weights[number] = 1
        body, report = LinearModel(weights, 1.0, 0.0).as_bytes(), {"why_not": "weak" if number == 2 else None}
        return store.keep(session, body, report=report, is_good=number != 2, by="cli", now=START)

    models = service.parts.db.write(lambda session: [keep(session, number) for number in range(3)])

    use_model(service.parts, models[0], **SAID)
    use_model(service.parts, models[1], **SAID)
    with pytest.raises(Conflict, match="did not pass its trial"):
        use_model(service.parts, models[2], **SAID)
    use_model(service.parts, models[2], anyway=True, **SAID)

    assert [back_to_before(service.parts, **SAID) for _ in range(3)] == [models[1], models[0], None]


def test_a_damaged_model_is_not_used_and_a_name_that_fits_none_is_told(service):
    put_decisions(service, 260)
    kept = train_reviewer(service.parts, by="cli", now=START)
    use_model(service.parts, kept.model_id, **SAID)
    service.parts.db.write(lambda session: session.execute(update(ReviewerModel).values(body=b"other")))

    assert follow_model(service.parts)
    assert service.parts.models.current is None
    with pytest.raises(NotFound):
        use_model(service.parts, "ffffff", **SAID)


def test_the_commands_say_what_they_did(service, monkeypatch, tmp_path):
    put_decisions(service, 260, now=utc_now())
    for name, value in {"DATABASE_URL": service.parts.db.url, "DATA_DIR": str(tmp_path)}.items():
        monkeypatch.setenv(f"WEIHENG_{name}", value)
    run = CliRunner().invoke

    assert "没有使用中的模型" in run(main, ["reviewer", "status"]).output
    trained = run(main, ["reviewer", "train", "--json"])
    said = orjson.loads(trained.output)
    assert said["trial"]["auc_bp"] > 8_000
    assert "已启用" in run(main, ["reviewer", "use", said["model_id"][7:19], "--reason", "试用"]).output
    assert orjson.loads(run(main, ["reviewer", "status", "--json"]).output)["in_use"] == said["model_id"]
    assert "使用中" in run(main, ["reviewer", "status"]).output
    assert "区分能力" in run(main, ["reviewer", "train"]).output
    assert "已停用" in run(main, ["reviewer", "back", "--reason", "误报多"]).output
    assert run(main, ["reviewer", "back", "--reason", "误报多"]).exit_code == 1
    assert run(main, ["reviewer", "use", said["model_id"]]).exit_code == 2
