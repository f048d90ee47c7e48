"""A queue of jobs with leases: who takes a job has a while to finish it, then somebody else may."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import camshaft as cam
from camshaft import Machine, Refusal

LEASE = timedelta(minutes=1)
MAX_ATTEMPTS = 3


@dataclass(frozen=True)
class Waiting:
    pass


@dataclass(frozen=True)
class Leased:
    worker: str
    until: datetime


@dataclass(frozen=True)
class Done:
    result: str


@dataclass(frozen=True)
class Failed:
    error: str


Status = Waiting | Leased | Done | Failed


@dataclass
class Job:
    payload: str
    attempts: int = 0
    status: Status = Waiting()


class UnknownJob(Refusal):
    number: int


class LeaseLost(Refusal):
    """The worker took too long, and the job was given to another, or has ended."""

    number: int
    worker: str


class JobQueue(Machine):
    """Jobs by number; what waits is taken in the order of the numbers."""

    jobs: dict[int, Job] = {}
    last_number: int = 0

    def submit(self, payload: str) -> int:
        """Add a job; gives its number."""
        self.last_number += 1
        self.jobs[self.last_number] = Job(payload)
        return self.last_number

    def take(self, worker: str, lease: timedelta = LEASE) -> tuple[int, str] | None:
        """Lease the first job that can be done now: its number and payload, None where there is none."""
        for number, job in self.jobs.items():
            if self._is_free(job):
                job.attempts += 1
                job.status = Leased(worker, cam.now() + lease)
                return number, job.payload
        return None

    def extend(self, number: int, worker: str, lease: timedelta = LEASE) -> None:
        """The worker needs longer."""
        self._check(number, worker)
        self.jobs[number].status = Leased(worker, cam.now() + lease)

    def finish(self, number: int, worker: str, result: str) -> None:
        """The job is done."""
        self._check(number, worker)
        self.jobs[number].status = Done(result)

    def fail(self, number: int, worker: str, error: str) -> bool:
        """The job could not be done; True where it will be tried again."""
        self._check(number, worker)
        job = self.jobs[number]
        again = job.attempts < MAX_ATTEMPTS
        job.status = Waiting() if again else Failed(error)
        return again

    def result(self, number: int) -> str | None:
        """The result of a job that is done, None before."""
        if number not in self.jobs:
            raise UnknownJob(number)
        match self.jobs[number].status:
            case Done(result):
                return result
            case _:
                return None

    def counts(self) -> dict[str, int]:
        """How many jobs there are in each status."""
        counts = {"waiting": 0, "leased": 0, "done": 0, "failed": 0}
        for job in self.jobs.values():
            match job.status:
                case Waiting():
                    counts["waiting"] += 1
                case Leased():
                    counts["leased"] += 1
                case Done():
                    counts["done"] += 1
                case Failed():
                    counts["failed"] += 1
        return counts

    def purge(self) -> int:
        """Drop the jobs that are done; gives how many."""
        done = [number for number, job in self.jobs.items() if isinstance(job.status, Done)]
        for number in done:
            del self.jobs[number]
        return len(done)

    def _is_free(self, job: Job) -> bool:
        match job.status:
            case Waiting():
                return True
            case Leased(until=until):
                return until <= cam.now() and job.attempts < MAX_ATTEMPTS
            case _:
                return False

    def _check(self, number: int, worker: str) -> None:
        if number not in self.jobs:
            raise UnknownJob(number)
        status = self.jobs[number].status
        if not isinstance(status, Leased) or status.worker != worker or status.until <= cam.now():
            raise LeaseLost(number=number, worker=worker)
