"""Reading the conformance suite: what a case is, and the cases of a file. `conformance/README.md` has the format."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

SUITE = Path(__file__).parents[1] / "conformance"
REPEATED = frozenset({"bytes"})
DIRECTIVES = frozenset(
    {
        "bytes",
        "state",
        "fuel",
        "time",
        "key",
        "seed",
        "call",
        "initial",
        "returns",
        "after",
        "refuses",
        "traps",
        "uses",
        "rejected",
        "id",
    }
)
# What is rejected or named has no run; a run ends in exactly one of the others.
OUTCOMES = frozenset({"initial", "returns", "refuses", "traps", "rejected", "id"})


@dataclass
class Case:
    """One case: a program, and what a run of it gives. `line` is where it begins."""

    file: str
    line: int
    title: str
    program: str
    directives: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.file}: {self.title}"

    def add(self, name: str, value: str, where: str) -> None:
        """Take one directive."""
        assert name in DIRECTIVES, f"{where}: there is no directive @{name}"
        assert name not in self.directives or name in REPEATED, f"{where}: @{name} is there already"
        self.directives[name] = self.directives.get(name, "") + value


def cases(path: Path) -> Iterator[Case]:
    """The cases of one file.

    Raises:
        AssertionError: the file is malformed, and where.
    """
    program: list[str] | None = None
    case: Case | None = None
    for number, line in enumerate(path.read_text().split("\n"), 1):
        where = f"{path.name}:{number}"
        name, _, value = line[1:].partition(" ")
        if not line.startswith("@"):
            if case is None and program is not None:
                program.append(line)
            else:
                assert not line.strip() or line.startswith(";"), f"{where}: this line belongs to nothing"
        elif name in ("program", "case"):
            if case is not None:
                yield _complete(case)
            if name == "program":
                # Blank lines keep the lines of the file: an error of the text names one of them.
                program, case = [""] * number, None
            else:
                case = Case(path.name, number, value, "\n".join(program or ()))
        else:
            assert case is not None, f"{where}: @{name} stands outside of a case"
            case.add(name, value, where)
    if case is not None:
        yield _complete(case)


def _complete(case: Case) -> Case:
    outcomes = OUTCOMES & set(case.directives)
    assert len(outcomes) == 1, f"{case.file}:{case.line}: a case has one outcome, not {sorted(outcomes)}"
    assert ("call" in case.directives) == bool(outcomes & {"returns", "refuses", "traps"}) or "initial" in case.title
    return case


def all_cases() -> list[Case]:
    """The whole suite."""
    return [case for path in sorted(SUITE.glob("*.casm")) for case in cases(path)]
