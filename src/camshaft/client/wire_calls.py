"""Typed calls as commands, and replies as values: what the blocking and the asynchronous callers share."""

from __future__ import annotations

from typing import Any

from camshaft.client.binding import Binding, Call
from camshaft.client.client import as_bytes
from camshaft.client.connection import Command
from camshaft.client.failures import RefusedReply
from camshaft.errors import CamshaftError, Refused, Rejected, Stale
from camshaft.values.codec import decode, encode
from camshaft.values.types import UNIT, Type
from camshaft.values.view import from_json


def command_of(call: Call) -> Command:
    """The command that makes a call of the interface that was announced, whose defaults it fills in."""
    given = call.arguments
    arguments = []
    for parameter in call.method.parameters:
        if parameter.name in given:
            arguments.append(given[parameter.name])
        else:
            assert parameter.default is not None  # the binding has seen to that
            arguments.append(parameter.default.value)
    return "CALLB", str(call.address), call.method.name, encode(call.method.domain, tuple(arguments))


def outcome_of(call: Call, reply: Any) -> Any:
    """The result of a call as a value, or the exception that it ended with, from a reply or an error reply."""
    if isinstance(reply, RefusedReply):
        return _typed_refusal(call.binding, reply)
    if isinstance(reply, CamshaftError):
        return reply
    try:
        return _value(call.method.result, reply)
    except Rejected as error:
        return Stale(
            f"{call.address} answered {call.method.name} with something that this version of "
            f"{call.binding.machine.__name__} does not expect; the node may run another version ({error})"
        )


def _value(type_: Type, reply: Any) -> Any:
    if reply is None and type_ is UNIT:
        return ()  # a method that returns nothing is answered null, in any form of a call
    if not isinstance(reply, str):
        raise Rejected("the reply has no canonical bytes")
    return decode(type_, as_bytes(reply))


def state_of(binding: Binding, text: str) -> Any:
    """A state from its JSON text. Raises Stale where it is another version's."""
    try:
        return from_json(binding.program.state, text)
    except Rejected as error:
        raise Stale(f"the state is not of this version of {binding.machine.__name__} ({error})") from None


def _typed_refusal(binding: Binding, reply: RefusedReply) -> Refused:
    declared = binding.program.refusal(reply.name)
    if declared is None:
        # A newer version may refuse in ways that this class knows nothing of.
        return reply
    try:
        return Refused(reply.name, from_json(declared.payload, reply.fields))
    except Rejected:
        return reply
