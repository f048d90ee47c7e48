"""Bytes to commands: cut anywhere, too large, hostile."""

from __future__ import annotations

import tracemalloc
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camshaft.node.familiar import Familiar
from camshaft.node.framing import Framing, ProtocolError
from camshaft.node.limits import Limits
from generators.wire import packed

LIMITS = Limits(frame_bytes=5_000, arguments=300, inline_bytes=100)
COMMANDS = st.lists(st.lists(st.binary(max_size=40), min_size=1, max_size=5), max_size=8)
HOSTILE_HEADERS = [
    b"*4294967295\r\n",
    b"*100000000\r\n",
    b"*1\r\n*999999999\r\n",
    b"*2\r\n$1\r\nx\r\n*999999999\r\n",
    b"~99999999\r\n",
    b">99999999\r\n",
    b"%99999999\r\n",
    b"|99999999\r\n",
    b"$9999999999\r\n",
    b"*1\r\n$9999999999\r\n",
    b"*1\r\n$99999999999999999999999\r\n",
    b"*301\r\n",
    b"*-5\r\n",
    b"*01\r\n",
    b"*1 \r\n",
]


def received(*chunks: bytes, limits: Limits = LIMITS) -> list[list[bytes]]:
    framing = Framing(limits, Familiar())
    commands: list[list[bytes]] = []
    for chunk in chunks:
        framing.receive(chunk, commands)
    return commands


def cut(data: bytes, places: list[int]) -> list[bytes]:
    bounds = [0, *sorted({place % len(data) for place in places} - {0}), len(data)] if data else [0]
    return [data[start:end] for start, end in pairwise(bounds)]


def is_answerable(*chunks: bytes) -> bool:
    """Whether these bytes are commands of words, or a protocol error with a text."""
    try:
        commands = received(*chunks)
    except ProtocolError as error:
        return bool(str(error))
    return all(type(word) is bytes for words in commands for word in words)


@given(COMMANDS, st.lists(st.integers(0, 10_000), max_size=20))
def test_commands_arrive_whole_wherever_the_stream_is_cut(commands: list[list[bytes]], places: list[int]) -> None:
    data = b"".join(packed(*words) for words in commands)
    assert received(*cut(data, places)) == commands


@given(COMMANDS)
def test_commands_arrive_whole_byte_by_byte(commands: list[list[bytes]]) -> None:
    data = b"".join(packed(*words) for words in commands)
    assert received(*(data[at : at + 1] for at in range(len(data)))) == commands


@given(COMMANDS, st.lists(st.integers(0, 10_000), max_size=20), st.booleans())
def test_another_framing_goes_on_from_the_rest_of_one(
    commands: list[list[bytes]], places: list[int], typed: bool
) -> None:
    data = (b"PING 'a b'\r\nECHO x\n" if typed else b"") + b"".join(packed(*words) for words in commands)
    framing = Framing(LIMITS, Familiar())
    found: list[list[bytes]] = []
    for chunk in cut(data, places):
        framing.receive(chunk, found)
        rest, framing = framing.rest, Framing(LIMITS, Familiar())
        if rest:
            before = len(found)
            framing.receive(rest, found)
            assert len(found) == before
            assert framing.rest == rest
    assert framing.rest == b""
    assert found == received(*cut(data, []))


@pytest.mark.parametrize("payload", [b"*100000000\r\n", b">99999999\r\n", b"~1|2", b"\r\n*3\r\n$4\r\nCALL\r\n"])
def test_a_word_may_hold_what_would_be_dangerous_as_a_header(payload: bytes) -> None:
    command = [b"CALL", payload, b"x"]
    data = packed(*command)
    assert received(data, data) == [command, command]
    assert received(data[:25], data[25:] + data) == [command, command]


@pytest.mark.parametrize("header", HOSTILE_HEADERS)
@pytest.mark.parametrize("before", [b"", packed("PING"), packed("PING")[:-2]])
def test_a_hostile_header_is_refused_before_memory_is_reserved_for_it(header: bytes, before: bytes) -> None:
    data = before + (b"\r\n" if before.endswith(b"G") else b"") + header
    tracemalloc.start()
    try:
        for chunks in ([data], [data[:-3], data[-3:]], [data[at : at + 1] for at in range(len(data))]):
            with pytest.raises(ProtocolError):
                received(*chunks, b"x" * 4_000, b"x" * 4_000)
        assert tracemalloc.get_traced_memory()[1] < 200_000
    finally:
        tracemalloc.stop()


