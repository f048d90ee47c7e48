"""The job queue: a job is done once, or tried again; in the second version urgent ones first."""

from __future__ import annotations

import job_queue
import job_queue_v2
from generators.services import Service
from job_queue import LeaseLost, UnknownJob
from job_queue_v2 import Priority


def test_a_job_is_taken_by_one_worker_and_finished() -> None:
    queue = Service(job_queue.JobQueue)
    queue("submit", "a")
    queue("submit", "b")
    assert queue("take", "w1") == (1, "a")
    assert queue("take", "w2") == (2, "b")
    assert queue("take", "w3") is None
    assert queue("finish", 1, "w2", "?") == LeaseLost(number=1, worker="w2")
    queue("finish", 1, "w1", "done")
    assert queue("result", 1) == "done"
    assert queue("result", 2) is None
    assert queue("result", 3) == UnknownJob(3)
    assert queue("counts") == {"waiting": 0, "leased": 1, "done": 1, "failed": 0}
    assert queue("purge") == 1


def test_a_job_whose_lease_is_over_goes_to_another() -> None:
    queue = Service(job_queue.JobQueue)
    queue("submit", "a")
    queue("take", "w1")
    queue.wait(seconds=59)
    queue("extend", 1, "w1")
    queue.wait(seconds=59)
    assert queue("take", "w2") is None
    queue.wait(seconds=1)
    assert queue("take", "w2") == (1, "a")
    assert queue("finish", 1, "w1", "late") == LeaseLost(number=1, worker="w1")
    assert queue("fail", 1, "w2", "no") is True
    queue("take", "w3")
    assert queue("fail", 1, "w3", "no") is False
    assert queue("counts") == {"waiting": 0, "leased": 0, "done": 0, "failed": 1}


def test_jobs_are_kept_through_the_upgrade() -> None:
    queue = Service(job_queue.JobQueue)
    for payload in "abc":
        queue("submit", payload)
    queue("take", "w1")
    queue("take", "w1")
    queue("finish", 2, "w1", "B")
    lines = queue.upgraded(job_queue_v2.add_priorities)
    lines("submit", "urgent", Priority.HIGH)
    lines("submit", "later", Priority.LOW)
    assert lines("counts") == {"waiting": 3, "leased": 1, "done": 1, "failed": 0}
    assert lines("result", 2) == "B"
    assert lines("take", "w2") == (4, "urgent")
    assert lines("take", "w2") == (3, "c")
    lines("finish", 1, "w1", "A")
    assert lines("finish", 1, "w1", "A") == LeaseLost(number=1, worker="w1")
    lines.wait(seconds=50)
    assert lines("oldest_s") == 50.0
    assert lines("take", "w3") == (5, "later")
    lines.wait(seconds=10)
    assert lines("take", "w3") == (4, "urgent"), "its lease was over"


def test_what_fails_for_good_can_be_revived() -> None:
    queue = Service(job_queue_v2.JobQueue)
    queue("submit", "a")
    for _ in range(3):
        queue("take", "w")
        queue("fail", 1, "w", "no")
    assert queue("counts") == {"waiting": 0, "leased": 0, "done": 0, "failed": 1}
    queue("revive", 1)
    assert queue("take", "w") == (1, "a")
    assert queue("revive", 1) == UnknownJob(1)
