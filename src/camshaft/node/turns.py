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
from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Final, TypeAlias

from camshaft.errors import Rejected
from camshaft.journal.journal import JournalFailed, JournalFull
from camshaft.node import replies
from camshaft.node.answering import Run, answer, answer_all, answer_all_by, bounded, error_reply
from camshaft.node.calls import Call, Calls, Query, Special
from camshaft.node.commands import Command, checked
from camshaft.node.connection import TURNED_AWAY, Connection
from camshaft.node.context import Context
from camshaft.node.gathering import Gathering
from camshaft.node.later import Later, Waiting
from camshaft.node.pacing import MOST_UNSURE, Gauge, Pace, Timed
from camshaft.node.session import NO_REPLY, too_many_prepared, turned_away
from camshaft.node.slow import SLOW_S
from camshaft.node.trace import tell_changes
from camshaft.node.watching import show, trace_inputs, trace_query
from camshaft.runtime.entries import Input

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
        self._pace = Pace()
        self._gauges = defaultdict[str, Gauge](Gauge)
        """What commands that are no calls are thought to take, by name."""
        self._batch: list[Input] = []
        self._runs: list[Run] = []
        self._costly: list[tuple[int, Gauge]] = []
        """Which inputs of the batch may take long."""
        self._binary: set[int] = set()
        """Which of them are answered in canonical bytes."""
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
        if (self._ready or self._pace.held) and not self._is_scheduled:
            self._schedule()
        self.work()

    def finish(self) -> None:
        """Run what was received, before the node stops."""
        end_s = time.perf_counter() + self.context.limits.stop_s
        while (self._ready or self._pace.held or self._waiting) and self.fault is None and time.perf_counter() < end_s:
            self._run()
            if self._waiting:
                self._work()
        self._works = True  # nothing is begun any more
        self._waiting.close()

    def _run(self) -> None:
        self._is_scheduled = False
        # `finish` may have run it all.
        if self.fault is not None or self._stands_still or not (self._ready or self._pace.held):
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
        if not self._works and self.fault is None and (self._waiting or self.context.replica.is_behind):
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
            return self.context.replica.advance()
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
        # An equal share for each: a flood of one holds up nobody. Not so small a one that replies would travel alone.
        is_traced = self.context.trace is not None
        share = 1 if is_traced else max(_LEAST_SHARE, limit // max(1, len(self._ready)))
        ready = self._ready[: max(1, limit // share)]
        self._ready = self._ready[len(ready) :]
        ready[:0] = self._pace.begin()
        self._follow_programs()
        before = self._number
        number = self._number = before + 1
        again = 0
        for connection in ready:
            connection.is_awake = False
            again += connection.turn == before
            connection.turn = number
            if len(connection.queue) != 1 or not self._take_one(connection):
                self._take(connection, share)
            if is_traced:
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
        if (self._ready or self._pace.held) and not self._is_scheduled:
            self._schedule()

    def _take_one(self, connection: Connection) -> bool:
        """Take a client's only command, where it is a call that was made before: most that wait for each answer."""
        context, words, at = self.context, connection.queue[0], len(self._batch)
        may_be = len(words) == 3 and words[0] == _CALL and not context.clients.monitors
        step = (connection.calls or context.calls).shared.get((words[1], words[2])) if may_be else None
        if type(step) is not Input:
            return False
        self._batch.append(step)
        self._runs.append((connection, at, at + 1))
        context.figures.commands += 1
        connection.taken(1)
        return True

    def _take(self, connection: Connection, share: int) -> None:
        """Take commands of a client, as many as its share and its order allow."""
        context, batch = self.context, self._batch
        first = len(batch)
        calls = connection.calls or context.calls
        shared = calls.shared
        taken, queue = 0, connection.queue
        most_costly = len(self._costly) + MOST_UNSURE
        step: _Step = None
        before: list[bytes] | None = None
        for words in queue if len(queue) <= share else queue[:share]:
            if words is not before:  # what one means, only other commands change
                before = words
                if len(words) == 3 and (words[0] == _CALL or words[0] == _CALLN):
                    step = shared.get((words[1], words[2])) or self._step(words, calls)
                else:
                    step = self._step(words, calls)
            if type(step) is Input:
                batch.append(step)
                taken += 1
                continue
            if type(step) is Special:
                if len(self._costly) == most_costly or not self._pace.admits(connection, step.gauge, taken):
                    break
                self._add_special(step)
                taken += 1
                continue
            if len(batch) > first or not self._pace.admits(connection, self._gauge_of(step), taken):
                break
            taken += 1
            if context.clients.monitors:
                show(context, connection, [words], self.wake, is_secret=type(step) is Command and step.is_secret)
            self._answer_now(connection, words, step)
            if connection.is_closing or connection.waits or (type(step) is Rejected and self._pace.is_over):
                break
            if connection.calls is not calls:  # it has announced an interface
                calls = connection.calls or context.calls
                shared = calls.shared
            first = len(batch)
        inputs = len(batch) - first
        if inputs:
            self._runs.append((connection, first, len(batch)))
            if context.clients.monitors:
                show(context, connection, connection.queue[taken - inputs : taken], self.wake)
        context.figures.commands += taken
        connection.taken(taken)

    def _add_special(self, step: Special) -> None:
        at = len(self._batch)
        if step.gauge is not None:
            self._costly.append((at, step.gauge))
        if step.is_binary:
            self._binary.add(at)
        self._batch.append(step.entry)

    def _gauge_of(self, step: _Step) -> Gauge | None:
        """What a step that is no input is thought to take, where that may be long."""
        match step:
            case Query():
                return step.gauge
            case Command():
                return self._gauges[step.name]
            case _:
                return None

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
                case "ONCE":
                    return calls.once(words)
                case form:
                    return calls.spelled(words, form.encode())
        except Rejected as error:
            # Its traceback would hold the frames that hold it, until a collector came by.
            return error.with_traceback(None)

    def _answer_now(self, connection: Connection, words: list[bytes], step: _Step) -> None:
        """Answer what is not journaled by the turn."""
        match step:
            case Query():
                context = self.context
                context.figures.queries += 1
                began_s = time.perf_counter()
                outcome = context.replica.query(step.address, step.method, step.arguments, step.interface)
                connection.reply(answer(context, outcome, connection.protocol, is_binary=step.is_binary))
                if step.gauge is not None:
                    took_s = time.perf_counter() - began_s
                    self._pace.ran(step.gauge, took_s)
                    context.slow.asked(step.address, step.method, took_s)
                if context.trace is not None:
                    trace_query(context.trace, context, step, outcome)
            case Command():
                connection.last_command = step.name.lower()
                assert step.run is not None
                run = partial(step.run, self.context, connection, words)
                connection.reply_to(self._answered(connection, run, words, self._gauges[step.name]))
            case Rejected():
                connection.reply(error_reply(self.context, step))
            case _:
                connection.reply(turned_away(self.context.limits))

    def _answered(
        self, connection: Connection, run: Callable[[], Any], words: Sequence[bytes] = (), gauge: Gauge | None = None
    ) -> bytes | None:
        """The reply of a command; None where there is none, or none yet."""
        began_s = time.perf_counter()
        try:
            view = run()
        except Rejected as error:
            return error_reply(self.context, error)
        finally:
            self._follow_programs()
            took_s = time.perf_counter() - began_s
            self.context.slow.did(connection.last_command, took_s)
            if gauge is not None:
                self._pace.ran(gauge, took_s)
        if isinstance(view, Later):
            if len(self._waiting) >= self.context.limits.preparing:
                view.close()
                self.context.clients.busy += 1
                return error_reply(self.context, too_many_prepared(len(self._waiting)))
            self._waiting.add(connection, view, words)
            return None
        return None if view is NO_REPLY else bounded(self.context, connection.protocol.view(view))

    def settle(self) -> None:
        """Commit the inputs that were collected, and answer them."""
        batch = self._batch
        if not batch:
            return
        context = self.context
        runs, costly, binary = self._runs, self._costly, self._binary
        self._runs, self._costly, self._binary = [], [], set()
        engine = context.replica.engine
        generation, position = engine.generation, engine.position
        began_s = time.perf_counter()
        try:
            if costly:
                timed = Timed(batch)
                outcomes = context.replica.commit(timed)
                timed.tell(costly)
            else:
                outcomes = context.replica.commit(batch)
        except JournalFull as error:
            answer_all_by(context, runs, error)
            batch.clear()
            return
        if engine.generation != generation:
            tell_changes(engine, position)
        ran_s = time.perf_counter() - began_s - context.replica.journal.sync_s
        if ran_s >= SLOW_S:
            context.slow.ran(batch, ran_s)
        context.figures.inputs += len(batch)
        context.figures.batches += 1
        answer_all(context, runs, outcomes, binary)
        if context.trace is not None:
            trace_inputs(context.trace, context, batch, outcomes)
            self._follow_programs()
        batch.clear()

    def _follow_programs(self) -> None:
        """Forget prepared calls where a program has changed, whoever changed it."""
        generation = self.context.replica.engine.generation
        if generation != self._generation:
            self._generation = generation
            self.context.calls.forget()
