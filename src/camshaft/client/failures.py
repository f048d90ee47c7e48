"""What can go wrong between a client and a node, and what the node's error replies are in Python.

The important question after any failure is whether the call ran. `Unreachable` and `Rejected` (with `Stale` and
`Busy`) say no; a refusal and a trap say that it ran and changed nothing; `Disconnected` and `NoAnswer` say that nobody
on this side knows.
"""

from __future__ import annotations

from camshaft.errors import TRAPS, CamshaftError, Fault, Refused, Rejected, Stale, Trap


class Unreachable(CamshaftError, ConnectionError):
    """No connection to a node could be made; nothing was sent."""


class Disconnected(CamshaftError, ConnectionError):
    """The connection ended before the answer came: the call may have run, or not."""


class NoAnswer(CamshaftError, TimeoutError):
    """The answer did not come in time: the call may have run, may still run, or not."""


class Busy(Rejected):
    """The node is at one of its limits and ran nothing; the same call may be made again later."""


class RefusedReply(Refused):
    """A refusal as it travels: its name and, in `fields`, the JSON text of its fields, not yet given their types."""

    def __init__(self, name: str, fields: str) -> None:
        super().__init__(name, ())
        self.fields = fields

    def __str__(self) -> str:
        return f"refused: {self.name} {self.fields}".rstrip() if self.fields != "{}" else f"refused: {self.name}"


def error_of(reply: str) -> CamshaftError:
    """The exception of an error reply: its first word is its class, the rest is `Name {fields}` or a sentence."""
    family, _, text = reply.partition(" ")
    match family:
        case "REFUSED":
            name, _, fields = text.partition(" ")
            return RefusedReply(name, fields or "{}")
        case "TRAP":
            kind, _, message = text.partition(" ")
            trap = TRAPS.get(kind)
            # A newer node may know kinds that this client does not.
            return trap(message) if trap is not None else Trap(f"{kind} {message}".rstrip())
        case "REJECTED":
            return Rejected(text)
        case "STALE":
            return Stale(text)
        case "BUSY":
            return Busy(text)
        case "FAULT":
            return Fault(text)
        case _:
            return Rejected(reply)


def unreachable(endpoint: object, reason: str) -> Unreachable:
    """The error for a node that cannot be connected to, with the way out."""
    return Unreachable(f"no node answers at {endpoint}; start one with `camshaft serve FILE` ({reason})")


def disconnected(endpoint: object) -> Disconnected:
    """The error for a connection that ended with answers still owed."""
    return Disconnected(
        f"the node at {endpoint} ended the connection before it answered: the call may have run, or not"
    )


def lost(endpoint: object, timeout_s: float, unknown: str) -> Disconnected:
    """The error for calls that could not be sent again, after a connection that ended with their answers still owed."""
    return Disconnected(
        f"the node at {endpoint} ended the connection before it answered, and no node has answered there for "
        f"{timeout_s:g} s: it is not known whether {unknown} has run"
    )


def in_doubt(
    error: Disconnected | NoAnswer, endpoint: object, timeout_s: float, what: str, look: str
) -> Disconnected | NoAnswer:
    """The same error of a change to a node: what nobody on this side knows is whether it was made."""
    late = f"gave no answer within {timeout_s:g} s"
    how = late if isinstance(error, NoAnswer) else "ended the connection before it answered"
    return type(error)(f"the node at {endpoint} {how}: {doubt(what, look)}")


def doubt(what: str, look: str) -> str:
    """What is not known about a change, and where to look."""
    return f"{what} may have been made, or not; {look} tells"


def no_answer(endpoint: object, timeout_s: float) -> NoAnswer:
    """The error for an answer that is late."""
    return NoAnswer(f"the node at {endpoint} gave no answer within {timeout_s:g} s: the call may have run, or not")
