"""What became of a call or a command -> the bytes that its client gets.

Rule: a reply is counted where it is an error, and none is larger than the node's limit.
"""

from __future__ import annotations

from camshaft.errors import Rejected, Stale
from camshaft.node import replies
from camshaft.node.context import Context
from camshaft.node.replies import Protocol
from camshaft.node.session import Misuse
from camshaft.runtime.outcomes import Outcome, RefusedBy, Returned, StaleInput, Trapped
from camshaft.values.codec import encode
from camshaft.values.types import UNIT
from camshaft.values.view import to_json


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
