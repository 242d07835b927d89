"""A worker lives through a day of a shop with everything that recurs, and nothing of it fails."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from app.jobs.schedule import RECURRING
from app.models import QueueRow
from tests.filled import filled_service
from tests.partners import put_partners
from tests.service import make_service
from tests.working import work_all

CAPTION = "祖传秘方，包治百病"


def test_every_recurring_job_of_a_day_is_done_at_its_first_try(database, judge, tmp_path):
    service, _ = filled_service(put_partners, database, lambda: make_service(database, tmp_path, judge))
    client = service.client()
    client.post("/v1/webhooks", json={"url": "http://127.0.0.1:9/closed", "event_types": ["case.opened"]})
    case_id = service.screen(client, CAPTION).get_json()["case_id"]
    client.post("/v1/inquiries", json={"shop_id": "shop-1", "reason": "市监协〔2026〕18号"})

    work_all(service)
    client.post(f"/v1/cases/{case_id}/decide", json={"decision": "block", "reason": "查实"})
    for span in (timedelta(minutes=1), timedelta(days=1)):
        service.clock.at += span
        work_all(service)

    with service.parts.db.read() as session:
        rows = session.scalars(select(QueueRow).where(QueueRow.kind.in_([job.kind for job in RECURRING]))).all()
        assert {row.kind for row in rows} == {job.kind for job in RECURRING}
        assert {(row.kind, row.last_error) for row in rows if row.state != "done" or row.attempts != 1} == set()
