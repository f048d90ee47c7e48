"""Which part of an old type each part of a new one comes from: by the same name, or by the one that `was` gives.

Rule: two parts never come from one, and none is passed over in silence. Where a name and a `was` contradict each
other, both readings are said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from camshaft.evolution.carry import extended
from camshaft.evolution.problems import Problem, Reading
from camshaft.language.pytypes import Field, PyClass, PyMachine
from camshaft.values.types import Record, Variant


@dataclass(frozen=True, slots=True)
class Sources:
    """Of a record, by each new label the old one that it comes from; of a variant, by each old label the new one.

    `left` are the old labels of which nothing is left.
    """

    sources: dict[str, str]
    left: tuple[str, ...]
    problems: tuple[Problem, ...]


def of_fields(
    old: Record,
    new: PyClass | PyMachine,
    dropped: tuple[str, ...],
    path: str,
    can_be: Callable[[str, Field], bool],
) -> Sources:
    """Where the fields of a class come from. `can_be` tells whether an old field's value can be a new field's."""
    problems: list[Problem] = []
    claims = {field.name: field.was for field in new.fields if field.was in old.positions}
    sources: dict[str, str] = {}
    for field in new.fields:
        name, at = field.name, extended(path, field.name)
        if name in claims:
            if name in old.positions and name not in claims.values() and name not in dropped:
                problems.append(_two_pasts(at, name, claims[name], new))
            sources[name] = claims[name]
        elif name in old.positions and name in claims.values():
            taker = next(taker for taker, source in claims.items() if source == name)
            if name not in dropped:
                problems.append(_taken(at, name, taker, new))
        elif name in old.positions and name not in dropped:
            sources[name] = name
        elif name in old.positions and can_be(name, field):
            problems.append(_dropped_and_there(at, name, new))
    problems += _twice(claims, path)
    left = tuple(label for label, _ in old.fields if label not in sources.values())
    return Sources(sources, left, tuple(problems))


def _two_pasts(at: str, name: str, was: str, new: PyClass | PyMachine) -> Problem:
    return Problem(
        at,
        f"`{at}` is said to have been `{was}`, and the version before has both",
        (
            Reading(f"it goes on from `{name}`?", f'take `was("{was}")` away'),
            Reading(
                f"it goes on from `{was}`?", f'@drops("{name}")  above `class {new.cls.__name__}`: `{name}` is lost'
            ),
        ),
    )


def _taken(at: str, name: str, taker: str, new: PyClass | PyMachine) -> Problem:
    return Problem(
        at,
        f"`{at}` is said to have become `{taker}`, and the new version has both",
        (
            Reading(f"`{taker}` is new?", f'take `was("{name}")` away from `{taker}`'),
            Reading(
                f"`{taker}` goes on from it?",
                f'@drops("{name}")  above `class {new.cls.__name__}`: `{name}` starts with its default',
            ),
        ),
    )


def _dropped_and_there(at: str, name: str, new: PyClass | PyMachine) -> Problem:
    return Problem(
        at,
        f"`{at}` is said to be dropped by `{new.cls.__name__}`, which still has it and could carry it over",
        (
            Reading("it goes on?", f'take "{name}" out of `@drops(…)`'),
            Reading("it starts anew?", "write a migration"),
        ),
    )


def _twice(claims: dict[str, str], path: str) -> list[Problem]:
    takers: dict[str, list[str]] = {}
    for name, source in claims.items():
        takers.setdefault(source, []).append(name)
    return [
        Problem(
            extended(path, source),
            f"`{extended(path, source)}` is said to have become {' and '.join(f'`{name}`' for name in names)}",
            tuple(Reading(f"it is `{name}`?", f'leave `was("{source}")` at `{name}` only') for name in names),
        )
        for source, names in takers.items()
        if len(names) > 1
    ]


def of_cases(old: Variant, given: Iterable[tuple[str, str]], path: str) -> Sources:
    """What the cases of a variant become; `given`: the new labels, each with what it was called, "" where not said."""
    labels = dict(given)
    claims = {was: label for label, was in labels.items() if was in old.positions}
    problems = [
        Problem(
            f"{path}({label})",
            f"`{label}` is said to have been `{was}`, and the version before has both",
            (
                Reading(f"it goes on from `{label}`?", "take the `was` away"),
                Reading("both become one?", "write a migration"),
            ),
        )
        for was, label in claims.items()
        if label in old.positions and label not in claims and label != was
    ]
    sources = {label: claims.get(label, label) for label, _ in old.cases if label in claims or label in labels}
    taken = list(sources.values())
    problems += [
        Problem(
            f"{path}({label})",
            f"{' and '.join(f'`{source}`' for source, becomes in sources.items() if becomes == label)} would become "
            f"one: `{label}`",
            (Reading("is that what is meant?", "write a migration"),),
        )
        for label in dict.fromkeys(taken)
        if taken.count(label) > 1 and not any(problem.path == f"{path}({label})" for problem in problems)
    ]
    left = tuple(label for label, _ in old.cases if label not in sources)
    return Sources(sources, left, tuple(problems))
