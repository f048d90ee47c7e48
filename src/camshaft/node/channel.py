"""The connection between two processes of one machine, of which one hands its node over to the other.

Messages are frames; open files travel with them, as `SCM_RIGHTS`. Each side learns from the kernel who the other is.

    frame:  length (u32), number of open files (u16), then the bytes

Rule: the frame, `Hello` and `Refused` never change. By them two versions of Camshaft find out that they do not go
together, and say so; everything else belongs to the version of the protocol.
"""

from __future__ import annotations

import array
import os
import socket
import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import msgspec

from camshaft.errors import Rejected
from camshaft.node.client_record import ClientRecord

PROTOCOL: Final = 1
"""The version of what two processes say to each other."""
MOST_FILES: Final = 200
"""How many open files travel with one message; the kernel takes 253."""
SOCKET_NAME: Final = "control"

_HEADER: Final = struct.Struct("<IH")
_CREDENTIALS: Final = struct.Struct("3i")
_MOST_BYTES: Final = 1 << 30


class Hello(msgspec.Struct, frozen=True, array_like=True, tag="hello"):
    """The first message of each side: its version of the protocol, and of Camshaft."""

    protocol: int
    version: str


class Refused(msgspec.Struct, frozen=True, array_like=True, tag="refused"):
    """The old process hands nothing over, or the new one takes nothing; the old one goes on as it was."""

    reason: str


class Listens(msgspec.Struct, frozen=True, array_like=True, tag="listens"):
    """Where the old process listens."""

    host: str
    port: int


class Behind(msgspec.Struct, frozen=True, array_like=True, tag="behind"):
    """The new process follows the journal, and has still much to do. It is said again and again, and not answered."""


class Take(msgspec.Struct, frozen=True, array_like=True, tag="take"):
    """The new process has followed the journal, and asks for the node."""

    behind_s: float
    """How much of the processor's time it took to fold what was missing the last time: what is missing now takes about
    as long."""


class NotNow(msgspec.Struct, frozen=True, array_like=True, tag="not-now"):
    """The new process is too far behind, or the old one in the middle of something: the new one asks again later."""

    wait_s: float
    """How long it may wait until then."""


class Estate(msgspec.Struct, frozen=True, array_like=True, tag="estate"):
    """What the old process hands over. With it come the lock of the directory and the listening sockets; then follow
    the clients. The old process stands still and may still withdraw."""

    position: int
    """Where the journal ends."""
    accepted: int
    """How many clients there ever were: the next one's number is one more."""
    clients: int
    """How many clients follow."""
    since_s: float
    """Since when clients have been waiting, by the clock of the machine."""


class Passed(msgspec.Struct, frozen=True, array_like=True, tag="passed"):
    """Clients, whose sockets come with the message."""

    clients: list[ClientRecord]


class Taken(msgspec.Struct, frozen=True, array_like=True, tag="taken"):
    """The new process has everything and could serve. It has written nothing."""


class Yours(msgspec.Struct, frozen=True, array_like=True, tag="yours"):
    """The old process never writes again, unless the new one ends without an answer to this."""


class Mine(msgspec.Struct, frozen=True, array_like=True, tag="mine"):
    """The new process is the node from here on. It says so before it writes anything or reads from any client."""


Message = Hello | Refused | Listens | Behind | Take | NotNow | Estate | Passed | Taken | Yours | Mine

_encoder: Final = msgspec.msgpack.Encoder()
_decoder: Final[msgspec.msgpack.Decoder[Message]] = msgspec.msgpack.Decoder(Message)


class Channel:
    """One side of the connection. Every method blocks for at most `timeout_s` at a time, and raises OSError then."""

    __slots__ = ("_socket", "pid", "uid")

    def __init__(self, connected: socket.socket, timeout_s: float) -> None:
        self._socket = connected
        connected.settimeout(timeout_s)
        credentials = connected.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
        self.pid, self.uid, _ = _CREDENTIALS.unpack(credentials)
        """The process on the other side and its user, as the kernel knows them."""

    def fileno(self) -> int:
        """The socket, to be told when a message has come."""
        return self._socket.fileno()

    def wait_for(self, timeout_s: float | None) -> None:
        """Block for at most so long from here on; None is for ever."""
        self._socket.settimeout(timeout_s)

    def send(self, message: Message, files: Sequence[int] = ()) -> None:
        """Send a message with open files. Raises OSError where the other side is gone, or does not read."""
        data = _encoder.encode(message)
        header = _HEADER.pack(len(data), len(files))
        rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", files))] if files else []
        sent = self._socket.sendmsg([header], rights)
        self._socket.sendall(header[sent:] + data)

    def receive(self) -> tuple[Message, list[int]]:
        """The next message, with its open files, which are the caller's to close.

        Raises EOFError where the other side is gone, OSError where it says nothing, Rejected where it says what no
        message is; then no files are left open.
        """
        files: list[int] = []
        try:
            return self._message(files), files
        except BaseException:
            # Whatever it was, an interrupt too: files that nobody was given would stay open.
            for each in files:
                os.close(each)
            raise

    def _message(self, files: list[int]) -> Message:
        length, count = _HEADER.unpack(self._exactly(_HEADER.size, files))
        if length > _MOST_BYTES:
            raise Rejected(f"process {self.pid} does not speak this protocol: a message of {length} bytes")
        data = self._exactly(length, files)
        if len(files) != count:
            raise Rejected(f"{count - len(files)} of {count} open files did not arrive: this process may open no more")
        try:
            return _decoder.decode(data)
        except msgspec.DecodeError as error:
            raise Rejected(f"process {self.pid} does not speak this protocol: {error}") from None

    def _exactly(self, length: int, files: list[int]) -> bytes:
        received = bytearray()
        while len(received) < length:
            wanted = min(length - len(received), 1 << 20)
            data, rights, _, _ = self._socket.recvmsg(
                wanted, socket.CMSG_SPACE(4 * MOST_FILES), socket.MSG_CMSG_CLOEXEC
            )
            for _, _, content in rights:
                files += array.array("i", content[: len(content) - len(content) % 4])
            if not data:
                raise EOFError
            received += data
        return bytes(received)

    def close(self) -> None:
        """Close it. Closing twice is allowed."""
        self._socket.close()


def listening(directory: Path) -> socket.socket:
    """The socket in a data directory, for this user's processes only; what another process left there is replaced.

    Raises OSError.
    """
    draft = f"{SOCKET_NAME}.new"
    bound = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        with _Short(directory) as short:
            (directory / draft).unlink(missing_ok=True)
            bound.bind(short.path(draft))
            (directory / draft).chmod(0o600)
            bound.listen()
            # Under its name once it is all that it should be.
            (directory / draft).rename(directory / SOCKET_NAME)
    except BaseException:
        # Here and below, whatever it was: a socket that nobody was given would stay open.
        bound.close()
        raise
    return bound


def connected(directory: Path) -> socket.socket:
    """A connection to the process that listens in a data directory. Raises OSError."""
    connecting = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        with _Short(directory) as short:
            connecting.connect(short.path(SOCKET_NAME))
    except BaseException:
        connecting.close()
        raise
    return connecting


class _Short:
    """A directory under a short name: the address of a socket has at most 107 bytes, and paths have more."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def __enter__(self) -> _Short:
        self._descriptor = os.open(self._directory, os.O_PATH | os.O_DIRECTORY)
        return self

    def path(self, name: str) -> str:
        return f"/proc/self/fd/{self._descriptor}/{name}"

    def __exit__(self, *_: Any) -> None:
        os.close(self._descriptor)
