"""A member of a union is changed where it is, once a test has told which it is."""

from __future__ import annotations

from dataclasses import dataclass, field

from camshaft import Machine

INTEGERS = [-1, 0, 1, 2, 3]


@dataclass
class Lease:
    worker: str
    until: int = 0

    def extend(self, by: int) -> int:
        self.until += by
        return self.until


@dataclass
class Log:
    lines: list[str] = field(default_factory=list)
    lease: Lease | None = None

    def write(self, line: str) -> int:
        self.lines.append(line)
        if self.lease is not None:
            self.lease.extend(len(line))
            self.lease.until += 1
        return len(self.lines)


@dataclass
class Job:
    name: str
    lease: Lease | None = None
    log: Log | None = None
    n: int = 0


class Box(Machine):
    jobs: dict[int, Job] = {0: Job("a"), 1: Job("b", Lease("w", 3), Log(["x"]))}
    now: Lease | None = None
    xs: list[int] | None = None
    thing: Lease | Log | None = None
    n: int = 0

    def _bump(self) -> int:
        self.n += 1
        return self.n

    def _touch(self, key: int) -> int:
        job = self.jobs[key]
        if job.lease is not None:
            job.lease.until += 100
            return job.lease.until
        return 0

    def take(self, key: int, n: int) -> int:
        job = self.jobs[key]
        if job.lease is None:
            job.lease = Lease("new", n)
            return job.lease.extend(n)
        job.lease.extend(n)
        job.lease.until += n
        job.lease.worker = job.lease.worker[:3] + "."
        job.lease.until = job.lease.until // (n - 1)
        return job.lease.until + job.lease.extend(self._bump())

    def drop(self, key: int) -> str:
        job = self.jobs[key]
        if job.lease is None or job.lease.until > 50:
            return "kept"
        lease = job.lease
        lease.until += 1
        lease.extend(2)
        job.lease.until += 1
        x = lease.until
        job.lease = None
        return f"{x}"

    def log(self, key: int, line: str) -> int:
        job = self.jobs.get(key)
        if job is None:
            return -1
        if job.log is None:
            job.log = Log()
        job.log.lines.append(line)
        job.log.lines[0] += "!"
        job.log.lines += [line, line]
        if job.log.lease is not None:
            job.log.lease.until += 5
        else:
            job.log.lease = Lease(line)
        for one in job.log.lines:
            self.n += len(one)
        if len(job.log.lines) > 6:
            job.log.lines.pop(0)
            del job.log.lines[1]
            job.log.lines.insert(1, "in")
            job.log.lines.sort()
        return job.log.write(line) + len(job.log.lines)

    def own(self, n: int) -> int:
        if self.now is not None:
            self.now.until += n
            if self.now.until > 5:
                self.now = None
                return 0
            self.now.extend(1)
            return self.now.until
        self.now = Lease("me")
        self.now.until = n
        return self.now.until

    def many(self, n: int) -> list[int]:
        if self.xs is None:
            self.xs = [n]
        self.xs.append(n)
        if n > 1:
            self.xs[0] = n
            self.xs += [n, n]
            if len(self.xs) > 4:
                self.xs.clear()
        if self.xs:
            self.xs.reverse()
        return self.xs[-3:]

    def which(self, n: int, text: str) -> int:
        if isinstance(self.thing, Lease):
            self.thing.until += n
            self.thing.extend(n)
            if self.thing.until > 4:
                self.thing = Log([text])
                self.thing.lines.append("more")
                return len(self.thing.lines)
            return self.thing.until
        if isinstance(self.thing, Log):
            self.thing.write(text)
            if n == 0:
                self.thing = None
            return 1
        self.thing = Lease(text)
        return 0

    def loops(self, n: int) -> int:
        total = 0
        for key, job in self.jobs.items():
            if job.lease is not None:
                job.lease.until += key
                total += job.lease.extend(n)
            if job.log:
                job.log.write("loop")
        return total

    def local(self, n: int) -> int:
        lease: Lease | None = None
        job = Job("own", Lease("x", n) if n > 0 else None)
        if job.lease is not None:
            job.lease.extend(3)
            lease = job.lease
            lease.until += 4
        self.jobs[n] = job
        if job.lease is not None:
            job.lease.until += 1
            return job.lease.until
        return 0 if lease is None else lease.until

    def other(self, key: int) -> int:
        job = self.jobs[key]
        if job.lease is None:
            return 0
        x = self._touch(key) + self._touch(0)
        job.lease.until = job.lease.until + self._touch(key)
        job.lease.until -= x
        return job.lease.until

    def both(self, n: int) -> int:
        a, b = self.jobs[0], self.jobs[1]
        if a.lease is not None and b.lease is not None:
            a.lease.until, b.lease.until = b.lease.until, a.lease.until + n
            a.lease.until += b.lease.until
            return a.lease.until - b.lease.until
        return n
