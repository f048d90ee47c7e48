"""Known commands are those that parsing gives, and what is known is bounded."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from camshaft.node import familiar
from camshaft.node.familiar import Familiar
from camshaft.node.framing import Framing
from camshaft.node.limits import DEFAULT_LIMITS
from generators.wire import packed

# Words that look like the ends and the beginnings of commands, among others.
WORDS = st.sampled_from(
    [b"", b"CALL", b"counter", b"incr", b"\r\n*", b"*1\r\n$1\r\nx\r\n", b"\r\n", b"x" * 130]
) | st.binary(max_size=4)
COMMANDS = st.lists(WORDS, min_size=1, max_size=4)
CALL = packed("CALL", "counter", "incr")


def parsed(chunk: bytes) -> list[list[bytes]]:
    """The commands of a chunk, by a parser that knows none."""
    commands: list[list[bytes]] = []
    Framing(DEFAULT_LIMITS, Familiar()).receive(chunk, commands)
    return commands


def knowing(*commands: bytes) -> Familiar:
    """What knows these commands, as far as they can be known."""
    known = Familiar()
    for _ in range(2):
        for command in commands:
            known.notice(command, parsed(command)[0])
    return known


@given(st.lists(COMMANDS, min_size=1, max_size=4), st.lists(st.integers(0, 3), min_size=1, max_size=8))
@example([[b"A\r\n*1"], [b"A"]], [0, 1])
@example([[b"A"], [b"B"]], [0, 0, 0])
@example([[b"A"], [b"B"]], [0, 1, 0, 1])
def test_known_commands_are_what_parsing_gives(vocabulary: list[list[bytes]], sent: list[int]) -> None:
    framing = Framing(DEFAULT_LIMITS, knowing(*(packed(*words) for words in vocabulary)))
    chunk = b"".join(packed(*vocabulary[number % len(vocabulary)]) for number in sent)
    for _ in range(3):
        commands: list[list[bytes]] = []
        framing.receive(chunk, commands)
        assert commands == parsed(chunk)


@given(st.data(), st.lists(COMMANDS, min_size=1, max_size=5))
def test_what_is_known_does_not_depend_on_where_the_stream_is_cut(
    data: st.DataObject, commands: list[list[bytes]]
) -> None:
    stream = b"".join(packed(*words) for words in commands)
    framing = Framing(DEFAULT_LIMITS, knowing(*(packed(*words) for words in commands)))
    received: list[list[bytes]] = []
    while stream:
        length = data.draw(st.integers(1, len(stream)))
        framing.receive(stream[:length], received)
        stream = stream[length:]
    assert received == commands


def test_a_command_is_known_when_it_came_twice() -> None:
    known = Familiar()
    for count in range(3):
        assert (known.commands(CALL) is not None) is (count == 2)
        known.notice(CALL, parsed(CALL)[0])
    assert known.commands(CALL * 3) == [[b"CALL", b"counter", b"incr"]] * 3


def test_a_chunk_with_anything_else_in_it_is_parsed() -> None:
    known = knowing(CALL)
    for chunk in (CALL + packed("PING"), CALL[:-1], CALL + CALL[:-1], CALL + b"\r\n", CALL + b"*", b"*", CALL + b"x"):
        assert known.commands(chunk) is None


def test_a_long_command_is_never_known() -> None:
    long = packed("CALL", "counter", "x" * 200)
    assert knowing(long).commands(long) is None
    assert knowing(CALL).commands(CALL + long) is None


def test_what_is_kept_is_bounded() -> None:
    known = knowing(*(packed("CALL", "counter", str(number)) for number in range(familiar._MOST + 100)))
    assert len(known._known) <= familiar._MOST
    assert len(known._seen) <= familiar._MOST
