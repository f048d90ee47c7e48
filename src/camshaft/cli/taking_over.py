"""`serve --takeover`: the order in which a new process becomes the node in place of one that runs.

What can fail or take long comes before the other process is asked for the node; from then on, clients wait.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from camshaft.cli.printing import print_note
from camshaft.errors import Rejected
from camshaft.journal.journal import Durability, JournalFailed

if TYPE_CHECKING:
    from camshaft.journal.reading import FollowedJournal
    from camshaft.node.taking_over import Inheritance, Predecessor
    from camshaft.runtime.replica import Replica


def take_over(
    data: Path, host: str, port: int, durability: Durability, prepare: Callable[[Replica], None]
) -> tuple[Replica, Inheritance | None] | None:
    """The replica of the node that runs on a data directory, and all else that its process has handed over.

    None where nobody is there, and nothing where the other process ended before it handed anything over: the replica
    is then what it left. `prepare` is called while the other process still serves; what it raises ends the attempt.
    Raises `Rejected` or `JournalFailed` where this process does not become the node: the other one goes on.
    """
    from camshaft.journal.reading import FollowedJournal
    from camshaft.journal.snapshots import Snapshots
    from camshaft.journal.sqlite import SqliteJournal
    from camshaft.node.taking_over import Ended, NobodyThere, Predecessor
    from camshaft.runtime.replica import Replica

    if durability is Durability.MEMORY:
        raise Rejected("a node with --durability memory takes nothing over: what it goes on with is in a journal")
    try:
        predecessor = Predecessor(data, host, port)
    except (NobodyThere, Ended) as error:
        print_note(f"{error}: started as without --takeover")
        return None
    try:
        followed = FollowedJournal(data)
        replica = Replica(followed, snapshots=Snapshots(data))
        try:
            return replica, _taken(predecessor, replica, followed, durability, prepare)
        except Ended as error:
            print_note(f"{error} before it was taken over: recovered as after a crash")
            followed.close()
            replica.journal = SqliteJournal(data, durability)
            replica.recover()
            return replica, None
        except BaseException:
            # An interrupt while it catches up, too: the other process goes on, and this one must let go of its journal.
            replica.close()
            raise
    except (Rejected, JournalFailed) as error:
        predecessor.refuse(error)
        raise
    finally:
        predecessor.close()


def _taken(
    predecessor: Predecessor,
    replica: Replica,
    followed: FollowedJournal,
    durability: Durability,
    prepare: Callable[[Replica], None],
) -> Inheritance:
    from camshaft.journal.sqlite import SqliteJournal
    from camshaft.node.limits import DEFAULT_LIMITS, connections_possible
    from camshaft.node.server import settle_memory

    replica.recover()
    prepare(replica)
    settle_memory()
    connections_possible(DEFAULT_LIMITS)  # as many open files as the other process may have
    followed.sync()
    inherited = predecessor.ask(replica)
    try:
        predecessor.settle(replica, inherited, lambda lock: SqliteJournal(followed.directory, durability, lock=lock))
    except BaseException:
        # Whatever it was, an interrupt too: the sockets and the lock that came along would stay open here.
        inherited.close()
        raise
    return inherited
