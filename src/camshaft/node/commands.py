"""Every command that a node knows, in one table: name, arity, what it takes, what runs it, one line of meaning.

The arity is Redis's: the number of words with the name, or less than zero for "at least so many". What a command
takes is also what COMMAND DOCS and error messages say about it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from camshaft.node import administration, announcing, information, session, snapshotter
from camshaft.node.calls import did_you_mean
from camshaft.node.connection import Connection
from camshaft.node.context import Context
from camshaft.node.replies import Simple
from camshaft.node.session import Misuse

Handler: TypeAlias = Callable[[Context, Connection, Sequence[bytes]], Any]
"""Runs a command: gives a view for the reply, or NO_REPLY. Raises Rejected."""


@dataclass(frozen=True, slots=True)
class Command:
    """A command; `run` is None for calls of machines, which go through the journal (see `turns`)."""

    name: str
    arity: int
    takes: str
    run: Handler | None
    meaning: str
    group: str = "connection"
    is_secret: bool = False
    """Whether MONITOR does not show it."""

    @property
    def usage(self) -> str:
        """The command as one writes it."""
        return f"{self.name} {self.takes}".rstrip()

    def accepts(self, count: int) -> bool:
        """Whether the command can have so many words, its name included."""
        return count == self.arity if self.arity >= 0 else count >= -self.arity


def command(_context: Context, _client: Connection, words: Sequence[bytes]) -> Any:
    """COMMAND [COUNT|DOCS|INFO|LIST [name …]]"""
    match [word.upper() for word in words[1:]]:
        case []:
            return [_summary(each) for each in COMMANDS.values()]
        case [b"COUNT"]:
            return len(COMMANDS)
        case [b"LIST"]:
            return [each.name.lower() for each in COMMANDS.values()]
        case [b"INFO", *names]:
            return [_summary(each) for each in _chosen(names)]
        case [b"DOCS", *names]:
            return {each.name.lower(): _documentation(each) for each in _chosen(names)}
        case _:
            raise Misuse("COMMAND is followed by nothing, COUNT, LIST, INFO or DOCS")


def _chosen(names: Sequence[bytes]) -> list[Command]:
    if not names:
        return list(COMMANDS.values())
    return [COMMANDS[name] for name in names if name in COMMANDS]


_WRITERS: Final = {
    "CALL",
    "CALLN",
    "CALLB",
    "ONCE",
    "DEPLOY",
    "UPGRADE",
    "RELEASE",
    "ROLLBACK",
    "ROLLBACKRELEASE",
    "STEER",
    "DELETE",
}


def _summary(each: Command) -> list[Any]:
    flags = [Simple("write" if each.name in _WRITERS else "fast")]
    return [each.name.lower(), each.arity, flags, 0, 0, 0, [], [], [], []]


def _documentation(each: Command) -> dict[str, Any]:
    return {
        "summary": each.meaning,
        "since": session.VERSION,
        "group": each.group,
        "arguments": [_argument(word) for word in _arguments(each.takes)],
    }


def _arguments(takes: str) -> list[str]:
    """The arguments of a usage line: what is in brackets is one of them."""
    found: list[str] = []
    depth = 0
    for word in takes.split():
        if depth:
            found[-1] += f" {word}"
        else:
            found.append(word)
        depth += word.count("[") - word.count("]")
    return found


def _argument(text: str) -> dict[str, Any]:
    name = text.strip("[]").removesuffix(" …")
    described: dict[str, Any] = {"name": name, "type": "string", "display_text": name}
    flags = [Simple(flag) for flag, is_set in (("optional", text[0] == "["), ("multiple", "…" in text)) if is_set]
    if flags:
        described["flags"] = flags
    return described


def find(word: bytes) -> Command:
    """The command of a name, in any case. Raises Misuse where there is none."""
    found = COMMANDS.get(word) or COMMANDS.get(word.upper())
    if found is None:
        name = word[:60].decode("utf-8", "backslashreplace")
        names = [each.name for each in COMMANDS.values()]
        hint = did_you_mean(name.upper(), names) or "; COMMAND LIST gives those that there are"
        raise Misuse(f"unknown command {name!r}{hint}")
    return found


def wrong_number(found: Command) -> Misuse:
    """The error for a command with too many or too few words."""
    return Misuse(f"wrong number of arguments for '{found.name.lower()}' command; it is: {found.usage}")


COMMANDS: Final[dict[bytes, Command]] = {
    each.name.encode(): each
    for each in (
        # Calls
        Command("CALL", -3, "address method [argument …]", None,
                "Call a method: scalars as text, other arguments as JSON.", "machines"),
        Command("CALLN", -3, "address method [name argument …]", None,
                "Call a method with arguments by name; those with defaults may be left out.", "machines"),
        Command("CALLB", 4, "address method arguments", None,
                "Call a method with its arguments as the canonical bytes of their record; so the result comes.",
                "machines"),
        Command("ONCE", -5, "key CALL|CALLN|CALLB address method [argument …]", None,
                "A call that may be sent again: one with a key that was used before is not run, but answered again.",
                "machines"),
        # Machines
        Command("MACHINES", 1, "", administration.machines,
                "The machines of this node: name, program id, origin, number of instances.", "machines"),
        Command("INSTANCES", -2, "machine [cursor [count]]", administration.instances,
                "A page of a machine's instances, and the cursor of the next page (0: that was the last).", "machines"),
        Command("STATE", 2, "address", administration.state, "The state of an instance as JSON.", "machines"),
        Command("DELETE", 2, "address", administration.delete,
                "Let an instance be no more; the next input for its address begins from the initial state.",
                "machines"),
        Command("DESCRIBE", 2, "machine", administration.describe,
                "The state type, methods and refusals of a machine as JSON.", "machines"),
        Command("PROGRAM", 2, "machine", administration.program,
                "The program that a machine runs, as its bytes.", "machines"),
        Command("HISTORY", 2, "machine", administration.history,
                "The deployment of a machine and each upgrade since.", "machines"),
        Command("DEPLOY", 2, "program", administration.deploy, "Start a new machine from its program.", "machines"),
        Command("PLAN", 2, "upgrade", administration.plan,
                "Check an upgrade and rehearse it, without doing it; JSON.", "machines"),
        Command("UPGRADE", 2, "upgrade", administration.upgrade,
                "Replace a machine's program, and migrate all of its instances.", "machines"),
        Command("RELEASEPLAN", 2, "release", administration.release_plan,
                "Check a release, without making it; JSON.", "machines"),
        Command("RELEASE", 2, "release", administration.release,
                "Upgrade several machines and deploy new ones as one record, all or none.", "machines"),
        Command("ROLLBACKPLAN", -2, "machine [way]", administration.rollback_plan,
                "What going back before a machine's last upgrade would do and lose, without doing it.", "machines"),
        Command("ROLLBACK", -5, "machine undone way id [MACHINEONLY]", administration.rollback,
                "Take the upgrade at a position back, by downgrade or replay; an id of 32 hex digits tells a retry.",
                "machines"),
        Command("ROLLBACKRELEASEPLAN", -2, "release [way]", administration.release_rollback_plan,
                "What taking a whole release back would do and lose, machine by machine; JSON.", "machines"),
        Command("ROLLBACKRELEASE", -5, "release id machine way [machine way …]", administration.rollback_release,
                "Take all upgrades of a release back as one record, each by its way, or none.", "machines"),
        Command("ROLLOUT", 2, "machine", administration.rollout,
                "How the rollout of a machine's last upgrade stands, as JSON.", "machines"),
        Command("STEER", -5, "machine upgrade action id [share]", administration.steer,
                "Let the rollout of the upgrade at a position grow (to a share in parts per million), hold, resume or "
                "confirm.", "machines"),
        Command("SETTING", 4, "machine FUEL units|DEFAULT", administration.setting,
                "Set the units of fuel that one input of a machine may use from here on.", "machines"),
        Command("EXPORT", 2, "position", administration.export,
                "A page of the journal from a position on: where it ends, and batches of position, count and bytes.",
                "machines"),
        Command("CLIENTS", 2, "machine", announcing.clients,
                "The versions of a machine that clients were made for, and who is there for each.", "machines"),
        Command("RETIRE", -3, "machine interface [UNDO]", announcing.retire,
                "Serve clients of a version no longer, named by the first digits of its id; UNDO: again.", "machines"),
        # The node
        Command("SNAPSHOT", 1, "", snapshotter.snapshot,
                "Begin to write a snapshot of all that the node holds; its position. INFO says when it is there.",
                "server"),
        Command("INFO", -1, "[section …]", information.info, "Figures about this node.", "server"),
        Command("SLOWLOG", -2, "GET|LEN|RESET [count]", information.slowlog,
                "What took this node 10 ms or longer, the last of it: batches of inputs, and other commands.",
                "server"),
        Command("CONFIG", -2, "GET pattern …", information.config, "The settings of this node.", "server"),
        Command("COMMAND", -1, "[COUNT|DOCS|INFO|LIST [name …]]", command, "What this table says.", "server"),
        Command("MONITOR", 1, "", session.monitor, "See every command of every client as it runs.", "server"),
        # The connection
        Command("PING", -1, "[message]", session.ping, "Whether anybody is there: PONG, or the message."),
        Command("ECHO", 2, "message", session.echo, "The message."),
        Command("HELLO", -1, "[protocol [AUTH user password] [SETNAME name]]", session.hello,
                "Choose RESP 2 or 3, and learn who answers.", is_secret=True),
        Command("AUTH", -2, "[user] password", session.auth, "Say who one is.", is_secret=True),
        Command("CLIENT", -2, "ID|GETNAME|SETNAME|SETINFO|INTERFACE|REPLY|INFO|LIST [value …]", session.client,
                "What this connection is, and which replies it wants."),
        Command("SELECT", 2, "0", session.select, "Choose the only database that there is."),
        Command("RESET", 1, "", session.reset, "Be as a new connection is."),
        Command("QUIT", -1, "", session.quit_, "Leave once everything is answered."),
    )
}  # fmt: skip
"""Each command by its name in capitals."""

_MOST_WORDS: Final = {
    "INSTANCES": 4,
    "ROLLBACK": 6,
    "ROLLBACKPLAN": 3,
    "ROLLBACKRELEASEPLAN": 3,
    "RETIRE": 4,
    "SLOWLOG": 3,
    "STEER": 6,
    "AUTH": 3,
    "PING": 2,
}
"""The most words of the commands that take optional ones, but not any number of them."""


def checked(words: Sequence[bytes]) -> Command:
    """The command that these words are. Raises Misuse where there is none, or it takes another number of words."""
    found = find(words[0])
    if not found.accepts(len(words)) or len(words) > _MOST_WORDS.get(found.name, len(words)):
        raise wrong_number(found)
    return found
