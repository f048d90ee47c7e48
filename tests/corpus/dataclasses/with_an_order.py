"""`order=True`: objects compare as the tuples of their fields do, alone, in tuples, and where they are sorted."""

from dataclasses import dataclass, field
from datetime import timedelta

from camshaft import Machine


@dataclass(frozen=True, order=True)
class Version:
    major: int
    stable: bool
    tags: tuple[str, ...] = ()


@dataclass(order=True)
class Job:
    due: timedelta
    version: Version
    notes: list[str] = field(default_factory=list)


class Queue(Machine):
    jobs: list[Job] = []

    def push(self, minutes: int, major: int, stable: bool, notes: list[str]) -> int:
        job = Job(timedelta(minutes=minutes), Version(major, stable), list(notes))
        place = sum(1 for other in self.jobs if other < job)
        self.jobs.append(job)
        return place

    def pop(self) -> Job:
        self.jobs.sort()
        return self.jobs.pop(0)

    def bump_the_last(self) -> list[str]:
        job = max(self.jobs)
        job.notes.append("last")
        return job.notes.copy()

    def ends(self) -> tuple[Job, Job]:
        return min(self.jobs), sorted(self.jobs, reverse=True)[0]

    def compare(self, a: Version, b: Version) -> tuple[bool, bool, bool, bool, bool]:
        return a < b, a <= b, a > b, a >= b, (1, a) < (1, b)

    def between(self, a: Version, b: Version, c: Version) -> bool:
        return a < b <= c

    def newest(self, versions: list[Version]) -> list[Version]:
        return sorted(versions, key=lambda version: (version.stable, version), reverse=True)
