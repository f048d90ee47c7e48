"""Slices are what Python cuts out, and changing one changes what Python changes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from camshaft import Machine
from generators.differential import agree, call


class Slices(Machine):
    xs: list[int] = [1, 2, 3, 4, 5]
    rows: list[list[int]] = [[1], [2], [3]]
    t: dict[str, list[int]] = {"a": [1, 2, 3]}

    def r1(self, a: int, b: int, c: int) -> list[int]:
        return self.xs[a:b:c] + self.xs[:b] + self.xs[a:] + self.xs[:] + self.xs[::-1] + self.xs[a::-1] + self.xs[:b:-2]

    def r2(self, a: int, b: int, c: int) -> list[int]:
        return self.xs[::c] + self.xs[a::c] + self.xs[:b:c]

    def s(self, t: str, a: int, b: int, c: int) -> str:
        return t[a:b:c] + "|" + t[:b] + t[a:] + t[::-1] + t[-1:] + t[None:a]

    def v(self, t: tuple[int, ...], a: int) -> tuple[int, ...]:
        return t[a:] + t[:a]

    def f(self, t: tuple[int, str, bool]) -> tuple[str, bool]:
        return t[1:]

    def f2(self, t: tuple[int, str, bool]) -> tuple[bool, str, int]:
        return t[::-1]

    def dele(self, a: int, b: int) -> list[int]:
        own = list(self.xs)
        del own[a:b]
        del self.xs[:-4], own[b:]
        return own

    def ass(self, a: int, b: int, new: list[int]) -> list[int]:
        own = list(self.xs)
        own[a:b] = new
        self.xs[a:] = own[:b]
        return own

    def key(self, k: str, n: int) -> list[int]:
        self.t[k][10 // n :] = [9]
        del self.t[k][: 1 // n]
        return list(self.t[k])

    def steps(self, a: int, b: int, c: int, new: list[int]) -> list[int]:
        own = list(self.xs)
        del own[::2], self.xs[a:b:c], own[::-2]
        self.t["b"][b::c] = new
        return own

    def by_step(self, a: int, b: int, c: int, new: list[int]) -> list[int]:
        self.xs[a:b:c] = new
        own = list(self.xs)
        own[::2] = own[1::2] if len(own) % 2 == 0 else own[::-2]
        own[a::1] = new
        return own

    def last(self, a: int, new: list[int]) -> None:
        self.xs[::-2] = new
        self.xs[:a:-1] = new
        self.t["a"][a::3] = new
        del self.t["a"][:a:-1], self.t["a"][:: self.xs[0]]

    def mut(self) -> int:
        own: list[list[int]] = [[1], [2], [3]]
        own[:1] = [[7], [8]]
        own[0].append(3)
        del own[1:2]
        self.rows[1:] = [[5]]
        self.rows[::-2] = [[6 + len(self.rows)]]
        self.rows[0].append(1)
        del self.rows[1::2]
        return len(own[0]) * 10 + len(own)


SMALL = st.integers(-7, 7)


@given(SMALL, SMALL, SMALL, st.text("abc😀", max_size=5), st.lists(st.integers(0, 3), max_size=3))
def test_slices_that_are_read(a: int, b: int, c: int, text: str, new: list[int]) -> None:
    agree(
        Slices,
        call("r1", a, b, c),
        call("r2", a, b, c),
        call("s", text, a, b, c),
        call("v", tuple(new), a),
        call("f", (1, "x", True)),
        call("f2", (1, "x", True)),
    )


@given(SMALL, SMALL, st.lists(st.integers(0, 3), max_size=3))
def test_slices_that_are_changed(a: int, b: int, new: list[int]) -> None:
    agree(Slices, call("dele", a, b), call("ass", a, b, new), call("key", "a", a), call("key", "b", a), call("mut"))


@given(SMALL, SMALL, SMALL, st.lists(st.integers(0, 3), max_size=4), st.lists(st.integers(0, 9), max_size=6))
def test_slices_with_steps_that_are_changed(a: int, b: int, c: int, new: list[int], xs: list[int]) -> None:
    agree(Slices, call("steps", a, b, c, new), call("by_step", a, b, c, new), call("last", a, new), xs=xs)


def test_as_many_elements_are_assigned_as_a_slice_with_a_step_has() -> None:
    assert agree(Slices, call("by_step", 0, 5, 2, [7, 8, 9]), call("by_step", 0, 5, 2, [7, 8])) == [
        [7, 8, 9],
        ValueError,
    ]
