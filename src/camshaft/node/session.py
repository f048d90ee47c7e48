"""The commands by which a client introduces itself, asks whether anybody is there, and leaves.

They answer as Redis does, so that its clients work unchanged. Where Camshaft has less (one user without a password,
one database), what asks for more is an error that says so.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from importlib.metadata import version
from typing import Any, Final

from camshaft.errors import Rejected
from camshaft.node.announcing import announce
from camshaft.node.calls import text_of
from camshaft.node.connection import Connection, Silence
from camshaft.node.context import Context
from camshaft.node.limits import Limits
from camshaft.node.replies import RESP2, RESP3, Simple, error

OK: Final = Simple("OK")
NO_REPLY: Final = object()
"""What a handler gives when the client gets no reply, or has got one already."""
VERSION: Final = version("camshaft")
_LONGEST_NAME: Final = 256


class Misuse(Rejected):
    """A command of the protocol, not of a machine, was used wrongly; `family` is the first word of the error reply."""

    def __init__(self, message: str, family: str = "ERR") -> None:
        super().__init__(message)
        self.family = family


def ping(_context: Context, _client: Connection, words: Sequence[bytes]) -> Any:
    """PING [message]"""
    return words[1] if len(words) > 1 else Simple("PONG")


def echo(_context: Context, _client: Connection, words: Sequence[bytes]) -> Any:
    """ECHO message"""
    return words[1]


def hello(_context: Context, client: Connection, words: Sequence[bytes]) -> Any:
    """HELLO [2|3 [AUTH user password] [SETNAME name]]"""
    protocol = client.protocol
    name = client.name
    if len(words) > 1:
        if words[1] not in {b"2", b"3"}:
            raise Misuse("this node speaks RESP 2 and 3", "NOPROTO")
        protocol = RESP3 if words[1] == b"3" else RESP2
    rest = list(words[2:])
    while rest:
        match rest:
            case [option, user, _, *more] if option.upper() == b"AUTH":
                _check_user(user)
                rest = more
            case [option, given, *more] if option.upper() == b"SETNAME":
                name = _client_name(given)
                rest = more
            case _:
                raise Misuse(f"HELLO has no option {text_of(rest[0], 'an option')!r}, or it needs more words")
    client.protocol = protocol
    client.name = name
    return {
        "server": "camshaft",
        "version": VERSION,
        "proto": protocol.version,
        "id": client.id,
        "mode": "standalone",
        "role": "master",
        "modules": [],
    }


def auth(_context: Context, _client: Connection, words: Sequence[bytes]) -> Any:
    """AUTH [user] password"""
    if len(words) == 2:
        raise Misuse("AUTH was sent a password, but this node has none; remove it from the client's settings")
    _check_user(words[1])
    return OK


def client(context: Context, client_: Connection, words: Sequence[bytes]) -> Any:
    """CLIENT ID|GETNAME|SETNAME|SETINFO|INTERFACE|REPLY|INFO|LIST …"""
    match [words[1].upper(), *words[2:]]:
        case [b"ID"]:
            return client_.id
        case [b"GETNAME"]:
            return client_.name or None
        case [b"SETNAME", name]:
            client_.name = _client_name(name)
            return OK
        case [b"SETINFO", attribute, value] if attribute.lower() in {b"lib-name", b"lib-ver"}:
            client_.library[attribute.lower().decode()] = _client_name(value)
            return OK
        case [b"INFO"]:
            return _described(client_)
        case [b"LIST"]:
            return "".join(f"{_described(each)}\n" for each in context.clients.connected.values())
        case [b"INTERFACE", machine, program, *rest] if len(rest) <= 1:
            return announce(context, client_, machine, program, rest[0] if rest else b"")
        case [b"REPLY", mode] if mode.lower() in {b"on", b"off", b"skip"}:
            return _set_silence(client_, mode.lower())
        case _:
            asked = text_of(b" ".join(words[1:3]), "CLIENT")
            raise Misuse(
                f"CLIENT {asked!r} is not known here: ID, GETNAME, SETNAME, SETINFO, INTERFACE, REPLY, INFO, LIST are"
            )


def select(_context: Context, _client: Connection, words: Sequence[bytes]) -> Any:
    """SELECT 0"""
    if words[1] != b"0":
        raise Misuse("a node has one database, number 0")
    return OK


def reset(context: Context, client_: Connection, _words: Sequence[bytes]) -> Any:
    """RESET"""
    client_.protocol = RESP2
    client_.silence = Silence.NONE
    client_.name = ""
    client_.interfaces.clear()
    client_.calls = None
    context.clients.monitors.pop(client_.id, None)
    return Simple("RESET")


def quit_(_context: Context, client_: Connection, _words: Sequence[bytes]) -> Any:
    """QUIT"""
    client_.reply(client_.protocol.view(OK))
    client_.end()
    return NO_REPLY


def monitor(context: Context, client_: Connection, _words: Sequence[bytes]) -> Any:
    """MONITOR"""
    context.clients.monitors[client_.id] = client_
    return OK


def monitored(client_: Connection, words: Sequence[bytes], now_s: float) -> str:
    """A command as MONITOR shows it, in the form of Redis: the time, the client, the words in quotes."""
    shown = " ".join(f'"{_escaped(word)}"' for word in words)
    return f"{now_s:.6f} [0 {client_.peer}] {shown}"


def turned_away(limits: Limits) -> bytes:
    """The reply to a command that came when too many were waiting."""
    bounds = f"{limits.pending} commands, or {limits.pending_bytes} bytes of them,"
    return error("BUSY", f"{bounds} are waiting already; this one was not run, try again later")


def too_many_prepared(count: int) -> Misuse:
    """The error for a plan or an upgrade that came while too many were being prepared."""
    return Misuse(f"{count} plans and upgrades are being prepared already; try again later", "BUSY")


def _set_silence(client_: Connection, mode: bytes) -> Any:
    if mode == b"on":
        client_.silence = Silence.NONE
        return OK
    client_.silence = Silence.ALL if mode == b"off" else Silence.NEXT
    return NO_REPLY


def _check_user(user: bytes) -> None:
    if user != b"default":
        raise Misuse("this node has one user, named default, who needs no password", "WRONGPASS")


def _client_name(name: bytes) -> str:
    text = text_of(name, "a client's name")
    if len(text) > _LONGEST_NAME or not (text.isprintable() and " " not in text):
        raise Misuse(f"a client's name has at most {_LONGEST_NAME} characters, without spaces and controls")
    return text


def _described(client_: Connection) -> str:
    age_s = int(time.monotonic() - client_.connected_at_s)
    library = " ".join(f"{name}={value}" for name, value in client_.library.items())
    fields = [
        f"id={client_.id}",
        f"addr={client_.peer}",
        f"name={client_.name}",
        f"age={age_s}",
        f"flags={'O' if client_.is_monitor else 'N'}",
        f"cmd={client_.last_command}",
        f"qlen={len(client_.queue)}",
        f"resp={client_.protocol.version}",
        library,
    ]
    return " ".join(filter(None, fields))


def _escaped(word: bytes) -> str:
    text = word[:256].decode("utf-8", "backslashreplace")
    escaped = text.encode("unicode_escape").decode().replace('"', '\\"')
    return escaped if len(word) <= 256 else f"{escaped}…"
