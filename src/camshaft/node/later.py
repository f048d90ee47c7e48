"""A command that is answered later: its client waits, and nobody else does.

An upgrade brings code that has to be compiled; and one that can fail needs the new state of every instance before it
may happen. A node does both a little at a time between its turns, and then runs the command as if it had just come. A
plan is made in the same way.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import ExitStack, closing, suppress
from functools import partial
from time import thread_time
from typing import Any, TypeAlias

from camshaft.bytecode.release import decode_release
from camshaft.errors import Rejected
from camshaft.node.connection import Connection
from camshaft.runtime.releases import of_member
from camshaft.runtime.replica import Replica
from camshaft.runtime.upgrade_plan import UpgradePlan

Run: TypeAlias = Callable[[], Any]


class Later:
    """What a command about an upgrade gives: it is answered once that was prepared."""

    __slots__ = ("_rest", "is_stalled", "run")

    def __init__(
        self, rest: Generator[bool, None, None], run: Run, is_stalled: Callable[[], bool] = lambda: False
    ) -> None:
        self._rest = rest
        self.run = run
        """Runs the command. Raises `Rejected`."""
        self.is_stalled = is_stalled
        """Whether nothing can be done for it now, since another process does something."""

    def advance(self) -> bool:
        """Prepare a little; whether there is more to prepare. Raises `Rejected` where the command can only fail."""
        return next(self._rest, False)

    def close(self) -> None:
        """Let go of what was prepared."""
        self._rest.close()


def upgrading(replica: Replica, upgrade: bytes, run: Run) -> Later:
    """An upgrade: `run` makes it, once the states that it needs were worked out."""
    return Later(_prepared(replica, upgrade), run)


def planning(replica: Replica, upgrade: bytes, shown: Callable[[UpgradePlan], Any]) -> Later:
    """The plan of an upgrade, and how it is shown."""
    found: list[UpgradePlan] = []

    def made() -> Generator[bool, None, None]:
        yield from _loaded(replica, upgrade)
        # The time of the processor, not of the clock: what else runs on the computer says nothing of the upgrade.
        with closing(replica.planning(upgrade, thread_time)) as plan:
            while plan.advance():
                yield True
            found.append(plan.found)

    return Later(made(), lambda: shown(found[0]))


def _loaded(replica: Replica, upgrade: bytes) -> Generator[bool, None, None]:
    with suppress(Rejected):  # whoever runs the command says so as well, and says it better
        for _ in replica.load(upgrade):
            yield True


def _prepared(replica: Replica, upgrade: bytes) -> Generator[bool, None, None]:
    yield from _loaded(replica, upgrade)
    preparation = replica.prepare(upgrade)
    if preparation is None:
        return
    with closing(preparation):
        while preparation.advance():
            yield True
        yield False


def releasing(replica: Replica, release: bytes, run: Run) -> Later:
    """A release, or its plan: as `upgrading`, for all of its upgrades."""
    return Later(_release_prepared(replica, release), run)


def _release_prepared(replica: Replica, release: bytes) -> Generator[bool, None, None]:
    upgrades: tuple[bytes, ...] = ()
    with suppress(Rejected):
        upgrades = decode_release(release).upgrades
    for upgrade in upgrades:
        yield from _loaded(replica, upgrade)
    with ExitStack() as prepared:
        for preparation in replica.prepare_release(release):
            prepared.enter_context(closing(preparation))
            more = True
            while more:
                with of_member(preparation.name):
                    more = preparation.advance()
                yield True
        yield False


class Waiting:
    """The clients that wait for an answer, first come first served."""

    def __init__(self) -> None:
        self._waiting: list[tuple[Connection, Later, Sequence[bytes]]] = []

    def __len__(self) -> int:
        return len(self._waiting)

    def __bool__(self) -> bool:
        """Whether something can be done for one of them now."""
        return self._first() is not None

    def _first(self) -> int | None:
        """The first of them for whom something can be done."""
        for index, (connection, later, _) in enumerate(self._waiting):
            if connection.has_ended or not later.is_stalled():
                return index
        return None

    def add(self, connection: Connection, later: Later, words: Sequence[bytes]) -> None:
        """Let a client wait for the answer to a command: no turn comes to it meanwhile."""
        connection.waits = connection.is_awake = True
        self._waiting.append((connection, later, words))

    def advance(self) -> tuple[Connection, Run] | None:
        """Prepare a little for the first for whom that can be done; that client and what runs its command, once it is
        time."""
        index = self._first()
        if index is None:
            return None
        connection, later, _ = self._waiting[index]
        if connection.has_ended:
            later.close()
            del self._waiting[index]
            return None
        try:
            if later.advance():
                return None
            run = later.run
        except Rejected as error:
            run = partial(_fail, error)
        del self._waiting[index]
        return connection, partial(_run, later, run)

    def close(self) -> None:
        """Let go of what was prepared: nobody is answered any more."""
        while self._waiting:
            self._waiting.pop()[1].close()

    def given_up(self) -> Iterator[Connection]:
        """Give up what was prepared: each client whose command is in its queue again, as if it had just come."""
        while self._waiting:
            connection, later, words = self._waiting.pop(0)
            later.close()
            if not connection.has_ended:
                connection.take_back(list(words))
                yield connection


def _run(later: Later, run: Run) -> Any:
    with closing(later):
        return run()


def _fail(error: Rejected) -> Any:
    raise error
