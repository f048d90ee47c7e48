"""Servers that count: a node, and what one would use instead of it, each a process of its own with a fresh directory.

The rule of this file: it measures nothing. All of them understand what `redis-benchmark` sends, and have the same
durability: `always` is on the disk before the reply, `everysec` at most a second later, `memory` never.
"""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import hiredis

from camshaft.cli.demo_processes import NodeProcess
from programs import ESCRIPT, REDIS_SERVER, Program

COUNTER = Path(__file__).parent.parent / "examples" / "counter.py"
DURABILITIES = ("always", "everysec", "memory")
PEERS = Path(__file__).parent / "peers"
_START_TIMEOUT_S = 60.0
_ASK_EVERY_S = 0.02
_LUA_INCREMENT = """#!lua name=counting
redis.register_function('count_up', function(keys) return redis.call('INCR', keys[1]) end)
"""


@dataclass(frozen=True, slots=True)
class Server:
    """A server that runs, the command that counts one up, and the one that asks how far it has counted."""

    name: str
    port: int
    address: str
    """What is counted: the word of the commands that a key is appended to where there are many."""
    count: tuple[str, ...]
    read: tuple[str, ...]

    def keyed(self, key: str) -> tuple[str, ...]:
        """The command that counts up one of many."""
        return tuple(word + key if word == self.address else word for word in self.count)

    def counted(self) -> int:
        """How far it has counted."""
        reply = ask(self.port, *self.read)
        assert reply is None or isinstance(reply, int | bytes)
        return int(reply or 0)


OURS = "Camshaft, CALL counter incr"
FCALL = "Redis, FCALL of a Lua increment"
INCR = "Redis, INCR"
BY_CALL = "asyncio and SQLite, a commit a call"
BY_TURN = "asyncio and SQLite, a commit a turn"
GEN_SERVER = "Erlang, a gen_server"


def install() -> list[Program]:
    """Install what the servers need; the programs that are still missing then."""
    return [program for program in (REDIS_SERVER, ESCRIPT) if not program.install()]


@contextlib.contextmanager
def servers(durability: str, names: Sequence[str]) -> Iterator[list[Server]]:
    """The named servers while they run: those whose programs are there."""
    with contextlib.ExitStack() as stack:
        found = [server for start in (_camshaft, _redis, _asyncio, _erlang)
                 for server in stack.enter_context(start(durability, names))]  # fmt: skip
        yield sorted(found, key=lambda server: names.index(server.name))


@contextlib.contextmanager
def _camshaft(durability: str, names: Sequence[str]) -> Iterator[list[Server]]:
    if OURS not in names:
        yield []
        return
    with tempfile.TemporaryDirectory(prefix="camshaft-bench-") as directory:
        node = NodeProcess(COUNTER, Path(directory), "--durability", durability)
        try:
            node.start()
            port = node.endpoint.port
            yield [Server(OURS, port, "counter", ("CALL", "counter", "incr"), ("CALL", "counter", "value"))]
            node.stop()
        finally:
            node.discard()


@contextlib.contextmanager
def node_of(name: str, *options: str, package: Path | None = None) -> Iterator[Server]:
    """A node with its journal in memory, with more options, or of another copy of the package."""
    with contextlib.ExitStack() as stack:
        directory, port = _place(stack)
        command = [sys.executable, "-m", "camshaft", "serve", str(COUNTER), "--data", str(directory / "data")]
        environment = {} if package is None else {"PYTHONPATH": str(package)}
        stack.enter_context(
            _process([*command, "--durability", "memory", "--port", str(port), *options], directory, port, environment)
        )
        yield Server(name, port, "counter", ("CALL", "counter", "incr"), ("CALL", "counter", "value"))


