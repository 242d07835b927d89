"""The worker as tests ask for it: it works what waits in the queue, and of what recurs only what a test is about.

A new service's first look schedules thirty recurring jobs, and so does every day that a test lets pass: most tests paid
more for these than for what they look at. ``tests/stories/test_everything_that_recurs.py`` works all of them and looks
at what came of each.
"""

from __future__ import annotations

from app.jobs.schedule import RECURRING
from app.jobs.worker import Worker


def work(service, *recurring):
    """Work everything due, and of what recurs the kinds named; the clock stands still."""
    worker = Worker(service.parts)
    leave_out(service.parts, recurring)
    while worker.work_due():
        leave_out(service.parts, recurring)


def work_all(service):
    """Work everything due, with all that recurs; the clock stands still."""
    worker = Worker(service.parts)
    while worker.work_due():
        pass


def leave_out(parts, recurring=()):
    """Have this process take the recurring jobs of now as scheduled by another one, except the kinds named."""
    now = parts.now().timestamp()
    for job in RECURRING:
        if job.kind not in recurring:
            parts.scheduled[job.kind] = int((now - job.offset.total_seconds()) // job.every.total_seconds())
