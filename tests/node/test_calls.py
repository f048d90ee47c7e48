"""Words to checked inputs and queries."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camshaft.errors import Rejected
from camshaft.node.calls import Call, Calls, Query, Special
from camshaft.runtime.entries import Input
from camshaft.runtime.replica import Replica
from camshaft.values.address import Address
from generators.machines import cart, counter, counter_v2, split, upgrade
from generators.wire import echo, replica


def calls(node: Replica | None = None) -> Calls:
    return Calls((node or replica(counter(), cart(), echo())).engine)


def words(*texts: str | bytes) -> list[bytes]:
    return [text if isinstance(text, bytes) else text.encode() for text in texts]


def plain(made: Call) -> Input | Query:
    return made.entry if isinstance(made, Special) else made


def positional(*texts: str | bytes) -> Input | Query:
    return plain(calls().positional(words("CALL", *texts)))


def named(*texts: str | bytes) -> Input | Query:
    return plain(calls().spelled(words("CALLN", *texts), b"CALLN"))


def test_a_command_is_an_input_made_for_the_program_that_runs() -> None:
    node = replica(counter())
    made = Calls(node.engine).positional(words("CALL", "counter/a", "add", "5"))
    assert made == Input("counter", "a", "add", (5,), node.engine.machines["counter"].loaded.id)


def test_a_query_is_no_input() -> None:
    assert positional("cart", "left", "x") == Query(Address("cart"), "left", ("x",))


@pytest.mark.parametrize(
    ("method", "text", "value"),
    [
        ("int", "-12", -12),
        ("int", "007", 7),
        ("int", "9" * 1_000, int("9" * 1_000)),
        ("bool", "true", True),
        ("str", "12 ü", "12 ü"),
        ("str", "", ""),
        ("unit", "null", ()),
        ("list", "[1,2]", [1, 2]),
        ("pair", "[1,true]", (1, True)),
        ("card", '{"number":"1","cents":5}', ("1", 5)),
        ("map", '{"a":[1]}', {"a": [1]}),
        ("table", '[[1,"x"]]', {1: "x"}),
        ("maybe", "null", ("None", ())),
        ("maybe", "3", ("int", 3)),
        ("payment", '{"Cash":null}', ("Cash", ())),
    ],
)
def test_scalars_are_text_and_everything_else_is_json(method: str, text: str, value: Any) -> None:
    for call in (positional("echo", method, text), named("echo", method, "it", text)):
        assert call == Query(Address("echo"), method, (value,))


@pytest.mark.parametrize(
    ("method", "text", "expected"),
    [
        ("int", "x", "int of echo: argument it: expected int, got 'x'"),
        ("int", "1.5", "expected int, got '1.5'"),
        ("int", "²", "expected int"),
        ("int", "", "expected int, got ''"),
        ("int", str(2**4096), "an integer has 4097 bits; at most 4096 are allowed"),
        ("int", "9" * 10_000, "an integer of 10000 digits is too large"),
        ("bool", "True", "expected bool (true or false), got 'True'"),
        ("str", b"\xff", "str of echo: argument it: expected UTF-8 text, got byte 0xff at 0"),
        ("list", "[1,true]", "it[1]: expected int, got True"),
        ("list", "[" * 100_000, "argument it"),
        ("card", '{"number":"1"}', "needs the field 'cents'"),
        ("card", "nonsense", "is not JSON"),
        ("payment", '{"Cheque":1}', "expected Card {number: str, cents: int} | Cash"),
    ],
)
def test_an_argument_of_another_type_is_rejected_with_what_was_expected(
    method: str, text: str | bytes, expected: str
) -> None:
    for call in (positional, named):
        with pytest.raises(Rejected) as rejected:
            call("echo", method, *(() if call is positional else ("it",)), text)
        assert expected in str(rejected.value)


def test_trailing_defaults_may_be_left_out_by_position() -> None:
    assert positional("echo", "ordered", "1") == Query(Address("echo"), "ordered", (1, 2, "x"))
    assert positional("echo", "ordered", "1", "5") == Query(Address("echo"), "ordered", (1, 5, "x"))


def test_any_default_may_be_left_out_by_name_and_names_come_in_any_order() -> None:
    assert named("echo", "ordered", "c", "y", "a", "1") == Query(Address("echo"), "ordered", (1, 2, "y"))


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        (("counter", "add"), "add of counter takes 1 argument (n: int), not 0"),
        (("counter", "incr", "1"), "incr of counter takes 0 arguments (), not 1"),
        (("echo", "ordered"), 'ordered of echo takes 1 to 3 arguments (a: int, b: int = 2, c: str = "x"), not 0'),
        (("echo", "ordered", "1", "2", "3", "4"), "takes 1 to 3 arguments"),
    ],
)
def test_a_wrong_number_of_arguments_is_rejected_with_the_signature(call: tuple[str, ...], expected: str) -> None:
    with pytest.raises(Rejected) as rejected:
        positional(*call)
    assert expected in str(rejected.value)


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        (("counter", "add"), "add of counter takes (n: int); missing: n"),
        (("counter", "add", "m", "1"), "add of counter has no parameter 'm'"),
        (("echo", "ordered", "a", "1", "a", "2"), "argument a is given twice"),
        (("counter", "add", "n"), "'n' has no argument"),
        (("counter", "add", b"\xff", "1"), "a name: expected UTF-8 text"),
    ],
)
def test_names_that_do_not_fit_are_rejected(call: tuple[str, ...], expected: str) -> None:
    with pytest.raises(Rejected) as rejected:
        named(*call)
    assert expected in str(rejected.value)


@pytest.mark.parametrize(
    ("address", "method", "expected"),
    [
        ("countr", "incr", "there is no machine 'countr' here; did you mean 'counter'?"),
        ("zzz", "incr", "there is no machine 'zzz' here; this node runs cart, counter, echo"),
        ("counter", "inc", "counter has no method 'inc'; did you mean 'incr'?"),
        ("counter", "zzz", "counter has no method 'zzz'; it has incr, add, value, refuse, trap"),
        ("Counter", "incr", "'Counter' is no machine's name"),
        ("counter/", "incr", "the key after `/` is empty"),
        ("counter/a\r\nb", "incr", "holds control characters"),
        ("counter/" + "k" * 257, "incr", "has 257 bytes; at most 256"),
        (b"counter/\xff", "incr", "an address: expected UTF-8 text, got byte 0xff at 8"),
        ("counter", b"\xff", "a method's name: expected UTF-8 text"),
        ("counter", "x" * 100_000, "counter has no method"),
        ("x" * 100_000, "incr", "is no machine's name"),
    ],
)
def test_an_unknown_or_malformed_name_is_rejected_with_what_there_is(
    address: str | bytes, method: str | bytes, expected: str
) -> None:
    with pytest.raises(Rejected) as rejected:
        positional(address, method)
    assert expected in str(rejected.value)
    assert len(str(rejected.value)) < 500


@pytest.mark.parametrize("key", ["alice", "a/b/c", "ü ✓", "'quoted\"", "-1", "k" * 256])
def test_a_key_may_hold_odd_characters(key: str) -> None:
    made = positional(f"counter/{key}", "incr")
    assert isinstance(made, Input)
    assert made.key == key


def test_a_call_without_arguments_is_made_once_and_shared() -> None:
    made = calls()
    first = made.positional(words("CALL", "counter", "incr"))
    assert made.shared[b"counter", b"incr"] is first


def test_what_is_remembered_is_bounded() -> None:
    made = calls()
    for number in range(20_000):
        made.positional(words("CALL", f"counter/{number}", "incr"))
    assert len(made.shared) <= 16_384


def test_a_call_after_an_upgrade_is_made_for_the_new_program() -> None:
    node = replica(counter())
    made = calls(node)
    made.positional(words("CALL", "counter", "add", "5"))
    node.upgrade(upgrade(counter(), counter_v2(), split()))
    made.forget()
    with pytest.raises(Rejected, match=r"takes 2 arguments \(n: int, why: str\), not 1"):
        made.positional(words("CALL", "counter", "add", "5"))


def is_answerable(call: Callable[[list[bytes]], Call], words: list[bytes]) -> bool:
    """Whether these words are a call, or rejected with a text."""
    try:
        return isinstance(call(words), Input | Special | Query)
    except Rejected as error:
        return bool(str(error))


@given(st.lists(st.binary(max_size=30), min_size=2, max_size=6))
def test_random_words_are_a_call_or_rejected(random: list[bytes]) -> None:
    by_name, in_bytes = (partial(calls_of_all.spelled, form=form) for form in (b"CALLN", b"CALLB"))
    for call in (calls_of_all.positional, by_name, in_bytes):
        assert is_answerable(call, [b"CALL", *random])


@given(st.sampled_from(["int", "bool", "str", "list", "map", "table", "maybe", "payment"]), st.binary(max_size=30))
def test_a_random_argument_is_a_value_or_rejected(method: str, argument: bytes) -> None:
    assert is_answerable(calls_of_all.positional, [b"CALL", b"echo", method.encode(), argument])


calls_of_all = calls()
