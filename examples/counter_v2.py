"""A second counter beside the first, which starts from the first one's value, as in Erlang's `code_change`."""

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
    return Counter(old=was.count, count=was.count)
