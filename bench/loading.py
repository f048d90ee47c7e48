"""From bytes to a program that runs: decoded, verified and compiled to Python functions, as a node does it."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path

from camshaft.bytecode.encoding import encode_program
from camshaft.language.compile import compile_file
from camshaft.runtime.catalog import Catalog
from contest import time_ns
from figures import Figure, Goal, Table, at_most

LINES = 500
LOAD_LIMIT_MS = 200.0
AGAIN_LIMIT_MS = 5.0
_OTHERS = 17
"""A catalog remembers the bytes of the last few programs it was asked for; after so many others, ours are forgotten."""

_HEAD = """\
from dataclasses import dataclass

from camshaft import Machine, Refusal

"""

_TYPES = """\

@dataclass(frozen=True)
class {Name}Item:
    title: str
    count: int
    price_cents: int


class {Name}Missing(Refusal):
    sku: str
    wanted: int

"""

_FIELDS = """\
    {name}_items: dict[str, {Name}Item] = {{}}
    {name}_log: list[str] = []
    {name}_sold_cents: int = 0
"""

_METHODS = """\

    def receive_{name}(self, sku: str, title: str, count: int, price_cents: int) -> int:
        assert count > 0, f"a count is positive, not {{count}}"
        item = self.{name}_items.get(sku)
        there = count if item is None else item.count + count
        self.{name}_items[sku] = {Name}Item(title, there, price_cents)
        self.{name}_log.append(f"received {{count}} of {{sku}}")
        return there

    def sell_{name}(self, sku: str, count: int) -> int:
        item = self.{name}_items.get(sku)
        if item is None or item.count < count:
            raise {Name}Missing(sku=sku, wanted=count)
        if item.count == count:
            del self.{name}_items[sku]
        else:
            self.{name}_items[sku] = {Name}Item(item.title, item.count - count, item.price_cents)
        price = item.price_cents * count
        if count >= 10:
            price -= price // {discount}
        self.{name}_sold_cents += price
        return price

    def scarce_{name}(self, fewest: int, limit: int) -> list[str]:
        found: list[str] = []
        for sku, item in self.{name}_items.items():
            if len(found) == limit:
                break
            if item.count < fewest:
                found.append(sku)
        return found

    def worth_{name}(self) -> int:
        total = 0
        for item in self.{name}_items.values():
            total += item.count * item.price_cents
        return total + self.{name}_sold_cents
"""


def source(lines: int) -> str:
    """A warehouse of so many departments that its source has this many lines, blank ones aside, or a few more."""
    number = 0
    text = ""
    while _line_count(text) < lines:
        number += 1
        names = [{"name": f"hall{n}", "Name": f"Hall{n}", "discount": str(10 + n)} for n in range(number)]
        parts = [_HEAD, *(_TYPES.format(**one) for one in names), "\nclass Warehouse(Machine):\n"]
        parts += [_FIELDS.format(**one) for one in names]
        parts += [_METHODS.format(**one) for one in names]
        text = "".join(parts)
    return text


def _line_count(text: str) -> int:
    return sum(1 for line in text.splitlines() if line)


def program(text: str) -> bytes:
    """The bytes of the program of the one machine in a source text."""
    with tempfile.TemporaryDirectory(prefix="camshaft-bench-") as directory:
        path = Path(directory) / "machine.py"
        path.write_text(text)
        (machine,) = compile_file(path).machines
        return encode_program(machine.program)


def measure(rounds: int) -> Table:
    """Loading into an empty catalog, in new processes and in this one; and into one that has the program."""
    text = source(LINES)
    data = program(text)
    first_ms = Figure(tuple(_in_new_process_ms(data) for _ in range(max(1, rounds // 3))))
    load_ms = Figure(tuple(time_ns(partial(Catalog().load, data)) / 1e6 for _ in range(rounds)))
    catalog = Catalog()
    catalog.keep(catalog.load(data))
    again_ms = Figure(tuple(time_ns(partial(catalog.load, data)) / 1e6 for _ in range(rounds)))
    others = [program(f"{_HEAD}class Other(Machine):\n    count: int = {number}\n") for number in range(_OTHERS)]
    later_runs = []
    for _ in range(rounds):
        for other in others:
            catalog.load(other)
        later_runs.append(time_ns(partial(catalog.load, data)) / 1e6)
    measured = (
        _row("new to the node, the first of its process", first_ms, LOAD_LIMIT_MS),
        _row("new to the node", load_ms, LOAD_LIMIT_MS),
        _row("in the catalog, loaded before others", Figure(tuple(later_runs)), AGAIN_LIMIT_MS),
        _row("in the catalog, loaded last", again_ms, AGAIN_LIMIT_MS),
    )
    count = _line_count(text)
    return Table(
        f"Decoding, verifying and compiling a program of {count} lines ({len(data):,} bytes)",
        ("program", "ms", "limit", ""),
        tuple(row for row, _ in measured),
        goals=tuple(goal for _, goal in measured),
    )


def _row(what: str, figure: Figure, limit_ms: float) -> tuple[tuple[str, ...], Goal]:
    goal = at_most(f"a program {what}", figure.median, limit_ms, " ms")
    return (what, figure.show(2), *goal.cells), goal


def _in_new_process_ms(data: bytes) -> float:
    done = subprocess.run([sys.executable, __file__], input=data, check=True, capture_output=True)
    return float(done.stdout) / 1e6


if __name__ == "__main__":
    print(time_ns(partial(Catalog().load, sys.stdin.buffer.read())))
