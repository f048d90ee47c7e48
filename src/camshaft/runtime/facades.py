"""Serving clients of other versions: what runs a method for those who were made for another interface.

Where the upgrades between their version and the one that runs brought adapters, a facade is linked from these, over any
number of versions, when it is first needed. Where none of them did, a method is served if it is the same in both.

Rule: what is found is a function of the journal alone, since inputs run by it. So nothing here depends on when a facade
was linked, or on what a client said.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from camshaft.errors import Rejected
from camshaft.runtime.catalog import Catalog, Loaded
from camshaft.runtime.instances import Machine
from camshaft.runtime.interfaces import misfit
from camshaft.runtime.passing import Step, linked

SAME: Final = "same"
"""How a method is served that the program that runs has as it is."""
ADAPTED: Final = "adapted"


def served(machine: Machine, catalog: Catalog, loaded: Loaded, interface: str, method: str) -> Loaded | str:
    """What runs a method of an interface, which is the id of a program, on instances of another program; or why not.

    What is given has the state of `loaded`. The answer is remembered until another upgrade is in force.
    """
    since = machine.retired.get(interface)
    if since is not None:
        return (
            f"version {interface[:12]} of {machine.name} was retired at position {since}: {loaded.id[:12]} runs, and "
            "clients need its class"
        )
    key = (interface, loaded.id, method)
    found = machine.served.get(key)
    if found is None:
        made_for = catalog.programs.get(interface)
        if made_for is None:
            return f"the input was made for program {interface[:12]}, which never ran here"
        line = line_between(machine, interface, loaded)
        if any(step.adapters for step in line):
            for name, runs in _by_facade(line, made_for, loaded).items():
                machine.served[interface, loaded.id, name] = runs
        found = machine.served.get(key) or misfit(made_for, loaded, method) or loaded
        machine.served[key] = found
    return found


def line_between(machine: Machine, interface: str, loaded: Loaded) -> Sequence[Step]:
    """The steps of the upgrades in force by which a machine came from one version to another; none where it did not."""
    upgrades = machine.undoable
    end = len(upgrades)
    while end and upgrades[end - 1].after.id != loaded.id:
        end -= 1
    # A version that was in force several times is meant as it was the last time.
    for start in range(end - 1, -1, -1):
        steps = upgrades[start].steps
        for at in range(len(steps) - 1, -1, -1):
            if steps[at].version.id == interface:
                return [*steps[at:], *(step for upgrade in upgrades[start + 1 : end] for step in upgrade.steps)]
    return ()


def _by_facade(line: Sequence[Step], made_for: Loaded, loaded: Loaded) -> dict[str, Loaded | str]:
    """What runs each method of an interface, or why nothing does, by the adapters of the upgrades in between."""
    version = f"{loaded.name} runs program {loaded.id[:12]} now, the input was made for {made_for.id[:12]}"
    try:
        facade = linked(line, loaded)
        runs: dict[str, Loaded | str] = dict.fromkeys(made_for.methods, loaded)
        if facade.adapted:
            adapted = Loaded(b"", facade.verified, made_for.id)
            adapted.untold = facade.untold
            runs |= dict.fromkeys(facade.adapted, adapted)
    except Rejected as error:
        reason = f"{version}, and the adapters in between cannot be linked: {error}"
        return dict.fromkeys(made_for.methods, reason)
    return {**runs, **{name: f"{version}: {reason}" for name, reason in facade.missing.items()}}


def known_version(catalog: Catalog, machine: Machine, id_: str, origin: str) -> Loaded | None:
    """The version of a machine with this program's id, or else the latest that was compiled from the same source."""
    found = catalog.programs.get(id_)
    if found is not None and found.name == machine.name:
        return found
    steps = (step for upgrade in reversed(machine.undoable) for step in reversed(upgrade.steps))
    versions = (machine.loaded, *(step.version for step in steps))
    return next((each for each in versions if origin and each.origin == origin), None)


def distance(machine: Machine, version: Loaded) -> int | None:
    """How many steps of upgrades in force lead from a version of a machine to the one that runs; None where none do.

    While an upgrade is rolled out, its version runs on some instances, and no upgrade is between.
    """
    runs = (machine.loaded, *(upgrade.after for upgrade in machine.undoable[-1:]))
    return 0 if version in runs else len(line_between(machine, version.id, machine.loaded)) or None


def versions(machine: Machine, catalog: Catalog) -> list[Loaded]:
    """The versions of a machine that ever ran here, or that an upgrade led through, as they came in."""
    return [each for each in catalog.programs.values() if each.name == machine.name]


def ways(machine: Machine, catalog: Catalog, version: Loaded) -> dict[str, str]:
    """How each method of a version is served by what runs: `same`, `adapted`, or why it is not."""
    return {name: _way(machine, catalog, version, name) for name in version.public}


def _way(machine: Machine, catalog: Catalog, version: Loaded, name: str) -> str:
    if version is machine.loaded:
        return SAME
    found = served(machine, catalog, machine.loaded, version.id, name)
    return found if isinstance(found, str) else SAME if found is machine.loaded else ADAPTED
