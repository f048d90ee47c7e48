"""ONCE on the wire: a call with a key, and what it is answered when it is sent again."""

from __future__ import annotations

from pathlib import Path

import hiredis
import pytest

from camshaft.bytecode.encoding import encode_program, program_id
from camshaft.journal.sqlite import SqliteJournal
from camshaft.node.server import NodeThread
from camshaft.runtime.replica import Replica
from generators.machines import counter, counter_v2, split, upgrade
from generators.wire import Wire, node, packed

UPGRADE = upgrade(counter(), counter_v2(), split())


def test_a_call_that_is_sent_again_is_answered_again_and_not_run() -> None:
    with node() as running, Wire(running.port) as one, Wire(running.port) as other:
        assert one.ask("ONCE", "k", "CALL", "counter", "add", 5) is None
        assert other.ask("ONCE", "k", "CALL", "counter", "add", 5) is None
        assert other.ask("ONCE", "k", "calln", "counter", "add", "n", 5) is None, "the same call in other words"
        assert one.ask("CALL", "counter", "value") == 5


def test_calls_with_keys_and_without_keep_their_order() -> None:
    with node() as running, Wire(running.port) as wire:
        sent = [("CALL", "cart", "put", "pen", 1), ("ONCE", "k", "CALL", "cart", "take", "pen", 1)]
        wire.send(b"".join(packed(*words) for words in [*sent, ("CALL", "cart", "left", "pen"), *sent[1:], *sent]))
        replies = wire.replies(6)
        assert replies == [None, replies[1], 0, replies[1], None, replies[1]]
        assert wire.ask("CALL", "cart", "left", "pen") == 1


def test_a_refusal_is_answered_again() -> None:
    with node() as running, Wire(running.port) as wire:
        (refused, again) = (wire.ask("ONCE", "k", "CALL", "cart", "take", "pen", 1) for _ in range(2))
        wire.ask("CALL", "cart", "put", "pen", 5)
        assert isinstance(refused, hiredis.ReplyError)
        assert str(refused) == str(again) == str(wire.ask("ONCE", "k", "CALL", "cart", "take", "pen", 1))


def test_a_query_is_answered_anew_and_uses_up_no_key() -> None:
    with node() as running, Wire(running.port) as wire:
        assert wire.ask("ONCE", "k", "CALL", "counter", "value") == 0
        assert wire.ask("ONCE", "k", "CALL", "counter", "incr") is None
        assert wire.ask("CALL", "counter", "value") == 1


@pytest.mark.parametrize("call", [("add", 6), ("incr",), ("nothing",), ("add", "x"), ("add",)])
def test_another_call_with_the_key_is_rejected_and_not_run(call: tuple[str | int, ...]) -> None:
    with node() as running, Wire(running.port) as wire:
        wire.ask("ONCE", "k", "CALL", "counter", "add", 5)
        assert str(wire.ask("ONCE", "k", "CALL", "counter", *call)).startswith("REJECTED ")
        assert wire.ask("CALL", "counter", "value") == 5


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (("", "CALL", "counter", "incr"), "REJECTED the key of ONCE is 1 to 64 printable ASCII characters, not ''"),
        (("x" * 65, "CALL", "counter", "incr"), "REJECTED the key of ONCE is 1 to 64"),
        (("ü", "CALL", "counter", "incr"), "REJECTED the key of ONCE is 1 to 64"),
        ((b"\xff", "CALL", "counter", "incr"), "REJECTED the key of ONCE: expected UTF-8 text"),
        (("a\nb", "CALL", "counter", "incr"), "REJECTED the key of ONCE is 1 to 64"),
        (("k", "STATE", "counter", "incr"), "REJECTED ONCE k is followed by CALL, CALLN or CALLB, not 'STATE'"),
        (
            ("k", "ONCE", "l", "CALL", "counter", "incr"),
            "REJECTED ONCE k is followed by CALL, CALLN or",
        ),
        (("k", "CALL", "nobody", "incr"), "REJECTED there is no machine 'nobody' here"),
        (("k", "CALL", "counter"), "ERR wrong number of arguments for 'once' command"),
    ],
)
def test_what_is_no_call_with_a_key_is_rejected(words: tuple[str | bytes, ...], error: str) -> None:
    with node() as running, Wire(running.port) as wire:
        assert str(wire.ask("ONCE", *words)).startswith(error)
        assert wire.ask("CALL", "counter", "value") == 0


def test_after_an_upgrade_a_restart_and_a_retirement_the_answer_is_the_first_one(tmp_path: Path) -> None:
    """The words mean nothing to the version that runs then, nor is the version that they were for served any longer."""
    call = ("ONCE", "k", "CALL", "counter", "add", 5)
    replica = Replica(SqliteJournal(tmp_path))
    replica.deploy(encode_program(counter()))
    with NodeThread(replica) as running, Wire(running.port) as wire:
        assert wire.ask(*call) is None
        wire.ask("UPGRADE", UPGRADE)
        assert wire.ask(*call) is None
        assert str(wire.ask("CALL", "counter", "add", 5)).startswith("REJECTED add of counter takes 2 arguments")
        wire.ask("RETIRE", "counter", program_id(counter())[:12])
        assert wire.ask(*call) is None
    replica.close()
    again = Replica(SqliteJournal(tmp_path))
    again.recover()
    with NodeThread(again) as running, Wire(running.port) as wire:
        assert wire.ask(*call) is None
        assert wire.ask("CALL", "counter", "value") == 5
        assert str(wire.ask("ONCE", "l", "CALL", "counter", "add", 5)).startswith("REJECTED ")
    again.close()
