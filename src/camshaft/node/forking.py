"""Children of a node's process: each has its memory as it was at one moment, does one thing with it, and ends.

A fork copies the tables of the pages and no page, a few milliseconds for some hundred megabytes; whatever the child
does then costs the node no time but what two processes take from each other.

Rule: a child touches nothing that it shares with the node but memory, and the one descriptor that it is given. It
closes every other first: the lock of the data directory, the listening socket and the clients must not outlive the node
in it. It logs and imports nothing, since another thread may have held a lock for that when it was forked.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
import traceback
import warnings
from collections.abc import Callable
from typing import Final, NoReturn

from camshaft.errors import Rejected

_NICENESS: Final = 10
_STANDARD: Final = 3
"""Descriptors that a child keeps: standard input, output and error."""


def forked(task: str, do: Callable[[], object], kept: int | None = None) -> int:
    """The id of a child that does this, whose exit code is 0 where it could, and which has the descriptor `kept`.

    `task` is what the child says that it could not do. Raises `Rejected` where there can be no child.
    """
    try:
        with warnings.catch_warnings():
            # The child runs one thread, and asks for no lock of another one.
            warnings.simplefilter("ignore", DeprecationWarning)
            pid = os.fork()
    except OSError as error:
        raise Rejected(f"{task}: no process can be forked for it: {error.strerror}; try again later") from error
    if pid == 0:
        _do_and_exit(task, do, kept)
    return pid


def _do_and_exit(task: str, do: Callable[[], object], kept: int | None) -> NoReturn:
    """The life of the child."""
    code = 1
    try:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_DFL)
        last = os.sysconf("SC_OPEN_MAX")
        os.closerange(_STANDARD, last if kept is None else kept)
        if kept is not None:
            os.closerange(kept + 1, last)
        os.nice(_NICENESS)
        gc.disable()
        do()
        code = 0
    except OSError as error:
        sys.stderr.write(f"{task}: {error}\n")
    except BaseException:  # noqa: BLE001 - nothing above this may run in the child: what it holds is the node's
        traceback.print_exc()
    finally:
        os._exit(code)
