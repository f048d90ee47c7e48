"""The node's turns: what all clients sent since the last one is run, journaled as one batch, and answered.

There is one turn in an iteration of the event loop, and no task or future for a call. A turn goes over the clients
that sent something. From each it takes, in order, questions that can be answered at once and then inputs for the
batch; whatever comes after an input and is not one waits until the batch is committed, so that a client's commands
happen in the order in which it sent them. (Between clients there is no order to keep: nobody has been answered yet.)

Rule: an exception that is not `Rejected` is a fault, or a journal that failed. It ends the node, unanswered: after it
nobody can say what the state is, and the journal can.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from functools import partial
from itertools import islice
from typing import Any, Final, TypeAlias

from camshaft.errors import Rejected, Stale
from camshaft.journal.journal import JournalFailed, JournalFull
from camshaft.node import replies
from camshaft.node.calls import Call, Calls, Query
from camshaft.node.commands import Command, checked
from camshaft.node.connection import TURNED_AWAY, Connection
from camshaft.node.context import Context
from camshaft.node.gathering import Gathering
from camshaft.node.later import Later, Waiting
from camshaft.node.replies import Protocol
from camshaft.node.session import NO_REPLY, Misuse, monitored, turned_away
from camshaft.node.slow import SLOW_S
from camshaft.node.trace import tell_changes
from camshaft.runtime.catalog import Loaded
from camshaft.runtime.entries import Input
from camshaft.runtime.outcomes import NOTHING, Outcome, RefusedBy, Returned, StaleInput, Trapped
from camshaft.runtime.showing import arguments_shown
from camshaft.values.address import Address
from camshaft.values.view import to_json

_CALL: Final = b"CALL"
_CALLN: Final = b"CALLN"

_SLICE_S: Final = 0.000_5
_SLICE_UNDER_LOAD_S: Final = 0.000_1
"""How long a node works in the background before it looks for clients again, and while clients wait for their turn."""

_LEAST_SHARE: Final = 16
"""Commands of one client in a turn, however many clients there are."""

_Step: TypeAlias = Call | Command | Rejected | None
"""What a command is before it runs: a call, another command, an error; None for one that was turned away."""

log: Final = logging.getLogger(__name__)


class Turns:
    """Runs the commands of a node's clients. Everything happens in its `context`."""

    def __init__(self, loop: asyncio.AbstractEventLoop, failed: Callable[[], None]) -> None:
        """`failed` is called once, when `fault` ends the node."""
        self.context: Context
        self._loop = loop
        self._failed = failed
        self.fault: BaseException | None = None
        """What ended the node, if anything did; nothing is run after it."""
        self._stands_still = False
        self._is_scheduled = False
        self._ready: list[Connection] = []
        self._batch: list[Input] = []
        self._runs: list[tuple[Connection, int, int]] = []
        """Whose inputs those of the batch are: a client, its first and the one after its last."""
        self._generation = -1
        self._gathering = Gathering()
        self._number = 0
        """Counts the turns."""
        self._works = False
        """Whether work in the background is scheduled."""
        self._waiting = Waiting()

    def wake(self, connection: Connection) -> None:
        """Let the next turn come to a client."""
        connection.is_awake = True
        self._ready.append(connection)
        if not self._is_scheduled:
            self._schedule()

    def _schedule(self) -> None:
        self._is_scheduled = True
        self._loop.call_soon(self._run)

    def stand_still(self) -> None:
        """Run nothing until `move_on`: what was received, and what clients wait for, stays in their queues."""
        self._stands_still = True
        for connection in self._waiting.given_up():
            self.wake(connection)

    def move_on(self) -> None:
        """Go on after `stand_still`."""
        self._stands_still = False
        if self._ready and not self._is_scheduled:
            self._schedule()
        self.work()

    def finish(self) -> None:
        """Run everything that was received, as before the node stops."""
        while (self._ready or self._waiting) and self.fault is None:
            self._run()
            if self._waiting:
                self._work()
        self._works = True  # nothing is begun any more

    def _run(self) -> None:
        self._is_scheduled = False
        if self.fault is not None or self._stands_still or not self._ready:  # `finish` may have run it all
            return
        if self._gathering.waits(len(self._ready), time.perf_counter()):
            self._schedule()
            return
        try:
            self._turn()
        except BaseException as fault:  # noqa: BLE001 - it is kept, ends the node, and is raised out of it
            self.end_by(fault)
        self.work()

    def end_by(self, fault: BaseException) -> None:
        """Let a fault end the node."""
        # What became of the journal is said in words, by whoever runs the node; anything else is a defect.
        reason = None if isinstance(fault, JournalFailed) else fault
        log.critical("a fault ends this node; nothing after it was acknowledged", exc_info=reason)
        self.fault = fault
        self._failed()

    def work(self) -> None:
        """Do a little of what was put off, unless it is being done already: called when there may be such work."""
        if not self._works and self.fault is None and (self._waiting or self.context.replica.engine.is_behind):
            self._works = True
            self._loop.call_soon(self._work)

    def _work(self) -> None:
        self._works = False
        if self.fault is not None or self._stands_still:
            return
        end_s = time.perf_counter() + (_SLICE_UNDER_LOAD_S if self._ready else _SLICE_S)
        try:
            while self._advance() and time.perf_counter() < end_s:
                pass
        except BaseException as fault:  # noqa: BLE001 - it is kept, ends the node, and is raised out of it
            self.end_by(fault)
        self.work()

    def _advance(self) -> bool:
        """Do a little of what clients wait for, or else of what was put off; whether there may be more."""
        if not self._waiting:
            return self.context.replica.engine.advance()
        done = self._waiting.advance()
        if done is not None:
            connection, run = done
            connection.waits = connection.is_awake = False
            connection.reply_to(self._answered(connection, run))
            connection.flush()
            self.wake(connection)
        return True

    def _turn(self) -> None:
        limit = self.context.limits.turn
        # Each client gets its share of the turn, however much it has sent: a flood of one does not hold up the rest. A
        # share is not so small that replies could not travel together; then not everybody's turn is this one.
        share = max(_LEAST_SHARE, limit // len(self._ready)) if self.context.trace is None else 1
        ready = self._ready[: max(1, limit // share)]
        self._ready = self._ready[len(ready) :]
        self._follow_programs()
        self._number += 1
        again = 0
        for connection in ready:
            connection.is_awake = False
            again += connection.turn == self._number - 1
            connection.turn = self._number
            self._take(connection, share)
            if self.context.trace is not None:
                self.settle()
        self.settle()
        self._gathering.turned(len(ready), again, self.context.replica.journal.sync_s)
        for connection in ready:
            if connection.waits:
                pass
            elif not connection.queue:
                if connection.failure is not None:
                    connection.reply(replies.error("ERR", f"Protocol error: {connection.failure}"))
                    connection.end()
                elif connection.has_sent_all:
                    connection.end()
            elif not connection.is_awake:
                self.wake(connection)
            connection.flush()
        if self._ready and not self._is_scheduled:
            self._schedule()

    def _take(self, connection: Connection, share: int) -> None:
        """Take commands of a client, as many as its share and its order allow."""
        batch = self._batch
        first = len(batch)
        calls = connection.calls or self.context.calls
        shared = calls.shared
        taken = 0
        step: _Step
        for words in islice(connection.queue, share):
            if len(words) == 3 and (words[0] == _CALL or words[0] == _CALLN):
                step = shared.get((words[1], words[2])) or self._step(words, calls)
            else:
                step = self._step(words, calls)
            if type(step) is Input:
                batch.append(step)
                taken += 1
                continue
            if len(batch) > first:
                break
            taken += 1
            if self.context.clients.monitors:
                self._show(connection, [words], step)
            self._answer_now(connection, words, step)
            if connection.is_closing or connection.waits:
                break
            if connection.calls is not calls:  # it has announced an interface
                calls = connection.calls or self.context.calls
                shared = calls.shared
            first = len(batch)
        inputs = len(batch) - first
        if inputs:
            self._runs.append((connection, first, len(batch)))
            if self.context.clients.monitors:
                self._show(connection, connection.queue[taken - inputs : taken], None)
        self.context.figures.commands += taken
        connection.taken(taken)

    def _step(self, words: list[bytes], calls: Calls) -> _Step:
        """What a command is; nothing is run."""
        if words is TURNED_AWAY:
            return None
        try:
            if words[0] == _CALL and len(words) > 2:
                return calls.positional(words)
            command = checked(words)
            if command.run is not None:
                return command
            match command.name:
                case "CALL":
                    return calls.positional(words)
                case "CALLN":
                    return calls.named(words)
                case _:
                    return calls.once(words)
        except Rejected as error:
            # Its traceback would hold the frames that hold it, until a collector came by.
            return error.with_traceback(None)

    def _answer_now(self, connection: Connection, words: list[bytes], step: _Step) -> None:
        """Answer what is not journaled by the turn."""
        match step:
            case Query():
                self.context.figures.queries += 1
                outcome = self.context.replica.query(step.address, step.method, step.arguments, step.interface)
                connection.reply(self._reply(outcome, connection.protocol))
                if self.context.trace is not None:
                    engine = self.context.replica.engine
                    runs = engine.machine(step.address.machine).program_of(step.address.key)
                    made_for = runs if step.interface is None else engine.catalog.programs[step.interface]
                    self._trace(made_for, step.address, step.method, step.arguments, outcome)
            case Command():
                connection.last_command = step.name.lower()
                assert step.run is not None
                run = partial(step.run, self.context, connection, words)
                connection.reply_to(self._answered(connection, run, words))
            case Rejected():
                connection.reply(self._error(step))
            case _:
                connection.reply(turned_away(self.context.limits.pending))

    def _answered(self, connection: Connection, run: Callable[[], Any], words: Sequence[bytes] = ()) -> bytes | None:
        """The reply of a command; None where there is none, or none yet."""
        began_s = time.perf_counter()
        try:
            view = run()
        except Rejected as error:
            return self._error(error)
        finally:
            self._follow_programs()
            self.context.slow.did(connection.last_command, time.perf_counter() - began_s)
        if isinstance(view, Later):
            self._waiting.add(connection, view, words)
            return None
        if view is NO_REPLY:
            return None
        return self._bounded(connection.protocol.view(view))

    def settle(self) -> None:
        """Commit the inputs that were collected, and answer them."""
        batch = self._batch
        if not batch:
            return
        context = self.context
        runs = self._runs
        self._runs = []
        engine = context.replica.engine
        generation, position = engine.generation, engine.position
        began_s = time.perf_counter()
        try:
            outcomes = context.replica.commit(batch)
        except JournalFull as error:
            full = self._error(error)
            for connection, first, end in runs:
                for _ in range(first, end):
                    connection.reply(full)
            batch.clear()
            return
        if engine.generation != generation:
            tell_changes(engine, position)
        ran_s = time.perf_counter() - began_s - context.replica.journal.sync_s
        if ran_s >= SLOW_S:
            context.slow.ran(batch, ran_s)
        context.figures.inputs += len(batch)
        context.figures.batches += 1
        for connection, first, end in runs:
            protocol = connection.protocol
            reply = connection.reply if connection.is_selective else connection.out.append
            for outcome in outcomes[first:end]:
                # The two most frequent outcomes come first and without a call.
                if outcome is NOTHING:
                    reply(protocol.nothing)
                else:
                    reply(self._reply(outcome, protocol))
        if context.trace is not None:
            programs = context.replica.engine.catalog.programs
            for entry, outcome in zip(batch, outcomes, strict=True):
                # The program that it was made for, not the one that runs now: the input may have ended a rollout.
                made_for = programs[entry.interface]
                self._trace(made_for, Address(entry.machine, entry.key), entry.method, tuple(entry.arguments), outcome)
            self._follow_programs()
        batch.clear()

    def _reply(self, outcome: Outcome, protocol: Protocol) -> bytes:
        match outcome:
            case Returned():
                return self._bounded(protocol.result(outcome.type, outcome.value))
            case RefusedBy():
                self.context.figures.errors += 1
                return self._bounded(replies.refusal(outcome.name, to_json(outcome.payload_type, outcome.payload)))
            case Trapped():
                self.context.figures.errors += 1
                return replies.error(f"TRAP {outcome.kind}", outcome.message, outcome.where)
            case StaleInput():
                self.context.figures.errors += 1
                return replies.error("STALE", outcome.reason)
            case _:
                raise AssertionError(f"an input cannot have the outcome {outcome!r}")

    def _error(self, error: Rejected) -> bytes:
        self.context.figures.errors += 1
        match error:
            case Misuse():
                return replies.error(error.family, str(error))
            case Stale():
                return replies.error("STALE", str(error))
            case _:
                return replies.error("REJECTED", str(error), error.where)

    def _bounded(self, reply: bytes) -> bytes:
        limit = self.context.limits.reply_bytes
        if len(reply) <= limit:
            return reply
        return self._error(Rejected(f"the reply has {len(reply)} bytes; at most {limit} are sent"))

    def _follow_programs(self) -> None:
        """Forget prepared calls where a program has changed, whoever changed it."""
        generation = self.context.replica.engine.generation
        if generation != self._generation:
            self._generation = generation
            self.context.calls.forget()

    def _show(self, connection: Connection, commands: Sequence[list[bytes]], step: _Step) -> None:
        """Show commands to the clients that monitor the node."""
        if isinstance(step, Command) and step.is_secret:
            return
        now_s = time.time()
        lines = b"".join(replies.simple(monitored(connection, words, now_s)) for words in commands)
        for monitor in list(self.context.clients.monitors.values()):
            if monitor is not connection:
                monitor.out.append(lines)
                if not monitor.is_awake:
                    self.wake(monitor)

    def _trace(
        self, made_for: Loaded, address: Address, method: str, arguments: tuple[Any, ...], outcome: Outcome
    ) -> None:
        trace = self.context.trace
        assert trace is not None
        shown = arguments_shown(made_for.methods[method].domain.fields, arguments)
        trace.stepped(address, method, shown, outcome, to_json(*self.context.replica.engine.state(address)))
