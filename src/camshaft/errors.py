"""What can go wrong, in four classes that are never mixed up.

`Rejected`: what somebody sent was malformed, ill-typed, too large or unauthorised, and nothing ran.
`Refused`: the machine itself said no, with an error that it declares.
`Trap`: a partial operation failed (a missing key, a division by zero, no fuel left).
`Fault`: a bug in Camshaft; nothing in this project catches one to make it look like one of the others.

A step that ends in any of them leaves the state exactly as it was.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Where:
    """A line of a machine's source: what a trap or a refusal names. For people; nothing is decided by it.

    `code` is a method's or a helper's name; `file` the file's name without its directory, "" where that is not known.
    """

    machine: str
    code: str
    line: int
    file: str = ""

    def __str__(self) -> str:
        return f"{self.file} line {self.line}, in {self.code}".lstrip()


class CamshaftError(Exception):
    """The common parent of all errors that Camshaft raises on purpose."""


class Rejected(CamshaftError):
    """What a peer sent, or a file holds, is not acceptable; nothing ran and nothing changed.

    `where` is the line of a migration that failed when it was rehearsed, where that is known. It is no part of the
    text, since the text of a void upgrade is an outcome, which every node has the same.
    """

    where: Where | None = None


class Stale(Rejected):
    """An input was validated against an interface that is no longer in force and does not fit the present one."""


class Refused(CamshaftError):
    """A machine refused an input with one of its declared refusals.

    `name` is the refusal's name, `payload` the record of its fields as a Camshaft value, `where` the line of the
    machine's source that raised it, None where that is not known.
    """

    where: Where | None = None

    def __init__(self, name: str, payload: tuple[Any, ...]) -> None:
        super().__init__(name, payload)
        self.name = name
        self.payload = payload


class Fault(CamshaftError):
    """A bug in Camshaft itself."""


class Trap(CamshaftError):
    """A partial operation of a machine failed. Each kind below is also Python's own exception of that name.

    `kind` is the name by which a trap travels: it is the same on every node and in every version. `where` is the line
    of the machine's source that it happened at, None where that is not known.
    """

    kind: str = "Trap"
    where: Where | None = None

    def __str__(self) -> str:
        # KeyError shows the repr of its only argument; a trap's text is a sentence for people.
        return str(self.args[0]) if self.args else self.kind


class MissingKey(Trap, KeyError):
    """A map holds no entry of this key."""

    kind = "KeyError"


class IndexOutOfRange(Trap, IndexError):
    """A list or a text has no such index."""

    kind = "IndexError"


class DividedByZero(Trap, ZeroDivisionError):
    """A division or a remainder by zero."""

    kind = "ZeroDivisionError"


class TooLarge(Trap, OverflowError):
    """A number grew beyond the size that may be stored, returned or multiplied, or a time beyond its range."""

    kind = "OverflowError"


class BadValue(Trap, ValueError):
    """An operation got a value of the right type for which it has no answer."""

    kind = "ValueError"


class AssertionFailed(Trap, AssertionError):
    """An `assert` of the machine did not hold."""

    kind = "AssertionError"


class OutOfFuel(Trap, RuntimeError):
    """The input used up its fuel, the bound on the work that one input may cause."""

    kind = "OutOfFuel"


TRAPS: dict[str, type[Trap]] = {
    trap.kind: trap
    for trap in (MissingKey, IndexOutOfRange, DividedByZero, TooLarge, BadValue, AssertionFailed, OutOfFuel)
}
"""Every kind of trap by the name that travels."""


def note_where(error: BaseException, where: Where | None) -> None:
    """Say in an error's notes, which a traceback shows below it, where a machine was when it raised it.

    A note is what Python has for this: the attributes of a refusal's class are its author's.
    """
    if where is not None:
        error.add_note(f"at {where}")