@contextlib.contextmanager
def _redis(durability: str, names: Sequence[str]) -> Iterator[list[Server]]:
    if not {FCALL, INCR} & {*names} or not REDIS_SERVER.is_there:
        yield []
        return
    kept = ("no", "everysec") if durability == "memory" else ("yes", durability)
    with tempfile.TemporaryDirectory(prefix="camshaft-bench-") as directory:
        port = _free_port()
        command = ["redis-server", "--port", str(port), "--dir", directory, "--save", ""]
        with _process([*command, "--appendonly", kept[0], "--appendfsync", kept[1]], Path(directory), port):
            ask(port, "FUNCTION", "LOAD", _LUA_INCREMENT)
            both = [
                Server(FCALL, port, "called", ("FCALL", "count_up", "1", "called"), ("GET", "called")),
                Server(INCR, port, "counter", ("INCR", "counter"), ("GET", "counter")),
            ]
            yield [server for server in both if server.name in names]


@contextlib.contextmanager
def _asyncio(durability: str, names: Sequence[str]) -> Iterator[list[Server]]:
    with contextlib.ExitStack() as stack:
        found = []
        for name, unit in ((BY_CALL, "call"), (BY_TURN, "turn")):
            if name in names:
                directory, port = _place(stack)
                command = [sys.executable, str(PEERS / "asyncio_sqlite.py"), str(port), str(directory)]
                stack.enter_context(_process([*command, durability, unit], directory, port))
                found.append(_counting(name, port))
        yield found


@contextlib.contextmanager
def _erlang(durability: str, names: Sequence[str]) -> Iterator[list[Server]]:
    if GEN_SERVER not in names or not ESCRIPT.is_there:
        yield []
        return
    with contextlib.ExitStack() as stack:
        directory, port = _place(stack)
        command = ["escript", str(PEERS / "counting.erl"), str(port), str(directory / "log"), durability]
        stack.enter_context(_process(command, directory, port))
        yield [_counting(GEN_SERVER, port)]


def _counting(name: str, port: int) -> Server:
    return Server(name, port, "counter", ("INCR", "counter"), ("GET", "counter"))


def _place(stack: contextlib.ExitStack) -> tuple[Path, int]:
    return Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="camshaft-bench-"))), _free_port()


@contextlib.contextmanager
def _process(
    command: Sequence[str], directory: Path, port: int, environment: Mapping[str, str] = MappingProxyType({})
) -> Iterator[None]:
    """A process that answers on a port, until it is no longer needed."""
    log = directory / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                                   env={**os.environ, **environment})  # fmt: skip
    try:
        deadline = time.monotonic() + _START_TIMEOUT_S
        while not _answers(port):
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{' '.join(command)} does not answer:\n{log.read_text(errors='replace')[-2_000:]}")
            time.sleep(_ASK_EVERY_S)
        yield
    finally:
        process.terminate()
        process.wait()


def _answers(port: int) -> bool:
    try:
        return ask(port, "PING") in (b"PONG", "PONG")
    except OSError:
        return False


def ask(port: int, *words: str) -> object:
    """The reply of a server to one command. Raises RuntimeError where it is an error."""
    (reply,) = ask_all(port, [words])
    return reply


def ask_all(port: int, commands: Sequence[tuple[str, ...]]) -> list[object]:
    """The replies of a server to commands that are sent at once, on a connection of their own."""
    parser = hiredis.Reader()
    replies: list[object] = []
    with socket.create_connection(("127.0.0.1", port), timeout=_START_TIMEOUT_S) as connection:
        # The type stubs know the function as taking one word; it takes any number.
        connection.sendall(b"".join(hiredis.pack_command(words) for words in commands))  # type: ignore[arg-type]
        while len(replies) < len(commands):
            data = connection.recv(65_536)
            if not data:
                raise ConnectionResetError(f"the server on port {port} closed the connection")
            parser.feed(data)
            while (reply := parser.gets()) is not False:
                replies.append(reply)
    for words, reply in zip(commands, replies, strict=True):
        if isinstance(reply, hiredis.HiredisError):
            raise RuntimeError(f"{' '.join(words)}: {reply}")  # noqa: TRY004  # what the server says is wrong, not a type
    return replies


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
