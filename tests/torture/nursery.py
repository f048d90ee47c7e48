"""A process that has everything imported that a node needs, and forks one for whoever asks: lives begin at once.

    python -m torture.nursery DESCRIPTOR

It runs under the shim, which does nothing until a child tells it to begin. The child then runs the command line as
anybody does; it has a session of its own. There is one at a time: its id is answered, and its exit code in the end.
"""

from __future__ import annotations

import ctypes
import json
import os
import socket
import sys
import traceback
from typing import Any, NoReturn

import camshaft.cli.main
import camshaft.language.from_text
import camshaft.node.server
from camshaft.cli.authoring import machines_to_run
from torture.versions import FILE

_MOST_BYTES = 1 << 16


def attend(channel: socket.socket) -> None:
    """Fork a child for each request, until nobody asks any more."""
    machines_to_run(FILE)
    while True:
        request, descriptors, _, _ = socket.recv_fds(channel, _MOST_BYTES, 2)
        if not request:
            return
        pid = os.fork()
        if pid == 0:
            channel.close()
            _live(json.loads(request), *descriptors)
        for descriptor in descriptors:
            os.close(descriptor)
        channel.sendall(b"%d\n" % pid)
        _, status = os.waitpid(pid, 0)
        channel.sendall(b"%d\n" % os.waitstatus_to_exitcode(status))


def _live(request: dict[str, Any], out: int, err: int) -> NoReturn:
    code = 70
    try:
        os.setsid()
        os.dup2(out, 1)
        os.dup2(err, 2)
        os.close(out)
        os.close(err)
        os.environ.update(request["environment"])
        ctypes.CDLL(os.environ["LD_PRELOAD"]).torture_begin()
        sys.argv = ["camshaft", *request["arguments"]]
        camshaft.cli.main.main()
        code = 0
    except SystemExit as ending:
        code = ending.code if isinstance(ending.code, int) else int(ending.code is not None)
    except BaseException:  # noqa: BLE001 - as the interpreter does with what nobody caught
        traceback.print_exc()
        code = 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    attend(socket.socket(fileno=int(sys.argv[1])))
