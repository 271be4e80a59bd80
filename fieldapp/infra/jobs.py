"""The worker: runs each job again and again.

A job looks at the database for what is to be done, so nothing can be queued and lost.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from datetime import datetime

from fieldapp.infra.db import db
from fieldapp.infra.feature import Installation, Job

log = logging.getLogger("fieldapp.jobs")
TICK_S = 0.5


def run_once(jobs: Sequence[Job], installation: Installation) -> dict[str, int]:
    """Run every job until it finds nothing more to do. Return how much each did."""
    done = {job.name: 0 for job in jobs}
    for job in jobs:
        while count := _run(job, installation):
            done[job.name] += count
    return done


def run_until(jobs: Sequence[Job], installation: Installation, stop: threading.Event) -> None:
    """Run jobs when they are due, until told to stop. One that fails is logged and tried again when it is due."""
    due: dict[str, datetime] = {}
    while not stop.is_set():
        now = installation.clock.now()
        for job in jobs:
            if now >= due.get(job.name, now):
                found_work = _run(job, installation) > 0
                due[job.name] = now if found_work else now + job.every
        stop.wait(TICK_S)


def _run(job: Job, installation: Installation) -> int:
    try:
        return job.run(installation)
    except Exception:
        log.exception("the job %s failed and is tried again", job.name)
        return 0
    finally:
        db.session.remove()
