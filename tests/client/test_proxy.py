"""Proxies give and take the same objects as the class in plain Python, wherever the instance runs."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

import pytest

import camshaft as cam
from camshaft.journal.memory import MemoryJournal
from camshaft.node.server import NodeThread
from camshaft.runtime.replica import Replica
from generators.shop import Card, Cash, Item, OutOfStock, Shop


@contextmanager
def over_the_wire() -> Iterator[Callable[[str | None], Shop]]:
    with NodeThread(Replica(MemoryJournal())) as node, cam.Client(f"127.0.0.1:{node.port}") as client:
        client.deploy(Shop)
        yield lambda key: client.instance(Shop, key)


@contextmanager
def in_this_process() -> Iterator[Callable[[str | None], Shop]]:
    with cam.Node() as node:
        node.deploy(Shop)
        yield lambda key: node.instance(Shop, key)


@pytest.fixture(params=[over_the_wire, in_this_process])
def instance(request: pytest.FixtureRequest) -> Iterator[Callable[[str | None], Shop]]:
    with request.param() as make:
        yield make


@pytest.fixture
def shop(instance: Callable[[str | None], Shop]) -> Shop:
    return instance(None)


def test_results_are_of_the_annotated_types(shop: Shop) -> None:
    assert shop.last() is None
    assert shop.is_open() is False
    shop.put("tea", 5)
    assert shop.is_open() is True
    assert shop.take(Item("tea", 2)) == 3
    assert shop.last() == Item("tea", 2)
    assert shop.sales() == [Item("tea", 2)]
    assert shop.goods() == {"tea": 3}
    assert (shop.find("tea"), shop.find("milk")) == (3, None)
    assert shop.pay(Cash(5)) == "5 in cash"
    assert shop.pay(Card("x y")) == "card x y"


@pytest.mark.parametrize("n", [0, -1, 2**63 - 1, 2**63, -(2**64), 10**1000])
def test_an_integer_of_any_size_arrives_whole(n: int, shop: Shop) -> None:
    assert shop.double(n) == (2 * n, str(2 * n))


@pytest.mark.parametrize("sku", ["", "tea time", "Tee\nund Milch", "\0", "茶", '"{}"', "null", "12"])
def test_a_text_arrives_as_it_is(sku: str, shop: Shop) -> None:
    shop.put(sku, 3)
    assert shop.goods() == {sku: 3}
    assert shop.find(sku) == 3


def test_arguments_go_by_position_or_name_and_defaults_may_be_left_out(shop: Shop) -> None:
    shop.put("tea")
    shop.put(sku="tea", count=2)
    shop.put("tea", count=3)
    assert shop.find("tea") == 6


def test_arguments_that_do_not_fit_are_a_type_error_as_in_python(shop: Shop) -> None:
    with pytest.raises(TypeError, match=r"Shop\.put: missing a required argument: 'sku'"):
        shop.put()  # type: ignore[call-arg]  # on purpose
    with pytest.raises(TypeError, match="unexpected keyword argument 'amount'"):
        shop.put("tea", amount=3)  # type: ignore[call-arg]  # on purpose


def test_an_argument_of_another_type_is_rejected_before_it_is_sent(shop: Shop) -> None:
    with pytest.raises(cam.Rejected, match=r"Shop\.put: count: expected `int`, got True of type `bool`"):
        shop.put("tea", True)
    with pytest.raises(cam.Rejected, match="count"):
        shop.take(Item("tea", "2"))  # type: ignore[arg-type]  # on purpose
    assert shop.goods() == {}


def test_an_integer_beyond_the_cap_is_rejected(shop: Shop) -> None:
    with pytest.raises(cam.Rejected, match="4096"):
        shop.put("tea", 2**4096)


def test_a_refusal_arrives_as_its_own_class_with_its_fields(shop: Shop) -> None:
    shop.put("tea", 1)
    with pytest.raises(OutOfStock) as refusal:
        shop.take(Item("tea", 2))
    assert refusal.value == OutOfStock(sku="tea", left=1)
    assert (refusal.value.sku, refusal.value.left) == ("tea", 1)
    assert shop.goods() == {"tea": 1}


def test_a_trap_arrives_as_its_kind(shop: Shop) -> None:
    with pytest.raises(cam.MissingKey) as trap:
        shop.take(Item("milk", 1))
    assert isinstance(trap.value, KeyError)
    # In the same process a place is a note of the error, over a connection it is in the text that arrives.
    shown = "".join(traceback.format_exception_only(trap.value))
    assert f"shop.py line {Shop.take.__code__.co_firstlineno + 2}, in take" in shown


def test_instances_of_different_keys_are_different(instance: Callable[[str | None], Shop]) -> None:
    first, second = instance("a/b c"), instance("ä")
    first.put("tea")
    assert (first.find("tea"), second.find("tea")) == (1, None)


@pytest.mark.parametrize("key", ["", "a\nb", "x" * 257])
def test_a_key_that_is_none_is_rejected(key: str, instance: Callable[[str | None], Shop]) -> None:
    with pytest.raises(cam.Rejected):
        instance(key)


def test_a_pipeline_gives_results_in_order(shop: Shop) -> None:
    put = partial(shop.put, "tea")
    assert cam.pipeline(put, partial(put, count=2), partial(shop.find, "tea"), shop.is_open) == [None, None, 3, True]
    assert cam.pipeline() == []


def test_a_pipeline_goes_on_after_a_failure_and_raises_the_first(shop: Shop) -> None:
    with pytest.raises(OutOfStock):
        cam.pipeline(partial(shop.put, "tea"), partial(shop.take, Item("tea", 2)), partial(shop.put, "tea", 4))
    assert shop.find("tea") == 5
    done = cam.pipeline(partial(shop.take, Item("tea", 9)), shop.is_open, return_exceptions=True)
    assert done == [OutOfStock(sku="tea", left=5), True]


def test_a_long_pipeline_is_answered_in_full(shop: Shop) -> None:
    cam.pipeline(*[partial(shop.put, "tea")] * 2_000)
    assert shop.find("tea") == 2_000


def test_only_methods_of_proxies_go_into_a_pipeline(shop: Shop) -> None:
    with pytest.raises(TypeError, match="is no method of a proxy"):
        cam.pipeline(lambda: shop.is_open())
    with pytest.raises(TypeError, match="is no method of a proxy"):
        cam.pipeline(Shop().is_open)


def test_the_proxy_takes_no_name_away_from_the_machine(shop: Shop) -> None:
    shop.put("tea")
    shop.close()
    assert shop.goods() == {}
    public = [name for name in dir(shop) if not name.startswith("__")]
    assert sorted(public) == ["close", "double", "find", "goods", "is_open", "last", "pay", "put", "sales", "take"]


def test_the_state_can_be_copied_but_not_reached_into(shop: Shop) -> None:
    shop.put("tea")
    copy = cam.state(shop)
    assert copy == Shop(stock={"tea": 1})
    copy.stock["tea"] = 9
    assert shop.find("tea") == 1
    with pytest.raises(AttributeError, match=r"take a copy of the state with `camshaft\.state\(…\)\.stock`"):
        _ = shop.stock
    with pytest.raises(AttributeError, match="cannot be set from here"):
        shop.stock = {}


def test_a_closed_proxy_says_so(shop: Shop) -> None:
    cam.close(shop)
    with pytest.raises(cam.CamshaftError, match="closed"):
        shop.put("tea")


def test_what_is_no_proxy_is_named() -> None:
    with pytest.raises(TypeError, match="is no proxy"):
        cam.close(Shop())


def test_connect_gives_a_typed_proxy_of_its_own_connection() -> None:
    with NodeThread(Replica(MemoryJournal())) as node, cam.Client(f"127.0.0.1:{node.port}") as client:
        client.deploy(Shop)
        mine = cam.connect(Shop, f"127.0.0.1:{node.port}", key="mine")
        mine.put("tea")
        assert client.instance(Shop, "mine").find("tea") == 1
        assert repr(mine) == f"<Shop shop/mine on 127.0.0.1:{node.port}>"
        cam.close(mine)
        client.instance(Shop, "mine").put("tea")


def test_an_unknown_machine_is_rejected() -> None:
    with NodeThread(Replica(MemoryJournal())) as node:
        shop = cam.connect(Shop, f"127.0.0.1:{node.port}")
        with pytest.raises(cam.Rejected, match="no machine"):
            shop.is_open()
        cam.close(shop)
