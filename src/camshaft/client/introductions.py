"""How a client's class is served by a node: it says which version it was made for, and is told.

A version that runs there, or that upgrades lead on from, is served by the node. With any other, the client calls what
runs as far as that goes (see `adapting`), and says that it was made for that. While its version is rolled out and has
not come to all instances, it does so with those that do not serve it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from camshaft.bytecode.encoding import decode_program
from camshaft.client.adapting import Adaptation
from camshaft.client.binding import Binding, Call
from camshaft.client.client import as_bytes
from camshaft.client.connection import Command, Introduction
from camshaft.client.wire_calls import command_of, outcome_of


@dataclass(frozen=True, slots=True)
class Manner:
    """How the calls of a class are made on a connection: what is said before them, and what they are turned into."""

    introduction: Introduction
    adaptation: Adaptation | None = None
    beside: str | None = None
    """The id of the program that runs on instances to which the rollout of the class's version has not come yet."""

    def command(self, call: Call) -> Command:
        """The command that makes a call. Raises Stale where what runs has no form of it."""
        return command_of(call if self.adaptation is None else self.adaptation.of(call))

    def outcome(self, call: Call, reply: Any) -> Any:
        """The result of a call as a value, or the exception that it ended with, from a reply or an error reply."""
        if self.adaptation is None:
            return outcome_of(call, reply)
        return self.adaptation.outcome(call, outcome_of(self.adaptation.of(call), reply))


def introduction(binding: Binding, program_id: str | None = None) -> Introduction:
    """What says that a class was made for a program, its own where none is given."""
    name, own = binding.program.name, binding.program.origin
    words = [binding.id, *([own] if own else [])] if program_id is None else [program_id]
    return Introduction(name, ("CLIENT", "INTERFACE", name, *words))


def manner(binding: Binding, reply: Any) -> Manner | None:
    """How calls are made, from what a node answers to the class's own introduction; None: the program is needed."""
    interface, running, upgrades = reply["interface"], reply["running"], reply["upgrades"]
    if running is None or upgrades is not None:
        return Manner(introduction(binding), beside=running if upgrades == 0 and interface != running else None)
    return None


def manner_with(binding: Binding, program: str, *, rolled_out: bool = False) -> Manner:
    """How calls are made to a program that runs, as a node gives it, and that is of another version.

    `rolled_out`: it runs beside the class's version.
    """
    adaptation = Adaptation(binding, decode_program(as_bytes(program)), rolled_out=rolled_out)
    return Manner(introduction(binding, adaptation.running_id), adaptation)
