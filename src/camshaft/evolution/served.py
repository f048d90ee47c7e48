"""How clients of each version on the way of a chain are served by its last one: linked as a node will."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from camshaft.bytecode.adapters import Facade, check_adapters, facade, own_facade
from camshaft.bytecode.encoding import decode_program, program_id
from camshaft.bytecode.program import Program
from camshaft.bytecode.upgrade import Adapters
from camshaft.bytecode.verifier import verify
from camshaft.evolution.versions import short


@dataclass(frozen=True, slots=True)
class Clients:
    """What becomes of the calls of a version's clients."""

    id: str
    methods: int
    adapted: frozenset[str]
    """The methods that are served by adapters; others are the same in every version from there on."""
    missing: Mapping[str, str]
    """Why the rest are not served."""

    def json(self) -> dict[str, Any]:
        """As data."""
        return {
            "id": self.id,
            "methods": self.methods,
            "adapted": sorted(self.adapted),
            "missing": dict(self.missing),
        }

    def lines(self) -> list[str]:
        """For people."""
        served = self.methods - len(self.missing)
        head = f"  clients:   of {short(self.id)}: {served} of {self.methods} methods served"
        return [
            f"{head}, {len(self.adapted)} by adapters" if self.adapted else head,
            *(f"    - {name}: {reason}" for name, reason in self.missing.items()),
        ]


def _clients(old: Program, served: Facade) -> Clients:
    # What is hidden, no client calls.
    missing = {name: reason for name, reason in served.missing.items() if name not in old.hidden}
    return Clients(program_id(old), len(old.public_methods), served.adapted - set(old.hidden), missing)


def clients_of(versions: Sequence[Program], adapters: Sequence[Adapters | None]) -> list[Clients]:
    """The clients of each version but the last, by the adapters of each of them.

    Raises Rejected where a node could not link them.
    """
    found: list[Clients] = []
    served = own_facade(verify(versions[-1]))
    for old, brought in reversed(list(zip(versions[:-1], adapters, strict=True))):
        code = None
        if brought is not None:
            code = check_adapters(decode_program(brought.program), brought.imports, old, served.interface)
        served = facade(old, code, served)
        found.insert(0, _clients(old, served))
    return found
