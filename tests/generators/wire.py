"""Nodes in this process for tests, the bytes that clients send them, and a machine that takes values of every type."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator, Sequence
from typing import Any

import hiredis

from camshaft.bytecode.encoding import encode_program
from camshaft.bytecode.program import ConstantValue, Parameter, Program
from camshaft.category.assembler import MethodSource, ProgramSource, assemble
from camshaft.category.terms import Constant, Project
from camshaft.journal.memory import MemoryJournal
from camshaft.node.limits import DEFAULT_LIMITS, Limits
from camshaft.node.server import NodeThread
from camshaft.node.trace import Trace
from camshaft.runtime.replica import Replica
from camshaft.values.types import BOOL, INT, STR, UNIT, List, Map, Record, Type, Variant, tuple_of
from generators.machines import cart, counter

CARD = Record((("number", STR), ("cents", INT)))
ECHOES: dict[str, Type] = {
    "int": INT,
    "bool": BOOL,
    "str": STR,
    "unit": UNIT,
    "list": List(INT),
    "pair": tuple_of(INT, BOOL),
    "card": CARD,
    "map": Map(STR, List(INT)),
    "table": Map(INT, STR),
    "maybe": Variant((("None", UNIT), ("int", INT))),
    "payment": Variant((("Card", CARD), ("Cash", UNIT))),
}
"""The methods of `echo` and the type that each takes and gives back."""

_DEADLINE_S = 20


def echo() -> Program:
    """A machine whose methods give their argument back, and `ordered(a, b=2, c="x")`, which has defaults."""
    ordered = MethodSource(
        "ordered",
        (
            Parameter("a", INT),
            Parameter("b", INT, ConstantValue(INT, 2)),
            Parameter("c", STR, ConstantValue(STR, "x")),
        ),
        STR,
        Project("c"),
    )
    echoes = (MethodSource(name, (Parameter("it", type_),), type_, Project("it")) for name, type_ in ECHOES.items())
    return assemble(ProgramSource(name="echo", state=UNIT, initial=Constant(UNIT, ()), methods=(*echoes, ordered)))


def replica(*programs: Program) -> Replica:
    """A replica in memory that runs these programs."""
    made = Replica(MemoryJournal())
    for program in programs:
        made.deploy(encode_program(program))
    return made


@contextlib.contextmanager
def node(limits: Limits = DEFAULT_LIMITS, trace: Trace | None = None) -> Iterator[NodeThread]:
    """A node with a counter, a cart and an echo, which stops with the block."""
    with NodeThread(replica(counter(), cart(), echo()), limits=limits, trace=trace) as thread:
        yield thread


def packed(*words: str | bytes | int) -> bytes:
    """A command as RESP."""
    encoded = [word if isinstance(word, bytes) else str(word).encode() for word in words]
    return b"*%d\r\n" % len(encoded) + b"".join(b"$%d\r\n%b\r\n" % (len(word), word) for word in encoded)


class Wire:
    """A socket to a node, for saying exactly these bytes and hearing exactly those."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=_DEADLINE_S)
        self._reader = hiredis.Reader(notEnoughData=self)

    def __enter__(self) -> Wire:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def send(self, data: bytes) -> None:
        """Send bytes as they are."""
        self.socket.sendall(data)

    def ask(self, *words: str | bytes | int) -> Any:
        """Send a command, and give its reply; an error reply is an exception as a value."""
        self.send(packed(*words))
        return self.reply()

    def reply(self) -> Any:
        """The next reply. Raises EOFError where the node has closed the connection."""
        while True:
            reply = self._reader.gets()
            if reply is not self:
                return reply
            received = self.socket.recv(1 << 16)
            if not received:
                raise EOFError
            self._reader.feed(received)

    def replies(self, count: int) -> list[Any]:
        """The next replies."""
        return [self.reply() for _ in range(count)]

    def rest(self) -> bytes:
        """Every byte until the node closes the connection."""
        received = bytearray()
        with contextlib.suppress(ConnectionResetError):
            while part := self.socket.recv(1 << 16):
                received += part
        return bytes(received)


def texts(replies: Sequence[Any]) -> list[Any]:
    """Replies with byte strings and errors as text."""
    return [
        each.decode() if isinstance(each, bytes) else str(each) if isinstance(each, Exception) else each
        for each in replies
    ]
