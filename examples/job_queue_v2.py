"""Jobs have priorities and wait in a line for each; those that failed for good lie in a dead letter box."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum

import camshaft as cam
import job_queue
from camshaft import Machine, migration
from job_queue import LEASE, MAX_ATTEMPTS, LeaseLost, UnknownJob

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Priority(Enum):
    HIGH = "high"
    NORMAL = "normal"
    LOW = "low"


@dataclass(frozen=True)
class Lease:
    worker: str
    until: datetime


@dataclass
class Job:
    payload: str
    priority: Priority
    submitted_at: datetime
    attempts: int = 0
    lease: Lease | None = None


@dataclass(frozen=True)
class DeadLetter:
    payload: str
    error: str
    at: datetime


class JobQueue(Machine):
    """Open jobs by number; `lines` has the numbers of those that wait, by priority."""

    jobs: dict[int, Job] = {}
    lines: dict[Priority, list[int]] = {Priority.HIGH: [], Priority.NORMAL: [], Priority.LOW: []}
    results: dict[int, str] = {}
    dead: dict[int, DeadLetter] = {}
    last_number: int = 0

    def submit(self, payload: str, priority: Priority = Priority.NORMAL) -> int:
        """Add a job; gives its number."""
        self.last_number += 1
        self.jobs[self.last_number] = Job(payload, priority, cam.now())
        self.lines[priority].append(self.last_number)
        return self.last_number

    def take(self, worker: str, lease: timedelta = LEASE) -> tuple[int, str] | None:
        """Lease the most urgent job that waits: its number and payload, None where there is none."""
        self._reclaim()
        for line in self.lines.values():
            if line:
                number = line.pop(0)
                job = self.jobs[number]
                job.attempts += 1
                job.lease = Lease(worker, cam.now() + lease)
                return number, job.payload
        return None

    def extend(self, number: int, worker: str, lease: timedelta = LEASE) -> None:
        """The worker needs longer."""
        self._check(number, worker)
        self.jobs[number].lease = Lease(worker, cam.now() + lease)

    def finish(self, number: int, worker: str, result: str) -> None:
        """The job is done."""
        self._check(number, worker)
        del self.jobs[number]
        self.results[number] = result

    def fail(self, number: int, worker: str, error: str) -> bool:
        """The job could not be done; True where it will be tried again."""
        self._check(number, worker)
        return self._give_up(number, error)

    def result(self, number: int) -> str | None:
        """The result of a job that is done, None before."""
        if number not in self.jobs and number not in self.results and number not in self.dead:
            raise UnknownJob(number)
        return self.results.get(number)

    def revive(self, number: int) -> None:
        """Take a job out of the dead letter box and try it again."""
        letter = self.dead.pop(number, None)
        if letter is None:
            raise UnknownJob(number)
        self.jobs[number] = Job(letter.payload, Priority.NORMAL, cam.now())
        self.lines[Priority.NORMAL].append(number)

    def counts(self) -> dict[str, int]:
        """How many jobs there are in each status."""
        leased = sum(1 for job in self.jobs.values() if job.lease is not None)
        return {
            "waiting": len(self.jobs) - leased,
            "leased": leased,
            "done": len(self.results),
            "failed": len(self.dead),
        }

    def oldest_s(self) -> float:
        """For how many seconds the job that waits longest has waited."""
        waiting = [job.submitted_at for job in self.jobs.values() if job.lease is None]
        return (cam.now() - min(waiting)).total_seconds() if waiting else 0.0

    def _reclaim(self) -> None:
        """Put the jobs whose lease is over back into their lines, or give them up."""
        now = cam.now()
        over = [number for number, job in self.jobs.items() if job.lease is not None and job.lease.until <= now]
        for number in over:
            self._give_up(number, "the lease was over")

    def _give_up(self, number: int, error: str) -> bool:
        job = self.jobs[number]
        if job.attempts >= MAX_ATTEMPTS:
            self.dead[number] = DeadLetter(job.payload, error, cam.now())
            del self.jobs[number]
            return False
        job.lease = None
        self.lines[job.priority].append(number)
        return True

    def _check(self, number: int, worker: str) -> None:
        if number in self.results or number in self.dead:
            raise LeaseLost(number=number, worker=worker)
        job = self.jobs.get(number)
        if job is None:
            raise UnknownJob(number)
        if job.lease is None or job.lease.worker != worker or job.lease.until <= cam.now():
            raise LeaseLost(number=number, worker=worker)


@migration
def add_priorities(was: job_queue.JobQueue) -> JobQueue:
    """All jobs are of normal priority. When they came was not kept: as far as we know, at the beginning of time."""
    jobs: dict[int, Job] = {}
    waiting: list[int] = []
    results: dict[int, str] = {}
    dead: dict[int, DeadLetter] = {}
    for number, job in was.jobs.items():
        match job.status:
            case job_queue.Waiting():
                jobs[number] = Job(job.payload, Priority.NORMAL, EPOCH, job.attempts)
                waiting.append(number)
            case job_queue.Leased(worker, until):
                jobs[number] = Job(job.payload, Priority.NORMAL, EPOCH, job.attempts, Lease(worker, until))
            case job_queue.Done(result):
                results[number] = result
            case job_queue.Failed(error):
                dead[number] = DeadLetter(job.payload, error, EPOCH)
    return JobQueue(
        jobs=jobs,
        lines={Priority.HIGH: [], Priority.NORMAL: waiting, Priority.LOW: []},
        results=results,
        dead=dead,
        last_number=was.last_number,
    )
