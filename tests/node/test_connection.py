"""What a connection makes of what arrives; and a client that waits for an answer is not idle."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from camshaft.node.clients import Clients
from camshaft.node.familiar import Familiar
from camshaft.node.framing import Framing, ProtocolError
from camshaft.node.limits import DEFAULT_LIMITS
from generators.wire import packed


def test_a_client_whose_command_is_still_being_worked_on_is_not_idle() -> None:
    clients = Clients(DEFAULT_LIMITS, 1, lambda _: None)
    connection = clients.connected[1] = clients.connection()
    connection.waits = True
    for _ in range(3):
        clients.close_idle()
    assert not connection.is_closing


LINES = [packed("CALL", "counter", "incr"), packed("PING"), b"PING\r\n", packed("ECHO", b"x" * 200), b"*0\r\n"]
CHUNKS = st.lists(st.sampled_from(LINES), min_size=1, max_size=12).flatmap(
    lambda lines: st.lists(st.integers(0, sum(map(len, lines))), max_size=6).map(
        lambda cuts: [part for part in cut(b"".join(lines), sorted(cuts)) if part]
    )
)


def cut(data: bytes, at: list[int]) -> list[bytes]:
    return [data[start:end] for start, end in zip([0, *at], [*at, len(data)], strict=True)]


@given(CHUNKS)
def test_a_command_that_is_known_is_what_parsing_gives_wherever_chunks_are_cut(chunks: list[bytes]) -> None:
    clients = Clients(DEFAULT_LIMITS, 2, lambda _: None)
    for line in LINES * 2:
        knowing = clients.connection()
        knowing.data_received(line)
    connection, framing = clients.connection(), Framing(DEFAULT_LIMITS, Familiar())
    commands: list[list[bytes]] = []
    refusal = None
    for chunk in chunks:
        connection.data_received(chunk)
        if refusal is None:
            try:
                framing.receive(chunk, commands)
            except ProtocolError as error:
                refusal = str(error)
    assert connection.queue == commands
    assert refusal == (None if connection.failure is None else str(connection.failure))
