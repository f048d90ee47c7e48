"""`:=` assigns where Python assigns, and has a value afterwards where it has one in Python."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from camshaft import Machine
from generators.differential import agree, call


class Naming(Machine):
    count: int = 0
    table: dict[str, int] = {"a": 1, "b": 0}
    queue: list[int] = [3, 2, 1]

    def _next(self) -> int | None:
        self.count += 1
        return self.count if self.count % 4 else None

    def found(self, key: str) -> int:
        if (number := self.table.get(key)) is None:
            return -1
        return number + 1

    def found_or(self, key: str, other: str) -> int:
        if (number := self.table.get(key)) is not None and (more := self.table.get(other)) is not None:
            return number * 10 + more
        return -1 if number is None else number

    def neither(self, key: str, other: str) -> int:
        if (number := self.table.get(key)) is None or not (more := self.table.get(other)):
            return -1
        return number * 10 + more

    def truthy(self, key: str) -> str:
        if number := self.table.get(key):
            return f"{number:03d}"
        elif (size := len(key)) > 1:
            return f"{size}{number is None}"
        return key

    def rounds(self) -> int:
        total = 0
        while (number := self._next()) is not None:
            total += number
        return total

    def drained(self, limit: int) -> int:
        total = 0
        while self.queue and (last := self.queue[-1]) < limit:
            total += last
            del self.queue[-1]
        return total

    def again(self, value: int | None, number: int) -> int:
        if value is not None:
            if number > 0 and (value := self.table.get("a")) is not None and value > 5:
                return value
            return 0 if value is None else value
        return -2

    def given_away(self, number: int) -> list[list[int]]:
        own = [number]
        rows = [own]
        if number > 2 and (own := [0]):
            rows.append([len(own)])
        return rows

    def compared(self, number: int) -> bool:
        if (number := number + 1) < number * 2 < 9:
            return number > 2
        return False


@given(
    st.sampled_from(["a", "b", "c", "cc"]),
    st.sampled_from(["a", "b", "c"]),
    st.integers(-1, 5),
    st.none() | st.integers(0, 2),
)
def test_named_expressions(key: str, other: str, number: int, value: int | None) -> None:
    agree(
        Naming,
        call("found", key),
        call("found_or", key, other),
        call("neither", key, other),
        call("truthy", key),
        call("rounds"),
        call("rounds"),
        call("drained", number),
        call("again", value, number),
        call("compared", number),
        call("given_away", number),
    )