@given(st.lists(st.binary(min_size=1, max_size=60), max_size=6))
def test_random_bytes_are_commands_or_a_protocol_error(chunks: list[bytes]) -> None:
    assert is_answerable(*chunks)


TOKENS = st.sampled_from([*b"*$:+-~>%|_#,(=\r\n0129", *b"PING"]).map(lambda code: bytes([code]))
PIECES = st.lists(TOKENS | st.sampled_from(HOSTILE_HEADERS) | st.sampled_from([packed("A"), b"\r\n", b"*2\r\n"]))


@given(PIECES.map(b"".join), st.lists(st.integers(0, 10_000), max_size=5))
def test_near_misses_of_resp_are_commands_or_a_protocol_error(data: bytes, places: list[int]) -> None:
    assert is_answerable(*cut(data, places))


@pytest.mark.parametrize(
    "data", [b"*1\r\n:5\r\n", b"*1\r\n*0\r\n", b"*2\r\n$1\r\na\r\n_\r\n", b"*-1\r\n", b"*1\r\n$-1\r\n", b"*1\r\n#t\r\n"]
)
def test_a_command_of_other_types_than_bulk_strings_is_a_protocol_error(data: bytes) -> None:
    with pytest.raises(ProtocolError):
        received(data)


def test_commands_before_a_protocol_error_are_still_commands() -> None:
    framing = Framing(LIMITS, Familiar())
    commands: list[list[bytes]] = []
    with pytest.raises(ProtocolError):
        framing.receive(packed("PING") + b"!nonsense\r\n", commands)
    assert commands == [[b"PING"]]


def test_a_command_may_be_as_large_as_the_limit_and_no_larger() -> None:
    whole = packed(b"x" * 5_000)
    assert received(whole[:100], whole[100:]) == [[b"x" * 5_000]]
    larger = packed(b"x" * 2_500, b"x" * 2_501)
    with pytest.raises(ProtocolError, match="larger than 5000 bytes"):
        received(larger[:2_600], larger[2_600:])


def test_a_command_may_have_as_many_words_as_the_limit_and_no_more() -> None:
    words = [b"w"] * 300
    assert received(packed(*words)) == [words]
    with pytest.raises(ProtocolError, match="301 words; at most 300"):
        received(packed(*words, b"w"))


def test_lines_of_text_are_commands_too() -> None:
    typed = b"PING\r\n\r\n  \nCALL shop add 'a b' \"c\"\nPI"
    assert received(typed, b"NG\r\n" + packed("ECHO", "x")) == [
        [b"PING"],
        [b"CALL", b"shop", b"add", b"a b", b"c"],
        [b"PING"],
        [b"ECHO", b"x"],
    ]


@pytest.mark.parametrize("line", [b"\x00\x01\r\n", b"a" * 101, b"CALL 'open\r\n", b'GET "\xff"\r\n', b"\xff\xfe"])
def test_a_line_that_is_no_command_is_a_protocol_error(line: bytes) -> None:
    with pytest.raises(ProtocolError):
        received(line)


def test_a_flood_of_empty_lines_is_no_trouble() -> None:
    assert received(b"\n" * 100_000 + packed("PING")) == [[b"PING"]]


@given(st.lists(st.binary(max_size=40), min_size=1, max_size=5), st.integers(0, 10_000))
def test_what_is_held_is_what_has_arrived_of_an_incomplete_command(words: list[bytes], place: int) -> None:
    data = packed(*words)
    end = place % len(data)
    framing = Framing(LIMITS, Familiar())
    for chunk in (packed("PING"), data[:end]):
        if chunk:
            framing.receive(chunk, [])
    assert 0 <= framing.held <= end + 64 * len(words)
    framing.receive(data[end:], [])
    assert framing.held == 0
