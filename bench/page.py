"""The page of results: what is held to a limit and whether it is kept, then every table.

The rule of this file: it measures nothing. What it says is what the tables' figures and goals say.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from figures import Goal, Table


@dataclass(frozen=True, slots=True)
class Section:
    """What one part of the benchmarks came to."""

    name: str
    """How the command names it."""
    title: str
    tables: tuple[Table, ...]
    failure: str = ""
    """What ended it before it was through."""

    @property
    def goals(self) -> list[Goal]:
        """What its tables are held to."""
        return [goal for table in self.tables for goal in table.goals]


def page(title: str, heading: Sequence[str], sections: Sequence[Section], missing: Sequence[str]) -> str:
    """The page of these sections; `missing` are the names of those that were not measured."""
    parts = [f"# {title}", "\n".join(f"- {line}" for line in heading)]
    if missing:
        parts.append(f"Not measured in this run: {', '.join(missing)}.")
    parts += [f"Not measured to the end: {one.title}. {one.failure}" for one in sections if one.failure]
    parts += [summary(sections), contents(sections)]
    for section in sections:
        parts.append(f"## {section.title}")
        parts += [table.show() for table in section.tables]
    return "\n\n".join(parts) + "\n"


def summary(sections: Sequence[Section]) -> str:
    """Every limit with its figure, those that are missed once more by themselves."""
    goals = [goal for section in sections for goal in section.goals]
    missed = [f"{goal.what} ({goal.figure}, limit {goal.limit})" for goal in goals if not goal.is_met]
    if not goals:
        return "## Limits\n\nNothing of this is held to a limit."
    parts = ["## Limits", f"{len(goals) - len(missed)} of {len(goals)} limits are met."]
    if missed:
        parts.append("Missed:\n\n" + "\n".join(f"- {one}" for one in missed))
    rows = [(goal.what, goal.figure, *goal.cells) for goal in goals]
    parts.append(Table("", ("what", "median", "limit", ""), tuple(rows)).body())
    return "\n\n".join(parts)


def contents(sections: Sequence[Section]) -> str:
    """Links to the sections and their tables."""
    lines = []
    for section in sections:
        lines.append(f"- [{section.title}](#{anchor(section.title)}): `bench/run.py {section.name}`")
        lines += [f"  - [{table.title}](#{anchor(table.title)})" for table in section.tables]
    return "\n".join(["## Contents", "", *lines])


def anchor(title: str) -> str:
    """What a heading is called in the address of a page, as GitHub makes it."""
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")
