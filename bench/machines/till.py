"""What `make soak` runs: two versions of one machine, with the migration from each to the other."""

from __future__ import annotations

from camshaft import Machine, migration


class Till(Machine):
    count: int = 0
    lately: list[int] = []

    def incr(self) -> None:
        self.count += 1
        self.lately.append(self.count)
        if len(self.lately) > 20:
            self.lately = []

    def value(self) -> int:
        return self.count


class Till2(Machine, name="till"):
    total: int = 0
    count: int = 0
    seen: dict[int, str] = {}

    def incr(self) -> None:
        self.count += 1
        self.total += self.count % 7
        self.seen[self.count % 20] = f"{self.count}"

    def value(self) -> int:
        return self.count


@migration
def forth(was: Till) -> Till2:
    return Till2(total=0, count=was.count, seen={})


@migration
def back(was: Till2) -> Till:
    return Till(count=was.count, lately=[])
