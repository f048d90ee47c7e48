from __future__ import annotations

import pytest

from camshaft.client.failures import Busy, RefusedReply, error_of
from camshaft.errors import TRAPS, CamshaftError, Refused, Rejected, Stale, Trap


@pytest.mark.parametrize("kind", sorted(TRAPS))
def test_every_kind_of_trap_arrives_as_its_own_class(kind: str) -> None:
    error = error_of(f"TRAP {kind} what happened")
    assert type(error) is TRAPS[kind]
    assert str(error) == "what happened"


def test_the_place_of_a_trap_is_part_of_its_message() -> None:
    error = error_of("TRAP KeyError no entry of key 'x' (cart.py line 14, in remove)")
    assert str(error) == "no entry of key 'x' (cart.py line 14, in remove)"


def test_a_trap_of_a_kind_that_is_not_known_here_is_still_a_trap() -> None:
    error = error_of("TRAP FutureError what happened")
    assert isinstance(error, Trap)
    assert str(error) == "FutureError what happened"


@pytest.mark.parametrize(
    ("reply", "kind"),
    [("REJECTED no such method", Rejected), ("STALE no such method", Stale), ("BUSY no such method", Busy)],
)
def test_each_class_of_error_reply_is_an_exception_class(reply: str, kind: type[CamshaftError]) -> None:
    error = error_of(reply)
    assert type(error) is kind
    assert str(error) == "no such method"


def test_a_refusal_keeps_its_name_and_fields() -> None:
    error = error_of('REFUSED OutOfStock {"sku": "a b"}')
    assert isinstance(error, RefusedReply)
    assert isinstance(error, Refused)
    assert (error.name, error.fields) == ("OutOfStock", '{"sku": "a b"}')
    assert str(error) == 'refused: OutOfStock {"sku": "a b"}'


def test_an_error_of_another_class_keeps_its_whole_text() -> None:
    assert str(error_of("ERR unknown command 'X'")) == "ERR unknown command 'X'"
