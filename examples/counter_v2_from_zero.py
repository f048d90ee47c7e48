"""A second counter beside the first, which starts at zero: what the old one counted stays in `old`."""

import counter
from camshaft import Machine, migration


class Counter(Machine):
    old: int = 0
    count: int = 0

    def incr(self) -> None:
        self.count += 1

    def value(self) -> int:
        return self.count


@migration
def split(was: counter.Counter) -> Counter:
    return Counter(old=was.count)
