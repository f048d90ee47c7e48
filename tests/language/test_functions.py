"""Functions of modules, methods of dataclasses and properties mean what they mean in Python."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camshaft import Machine, simulate
from camshaft.bytecode.verifier import verify
from camshaft.execution.interpreter import Interpreter
from camshaft.language.compile import CompileError, compile_file, compile_machine
from generators import pricing
from generators.differential import agree, call
from generators.pricing import Money, with_tax
from generators.pricing import share as part_of

RATE = 3


def scaled(amount: int, by: int) -> int:
    return amount * by * RATE


def bounded(amount: int, *, least: int = 0, most: int = 10) -> int:
    """Twice a bound."""
    if amount < least:
        return least
    return smallest([amount, most])


def smallest(amounts: list[int]) -> int:
    found = amounts[0]
    for one in amounts:
        if one < found:
            found = one
    return found


def positive(amounts: list[int]) -> list[int]:
    return [one for one in amounts if one > 0]


def same(amounts: list[int]) -> list[int]:
    return amounts


def nothing(amount: int) -> None:
    pass


@dataclass(frozen=True)
class Line:
    sku: str
    count: int
    price: Money

    def total(self) -> Money:
        return self.price.times(self.count)

    @property
    def many(self) -> bool:
        return self.count > 1 and self.price.shown != ""


class Shop(Machine):
    lines: list[Line] = []
    count: int = 0

    def add(self, sku: str, count: int, cents: int) -> str:
        line = Line(sku, count, Money(cents))
        self.lines.append(line)
        self.count += 1
        return line.total().shown

    def total(self) -> Money:
        """A method of the same name as a dataclass's."""
        found = Money.zero()
        for line in self.lines:
            if line.many:
                found = found.plus(line.total())
        return found

    @property
    def size(self) -> int:
        """How many there are."""
        return len(self.lines) + scaled(self.count, 2)

    @property
    def _half(self) -> int:
        return self.size // 2

    def sizes(self) -> tuple[int, int]:
        return (self._half, self.size + bounded(self.size, most=3))

    def taxed(self, amount: int, rate: int) -> list[int]:
        self.count = amount
        found = [with_tax(amount), with_tax(rate=rate, amount=amount)]
        found.append(pricing.scaled(amount, rate))
        found.append(scaled(amount, rate))
        return found

    def parts(self, amount: int, among: int) -> int:
        self.count += 1
        return part_of(self._own(amount), among)

    def _own(self, amount: int) -> int:
        return bounded(amount, least=-5)

    def kept(self, amounts: list[int]) -> list[int]:
        nothing(len(amounts))
        found = positive(amounts)
        found.append(len(same(amounts)))
        return found

    @staticmethod
    def _even(n: int) -> bool:
        return n % 2 == 0

    def evens(self, n: int) -> list[bool]:
        return [self._even(n), Shop._even(n + 1)]

    def foreign(self) -> Money:
        return Money(1, "USD").plus(self.lines[0].price)


@given(st.integers(-2, 4), st.integers(-2, 4), st.lists(st.integers(-2, 2), max_size=3))
def test_functions_are_those_of_python(n: int, m: int, numbers: list[int]) -> None:
    agree(
        Shop,
        call("add", "a", n, m),
        call("add", "b", 2, 150),
        call("total"),
        call("size"),
        call("sizes"),
        call("taxed", n, m),
        call("parts", n, m),
        call("kept", numbers),
        call("foreign"),
        call("evens", n),
    )


def test_a_function_is_compiled_once_whoever_calls_it() -> None:
    names = [function.name for function in compile_machine(Shop).program.functions]
    assert sorted(names) == sorted(set(names))
    assert {"scaled", "scaled_2", "with_tax", "Money_plus", "Line_total"} <= set(names)


def test_a_property_is_a_query_that_is_read() -> None:
    shop = simulate(Shop)
    shop.add("a", 1, 2)
    assert shop.size == 7
    method = compile_machine(Shop).program.method("size")
    assert method is not None
    assert method.kind.value == "query"


def range(n: int) -> list[int]:  # noqa: A001  # the point
    return [10 * n, 20]


def isinstance(a: int, b: int) -> bool:  # noqa: A001  # the point
    return a < b


class Lookalikes(Machine):
    def go(self, n: int) -> int:
        found = 0
        for i in range(n):
            found += i
        return found if isinstance(n, 1) else -found


@given(st.integers(-2, 4))
def test_a_function_with_the_name_of_a_builtin_is_the_module_s_own(n: int) -> None:
    agree(Lookalikes, call("go", n))


PARTS = """\
def first(n: int) -> int:
    return second(n)


def second(n: int) -> int:
    return third(n) + missing


def third(n: int) -> int:
    return first(n)
"""

USER = """\
import parts_of_it
from camshaft import Machine


class User(Machine):
    def run(self, n: int) -> int:
        return parts_of_it.second(n) + n.real
"""


def test_mistakes_of_an_imported_function_are_shown_in_its_file(tmp_path: Path) -> None:
    (tmp_path / "parts_of_it.py").write_text(PARTS)
    (tmp_path / "user.py").write_text(USER)
    with pytest.raises(CompileError) as caught:
        compile_file(tmp_path / "user.py")
    found = {(Path(one.primary.span.source.path).name, one.code.number, one.inside) for one in caught.value.diagnostics}
    assert found == {
        ("parts_of_it.py", "CAM019", "third"),
        ("parts_of_it.py", "CAM011", "second"),
        ("user.py", "CAM017", "User.run"),
    }
    assert "functions call each other in a circle: first -> second -> third -> first" in str(caught.value)


def test_an_imported_function_is_part_of_the_origin(tmp_path: Path) -> None:
    origins = []
    for body in ("n + 1", "n + 2", "(n+2)"):
        (tmp_path / "parts_of_it.py").write_text(f"def second(n: int) -> int:\n    return {body}\n")
        (tmp_path / "user.py").write_text(USER.replace(" + n.real", ""))
        origins.append(compile_file(tmp_path / "user.py").machines[0].program.origin)
    assert origins[0] != origins[1] == origins[2]


def test_a_migration_calls_functions(tmp_path: Path) -> None:
    (tmp_path / "old.py").write_text("from camshaft import Machine\n\n\nclass Box(Machine):\n    n: int = 0\n")
    (tmp_path / "new.py").write_text(
        "import old\nfrom camshaft import Machine, migration\n\n\ndef grown(n: int) -> int:\n    return 2 * n\n\n\n"
        "class Box(Machine):\n    n: int = 0\n    m: int = 0\n\n\n"
        "@migration\ndef grow(was: old.Box) -> Box:\n    return Box(n=was.n, m=grown(was.n))\n"
    )
    (found,) = compile_file(tmp_path / "new.py").migrations
    assert [function.name for function in found.program.functions] == ["grown"]
    assert Interpreter(verify(found.program)).step("migrate", ((21,),), ())[0] == (21, 42)
