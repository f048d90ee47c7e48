"""Bytes of a client -> commands: the frames of RESP, parsed by hiredis, and lines of text typed by a person.

hiredis is a parser for replies, which come from a server one trusts: it reserves memory for as many elements as an
array's header announces. So nothing dangerous may reach it. A chunk that cannot hold a large header is let through
after two fast searches; any other chunk, and any that begins or ends within a command, is first followed exactly by
`_Outline`, in Python. (Following every chunk exactly cost 1 µs a command, a tenth of the whole path.)

Rule: nothing in this file knows what a command means.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from typing import Any, Final

import hiredis

from camshaft.errors import Rejected
from camshaft.node.familiar import Familiar
from camshaft.node.limits import Limits

_INCOMPLETE: Final = object()
_LARGE_HEADER: Final = re.compile(rb"\*\d\d\d").search
"""Finds every header of 100 or more elements, and innocent payloads that look like one."""
_COMMAND_HEADER: Final = re.compile(rb"\*(0|[1-9][0-9]{0,18})\r\n").match
_WORD_HEADER: Final = re.compile(rb"\$(0|[1-9][0-9]{0,18})\r\n").match
_LONGEST_HEADER: Final = 22
"""Bytes of the longest header that is not malformed: `*`, 19 digits, CR, LF."""
_WORD_BYTES: Final = 64
"""What a word takes besides its own bytes, at most."""
_ASTERISK: Final = ord("*")


class ProtocolError(Rejected):
    """The bytes of a client are not RESP, or exceed a limit: the connection cannot go on."""


class Framing:
    """The incoming side of one connection. It never holds more than one incomplete command."""

    __slots__ = (
        "_at_boundary",
        "_chunks",
        "_familiar",
        "_feed",
        "_limits",
        "_line",
        "_next",
        "_outline",
        "held",
        "is_between",
    )

    def __init__(self, limits: Limits, familiar: Familiar) -> None:
        reader = hiredis.Reader(notEnoughData=_INCOMPLETE)
        self._feed: Callable[..., None] = reader.feed
        self._next: Callable[[], Any] = reader.gets
        self._limits = limits
        self._familiar = familiar
        self._outline = _Outline(limits)
        self._at_boundary = True
        self.is_between = True
        """Whether nothing of a command has arrived that is not complete."""
        self._line = b""
        self._chunks: list[bytes] = []
        """What has arrived of the incomplete command, as it came: the parser does not give it back."""
        self.held = 0
        """How much memory the incomplete command takes, in bytes: what has arrived of it, and some for each word."""

    @property
    def rest(self) -> bytes:
        """The bytes of the incomplete command: another framing that receives them goes on as this one would."""
        return self._line + b"".join(self._chunks)

    def receive(self, data: bytes, commands: list[list[bytes]]) -> None:
        """Add each command that is complete with this chunk (not empty), as its list of words, which is not changed.

        Raises ProtocolError, after which the connection is to be closed.
        """
        at_boundary = self._at_boundary
        if at_boundary:
            if data[0] != _ASTERISK or self._line:
                self._receive_lines(data, commands)
                self.is_between = self._at_boundary and not self._line
                return
            known = self._familiar.commands(data)
            if known is not None:
                commands += known
                return
        before = len(commands)
        is_followed = not at_boundary or _LARGE_HEADER(data) is not None or b">" in data or b"~" in data or b"|" in data
        if is_followed:
            self._outline.follow(data)
        try:
            is_complete = self._parse(data, commands.append)
        except hiredis.ProtocolError as error:
            raise ProtocolError(f"this is not a command in RESP: {error}") from None
        if at_boundary and len(commands) > before:
            self._familiar.notice(data, commands[before])
        self._at_boundary = self.is_between = is_complete
        if is_complete:
            self._chunks.clear()
            self.held = 0
            return
        if not is_followed:
            self._outline.follow(data)
        self._keep(data)
        self.held = self._outline.held

    def _keep(self, data: bytes) -> None:
        """Keep what a chunk, which was followed, holds of the incomplete command."""
        begins_at = self._outline.begins_at
        if begins_at >= 0:
            self._chunks.clear()
        self._chunks.append(data[max(begins_at, 0) :])

    def _parse(self, data: bytes, add: Callable[[list[bytes]], None]) -> bool:
        """Parse a chunk; whether it ends where a command ends.

        The reader does not tell whether it is in the middle of an array. But a chunk ends with a command just if a
        command is completed by the last byte, so that byte is fed alone.
        """
        next_command = self._next
        last = len(data) - 1
        self._feed(data, 0, last)
        command = next_command()
        while command is not _INCOMPLETE:
            if words := _checked(command):  # an empty command is none, as Redis has it
                add(words)
            command = next_command()
        self._feed(data, last, 1)
        command = next_command()
        if command is _INCOMPLETE:
            return False
        if words := _checked(command):
            add(words)
        return True

    def _receive_lines(self, data: bytes, commands: list[list[bytes]]) -> None:
        """Commands typed as lines, as in `PING` over netcat; RESP may follow them."""
        data = self._line + data
        self._line = b""
        limit = self._limits.inline_bytes
        at = 0
        while at < len(data):
            if data[at] == _ASTERISK:
                self.receive(data[at:], commands)
                return
            end = data.find(b"\n", at)
            line = data[at:] if end < 0 else data[at:end]
            if line.strip() and not line[:1].isalpha():
                raise ProtocolError(f"a command begins with '*' or a letter, not with {_shown(line)}")
            if len(line) > limit:
                raise ProtocolError(f"a line of text is longer than {limit} bytes")
            if end < 0:
                self._line = line
                return
            words = _split(line)
            if words:
                commands.append(words)
            at = end + 1


class _Outline:
    """Follows where commands begin and end, through chunks cut anywhere, and refuses what is too large or nested."""

    __slots__ = ("_announced", "_frame_bytes", "_limits", "_line", "_skip", "_words", "begins_at")

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._line = b""
        """The beginning of a header whose end has not arrived."""
        self._announced = 0
        """How many words the present command has."""
        self._words = 0
        """How many words of the present command have not begun yet."""
        self._skip = 0
        """How many bytes of the present word, with its CR LF, have not arrived yet."""
        self._frame_bytes = 0
        """How long the words of the present command are, as far as their headers have announced."""
        self.begins_at = -1
        """Where in the last chunk the present command begins; negative where that is in an earlier one."""

    def follow(self, data: bytes) -> None:
        """Follow the next chunk. Raises ProtocolError."""
        earlier = len(self._line)
        self.begins_at = -1
        if self._line:
            data = self._line + data
            self._line = b""
        at = self._skip
        end = len(data)
        while at < end:
            if not self._words:
                self.begins_at = at - earlier
            header = (_WORD_HEADER if self._words else _COMMAND_HEADER)(data, at)
            if header is None:
                self._hold(data[at:])
                at = end
                break
            announced = int(header[1])
            at = header.end()
            if self._words:
                self._words -= 1
                at += announced + 2
                self._frame_bytes += announced
                if self._frame_bytes > self._limits.frame_bytes:
                    raise ProtocolError(f"a command is larger than {self._limits.frame_bytes} bytes")
            else:
                if announced > self._limits.arguments:
                    raise ProtocolError(f"a command of {announced} words; at most {self._limits.arguments} are read")
                self._announced = self._words = announced
                self._frame_bytes = 0
        self._skip = at - end

    @property
    def held(self) -> int:
        """How much memory the present command takes, in bytes."""
        return self._frame_bytes - self._skip + (self._announced - self._words) * _WORD_BYTES

    def _hold(self, rest: bytes) -> None:
        """Keep the beginning of a header for the next chunk, if it can become one."""
        expected = b"$" if self._words else b"*"
        if rest[:1] != expected or len(rest) >= _LONGEST_HEADER or b"\n" in rest:
            what = "a word of a command" if self._words else "a command"
            raise ProtocolError(f"{what} begins with '{expected.decode()}' and a count, not with {_shown(rest)}")
        self._line = rest


def _checked(command: Any) -> list[bytes]:
    """A command as parsed, if it is a list of byte strings and nothing else that RESP can say."""
    if type(command) is list:
        try:
            # The cheapest way to ask whether all elements are bytes: 60 ns for three.
            b"".join(command)
        except TypeError:
            raise ProtocolError("each word of a command is a bulk string; here is another type of RESP") from None
        return command
    raise ProtocolError(f"a command is an array of bulk strings; here is {_shown(repr(command).encode())}")


def _split(line: bytes) -> list[bytes]:
    """The words of a line, in which quotes keep a word together."""
    if b'"' not in line and b"'" not in line and b"\\" not in line:
        return line.split()
    try:
        return [word.encode() for word in shlex.split(line.decode())]
    except ValueError as error:
        raise ProtocolError(f"this line is not a command: {error}") from None


def _shown(data: bytes) -> str:
    text = data[:20].decode("ascii", "backslashreplace")
    return repr(text) if len(data) <= 20 else f"{text!r}…"
