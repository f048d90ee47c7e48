"""A field that all members of a union share is read as in Python, whichever member it is."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from camshaft import Machine
from generators.differential import agree, call


@dataclass(frozen=True)
class Opened:
    at: int
    by: str
    tags: list[str]


@dataclass(frozen=True)
class Closed:
    by: str
    at: int
    tags: list[str]


class Log(Machine):
    last: Opened | Closed = Closed("nobody", 0, [])
    maybe: Opened | Closed | None = None

    def take(self, event: Opened | Closed) -> str:
        late = event.at < self.last.at
        text = f"{event.by}{self.last.by}{late}"
        tags = len(self.last.tags) + len(event.tags)
        self.last = (
            Opened(event.at, event.by, list(event.tags)) if isinstance(event, Opened) else Closed("", event.at, [])
        )
        self.maybe = None if late else Closed(self.last.by, self.last.at, [])
        if self.maybe is not None and self.maybe.at > 1:
            text += self.maybe.by
        return text + str(tags)


OPENED = st.builds(Opened, st.integers(0, 3), st.just("a"), st.just(["x"]))
CLOSED = st.builds(Closed, st.just("b"), st.integers(0, 3), st.just([]))


@given(st.lists(OPENED | CLOSED, max_size=5))
def test_a_field_that_all_members_share_is_read_without_a_test(events: list[Opened | Closed]) -> None:
    agree(Log, *(call("take", event) for event in events))
