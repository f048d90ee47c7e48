"""Messages and open files between two processes."""

from __future__ import annotations

import array
import os
import socket
import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camshaft.errors import Rejected
from camshaft.node import channel
from camshaft.node.channel import MOST_FILES, Channel, Hello, Refused, Take

DEADLINE_S = 20


def pair() -> tuple[Channel, socket.socket]:
    ours, theirs = socket.socketpair()
    return Channel(ours, DEADLINE_S), theirs


@pytest.fixture
def ends() -> Iterator[tuple[Channel, Channel]]:
    one, other = socket.socketpair()
    with closing(Channel(one, DEADLINE_S)) as left, closing(Channel(other, DEADLINE_S)) as right:
        yield left, right


def open_files() -> set[str]:
    return {path.name for path in Path("/proc/self/fd").iterdir()}


def test_messages_arrive_whole_and_in_order(ends: tuple[Channel, Channel]) -> None:
    left, right = ends
    for message in (Hello(1, "0.1.0"), Take(0.5), Refused("x" * 100_000)):
        left.send(message)
        assert right.receive() == (message, [])


def test_open_files_travel_with_their_message(ends: tuple[Channel, Channel], tmp_path: Path) -> None:
    left, right = ends
    paths = [tmp_path / str(number) for number in range(MOST_FILES)]
    files = [os.open(path, os.O_WRONLY | os.O_CREAT) for path in paths]
    left.send(Take(0.5), files)
    left.send(Hello(1, ""), files[:1])
    for file in files:
        os.close(file)
    message, received = right.receive()
    assert message == Take(0.5)
    for number, file in enumerate(received):
        os.write(file, b"%d" % number)
    assert [path.read_text() for path in paths] == [str(number) for number in range(MOST_FILES)]
    assert not any(os.get_inheritable(file) for file in received)
    _, (again,) = right.receive()
    for file in [*received, again]:
        os.close(file)


def test_each_side_knows_who_the_other_is(ends: tuple[Channel, Channel]) -> None:
    assert (ends[0].pid, ends[0].uid) == (os.getpid(), os.getuid())


def test_the_end_of_the_other_side_is_told(ends: tuple[Channel, Channel]) -> None:
    left, right = ends
    left.close()
    with pytest.raises(EOFError):
        right.receive()
    with pytest.raises(OSError, match="Broken pipe"):
        right.send(Take(0.5))


def test_a_side_that_says_nothing_is_waited_for_no_longer_than_was_said() -> None:
    left, right = socket.socketpair()
    with closing(Channel(left, 0.01)) as waiting, right, pytest.raises(TimeoutError):
        waiting.receive()


@given(st.binary(max_size=40), st.integers(0, 3))
def test_what_is_no_message_is_rejected_and_leaves_no_file_open(data: bytes, count: int) -> None:
    before = open_files()
    ours, theirs = pair()
    with closing(ours), theirs:
        rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [0] * count))] if count else []
        theirs.sendmsg([len(data).to_bytes(4, "little") + (0).to_bytes(2, "little") + data], rights)
        theirs.close()
        with pytest.raises((Rejected, EOFError)):
            ours.receive()
    assert open_files() == before


def test_a_message_that_is_too_long_is_rejected_before_memory_is_reserved_for_it() -> None:
    ours, theirs = pair()
    with closing(ours), theirs:
        theirs.sendall(b"\xff" * 6)
        with pytest.raises(Rejected, match="does not speak this protocol: a message of 4294967295 bytes"):
            ours.receive()


def test_files_that_did_not_arrive_are_missed() -> None:
    ours, theirs = pair()
    with closing(ours), theirs:
        theirs.sendall(b"\x01\x00\x00\x00\x02\x00\x90")
        with pytest.raises(Rejected, match="2 of 2 open files did not arrive"):
            ours.receive()


def test_a_data_directory_has_a_socket_for_its_owner_only_however_long_its_name_is(tmp_path: Path) -> None:
    directory = tmp_path / ("d" * 120)
    directory.mkdir()
    (directory / channel.SOCKET_NAME).write_text("what a process that was killed has left")
    with channel.listening(directory) as listening:
        mode = (directory / channel.SOCKET_NAME).stat().st_mode
        assert stat.S_ISSOCK(mode)
        assert stat.S_IMODE(mode) == 0o600
        assert [path.name for path in directory.iterdir()] == [channel.SOCKET_NAME]
        with closing(Channel(channel.connected(directory), DEADLINE_S)) as asking:
            accepted, _ = listening.accept()
            with closing(Channel(accepted, DEADLINE_S)) as answering:
                asking.send(Hello(1, ""))
                assert answering.receive() == (Hello(1, ""), [])
    with pytest.raises(ConnectionRefusedError):
        channel.connected(directory)
