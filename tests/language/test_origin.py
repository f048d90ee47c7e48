"""The origin: equal where only the layout differs, different where the meaning may."""

from __future__ import annotations

from pathlib import Path

import pytest

from camshaft.language.compile import compile_file

PLAIN = """
from dataclasses import dataclass

from camshaft import Machine, Refusal

LIMIT = 5


@dataclass(frozen=True)
class Line:
    sku: str
    count: int = 1


class Full(Refusal):
    limit: int


Entry = Line | None


class Box(Machine):
    entry: Entry = None
    total: int = 0

    def add(self, sku: str, count: int = 1) -> int:
        if self.total + count > LIMIT:
            raise Full(limit=LIMIT)
        self.entry = Line(sku, count=count)
        self.total += count
        return self.total
"""

# The same program as it might be typed another day.
FORMATTED = '''
"""A module."""
from dataclasses import dataclass
from camshaft import Machine, Refusal
# how many
LIMIT = (5)
@dataclass(frozen=True)
class Line:
    """A line."""
    sku: str; count: int = 0x1
class Full(Refusal):
    limit: int  # cents
Entry = Line | None
class Box(Machine):
    """A box."""

    entry: Entry = None
    total: int = 0
    def add(
        self,
        sku: str,
        count: int = 1,
    ) -> int:
        """Adds."""
        if (self.total + count) > LIMIT: raise Full(limit=LIMIT)
        self.entry = Line(sku,
                          count=count)
        self.total += count
        return (self.total)
'''


def origin(tmp_path: Path, text: str) -> str:
    file = tmp_path / "box.py"
    file.write_text(text)
    (machine,) = compile_file(file).machines
    assert len(machine.program.origin) == 64
    return machine.program.origin


def test_formatting_comments_and_docstrings_do_not_matter(tmp_path: Path) -> None:
    assert origin(tmp_path, PLAIN) == origin(tmp_path, FORMATTED)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("self.total += count", "self.total += count + 0"),
        ("self.total + count > LIMIT", "self.total + count >= LIMIT"),
        ("LIMIT = 5", "LIMIT = 6"),
        ("Entry = Line | None", "Entry = Line | None | int"),
        ("count: int = 1\n\n\nclass Full", "count: int = 2\n\n\nclass Full"),
        ("total: int = 0", "total: int = 1"),
        ("limit: int\n", "limit: int\n    note: str = ''\n"),
        ("class Box(Machine)", "class Box(Machine, name='crate')"),
        ("count: int = 1) -> int", "count: int = 2) -> int"),
        ("    sku: str\n", "    sku: str\n    extra: bool = False\n"),
    ],
)
def test_a_change_of_meaning_changes_the_origin(tmp_path: Path, before: str, after: str) -> None:
    assert before in PLAIN
    assert origin(tmp_path, PLAIN) != origin(tmp_path, PLAIN.replace(before, after))


def test_the_origin_of_the_counter_is_the_same_for_ever(tmp_path: Path) -> None:
    # An origin that moves would stop every upgrade of what an older release deployed.
    counter = (Path(__file__).parents[2] / "examples" / "counter.py").read_text()
    assert origin(tmp_path, counter) == "16a758ad335d0aff389c45c574bd812b9018c9a41626efd192bc8c9a12758bf7"
