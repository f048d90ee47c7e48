"""Commands that clients send again and again: they are known by their bytes, and are not parsed anew.

Parsing is a third of what a pipelined call costs a node, and most of what clients send they have sent before. A command
says in its bytes where it ends, so a chunk that is cut into known commands, in whatever way, consists of these.

Rule: only what was parsed becomes known, when it comes for the second time; and what is kept is bounded, whatever
clients send.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

_BETWEEN: Final = b"\r\n*"
"""Where one command ends and another begins; and whatever looks like it in the words of one."""
_END: Final = b"\r\n"
_LONGEST: Final = 128
LONGEST_WHOLE: Final = _LONGEST + len(b"*\r\n")
"""No chunk that is longer is a known command."""
_MOST: Final = 4_096
"""How many commands are known. When there are more, it starts anew: there is no order to keep at each use."""


class Familiar:
    """The commands that the clients of one node share the knowledge of. Their lists of words are never changed."""

    __slots__ = ("_known", "_seen", "whole")

    def __init__(self) -> None:
        # Both are without the asterisk before and the end of the line behind.
        self._known: dict[bytes, list[bytes]] = {}
        self._seen: set[bytes] = set()
        """What came once."""
        self.whole: dict[bytes, list[bytes]] = {}
        """The same commands by all of their bytes: what comes alone in a chunk takes one look."""

    def commands(self, data: bytes) -> list[list[bytes]] | None:
        """The commands that a chunk consists of, where all of them are known. The chunk begins with an asterisk."""
        first = _first(data)
        known = self._known
        words = known.get(first)
        if words is None or data[-2:] != _END:
            return None
        length = len(first) + 3
        times, rest = divmod(len(data), length)
        # Clients that count send the same command many times over.
        if not rest and data == data[:length] * times:
            return [words] * times
        try:
            return [known[piece] for piece in data[1:-2].split(_BETWEEN)]
        except KeyError:
            return None

    def notice(self, data: bytes, words: Sequence[bytes]) -> None:
        """The first command of a chunk that began with an asterisk was parsed as these words."""
        first = _first(data)
        if not first or first in self._known:
            return
        if first not in self._seen:
            if len(self._seen) >= _MOST:
                self._seen.clear()
            self._seen.add(first)
        elif first == _written(words):
            # It is the whole command, and not one cut short at what only looks like the beginning of another.
            if len(self._known) >= _MOST:
                self._known.clear()
                self.whole.clear()
            self._known[first] = self.whole[b"*%b\r\n" % first] = list(words)


def _first(data: bytes) -> bytes:
    """What may be the first command of a chunk; nothing where that is too long."""
    end = data.find(_BETWEEN, 1, _LONGEST + len(_BETWEEN))
    if end < 0:
        end = len(data) - len(_END)
    return data[1:end] if end <= _LONGEST else b""


def _written(words: Sequence[bytes]) -> bytes:
    return b"%d\r\n" % len(words) + _END.join(b"$%d\r\n%b" % (len(word), word) for word in words)
