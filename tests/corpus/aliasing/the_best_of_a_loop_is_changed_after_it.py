"""A name that may be None stands for the element that was chosen last."""

from dataclasses import dataclass

from camshaft import Machine


@dataclass
class Job:
    name: str
    tries: int = 0


class Queue(Machine):
    jobs: list[Job] = [Job("a", 2), Job("b"), Job("c", 1)]

    def next(self, most: int) -> Job | None:
        best: Job | None = None
        for job in self.jobs:
            if job.tries < most and (best is None or job.tries < best.tries):
                best = job
        if best is not None:
            best.tries += 1
        return best

    def add(self, name: str) -> int:
        job = Job(name)
        self.jobs.append(job)
        job.tries -= len(name)
        return self.jobs[-1].tries
