"""What those who watch a node at work are shown: each command, or each step with the state after it.

Rule: nothing here changes anything, and nothing is done for nobody.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from camshaft.node.calls import Query
from camshaft.node.connection import Connection
from camshaft.node.context import Context
from camshaft.node.replies import simple
from camshaft.node.session import monitored
from camshaft.node.trace import Trace
from camshaft.runtime.entries import Input
from camshaft.runtime.outcomes import Outcome
from camshaft.runtime.showing import arguments_shown
from camshaft.values.address import Address
from camshaft.values.view import to_json


def show(
    context: Context,
    connection: Connection,
    commands: Sequence[list[bytes]],
    wake: Callable[[Connection], None],
    *,
    is_secret: bool = False,
) -> None:
    """Show commands of a client to the others that monitor the node, and let the next turn come to these."""
    if is_secret:
        return
    now_s = time.time()
    lines = b"".join(simple(monitored(connection, words, now_s)) for words in commands)
    for monitor in list(context.clients.monitors.values()):
        if monitor is not connection:
            monitor.out.append(lines)
            if not monitor.is_awake:
                wake(monitor)


def trace_query(trace: Trace, context: Context, query: Query, outcome: Outcome) -> None:
    """Show a query and what it was answered."""
    made_for = query.interface
    if made_for is None:
        made_for = context.replica.engine.machine(query.address.machine).program_of(query.address.key).id
    _trace(trace, context, query.address, made_for, query.method, query.arguments, outcome)


def trace_inputs(trace: Trace, context: Context, batch: Sequence[Input], outcomes: Sequence[Outcome]) -> None:
    """Show inputs and what became of them, each with the state that is there now."""
    for entry, outcome in zip(batch, outcomes, strict=True):
        # The program that it was made for, not the one that runs now: the input may have ended a rollout.
        address = Address(entry.machine, entry.key)
        _trace(trace, context, address, entry.interface, entry.method, entry.arguments, outcome)


def _trace(
    trace: Trace,
    context: Context,
    address: Address,
    made_for: str,
    method: str,
    arguments: Sequence[object],
    outcome: Outcome,
) -> None:
    engine = context.replica.engine
    domain = engine.catalog.programs[made_for].methods[method].domain
    shown = arguments_shown(domain.fields, tuple(arguments))
    trace.stepped(address, method, shown, outcome, to_json(*engine.state(address)))
