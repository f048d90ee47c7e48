"""What became of a call or a command -> the bytes that its client gets.

Rule: a reply is counted where it is an error, and none is larger than the node's limit.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from typing import Final, TypeAlias

from camshaft.errors import Rejected, Stale
from camshaft.node import replies
from camshaft.node.connection import Connection, Silence
from camshaft.node.context import Context
from camshaft.node.replies import Protocol
from camshaft.node.session import Misuse
from camshaft.runtime.outcomes import NOTHING, Outcome, RefusedBy, Returned, StaleInput, Trapped
from camshaft.values.codec import encode
from camshaft.values.types import UNIT
from camshaft.values.view import to_json

Run: TypeAlias = tuple[Connection, int, int]
"""Whose inputs some of a batch are: a client, its first and the one after its last."""
_HEARS_ALL: Final = Silence.NONE


def answer(context: Context, outcome: Outcome, protocol: Protocol, *, is_binary: bool = False) -> bytes:
    """The reply to an input or a query; `is_binary`: a result in its canonical bytes."""
    match outcome:
        case Returned():
            if is_binary and outcome.type is not UNIT:
                return bounded(context, replies.bulk(encode(outcome.type, outcome.value)))
            return bounded(context, protocol.result(outcome.type, outcome.value))
        case RefusedBy():
            context.figures.errors += 1
            fields = to_json(outcome.payload_type, outcome.payload)
            return bounded(context, replies.refusal(outcome.name, fields))
        case Trapped():
            context.figures.errors += 1
            return replies.error(f"TRAP {outcome.kind}", outcome.message, outcome.where)
        case StaleInput():
            context.figures.errors += 1
            return replies.error("STALE", outcome.reason)
        case _:
            raise AssertionError(f"an input cannot have the outcome {outcome!r}")


def answer_all(context: Context, runs: Sequence[Run], outcomes: Sequence[Outcome], binary: Container[int]) -> None:
    """Owe clients the replies to their inputs; `binary` are those that are answered in canonical bytes."""
    for connection, first, end in runs:
        protocol = connection.protocol
        nothing = protocol.nothing
        reply = connection.out.append if connection.silence is _HEARS_ALL else connection.reply
        for index in range(first, end):
            outcome = outcomes[index]
            # The most frequent outcome comes first and without a call.
            if outcome is NOTHING:
                reply(nothing)
            else:
                connection.reply(answer(context, outcome, protocol, is_binary=index in binary))


def answer_all_by(context: Context, runs: Sequence[Run], error: Rejected) -> None:
    """Owe clients the same error for each of their inputs, none of which was run."""
    reply = error_reply(context, error)
    for connection, first, end in runs:
        for _ in range(first, end):
            connection.reply(reply)


def error_reply(context: Context, error: Rejected) -> bytes:
    """The reply to what was not run."""
    context.figures.errors += 1
    match error:
        case Misuse():
            return replies.error(error.family, str(error))
        case Stale():
            return replies.error("STALE", str(error))
        case _:
            return replies.error("REJECTED", str(error), error.where)


def bounded(context: Context, reply: bytes) -> bytes:
    """A reply, or the error that it is too large."""
    limit = context.limits.reply_bytes
    return reply if len(reply) <= limit else error_reply(context, replies.too_large(len(reply), limit))
