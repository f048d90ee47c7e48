"""Machines and refusals are plain Python objects that work without a node."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from camshaft import Machine, Refusal, migration
from camshaft.language.machine import kebab_case


class Basket(Machine):
    owner: str = "nobody"
    items: list[str] = []
    counts: dict[str, list[int]] = {"a": [1]}

    def add(self, item: str) -> None:
        self.items.append(item)


class Renamed(Machine, name="the-basket"):
    pass


class OutOfStock(Refusal):
    sku: str
    left: int = 0


@pytest.mark.parametrize(
    ("cls", "expected"),
    [
        ("Counter", "counter"),
        ("ShoppingCart", "shopping-cart"),
        ("HTTPProxy", "http-proxy"),
        ("CartV2", "cart-v2"),
        ("A", "a"),
    ],
)
def test_a_machines_name_is_its_class_in_kebab_case(cls: str, expected: str) -> None:
    assert kebab_case(cls) == expected


def test_a_machine_may_say_its_name() -> None:
    assert Renamed.__camshaft__.name == "the-basket"
    assert Basket.__camshaft__.name == "basket"
    assert Basket.__camshaft__.fields == ("owner", "items", "counts")


def test_mutable_defaults_are_of_each_instance() -> None:
    one, other = Basket(), Basket()
    one.add("x")
    one.counts["a"].append(2)
    assert other.items == []
    assert other.counts == {"a": [1]}
    assert Basket.items == []


def test_fields_are_given_by_name() -> None:
    assert Basket(owner="alice", items=["x"]).owner == "alice"
    with pytest.raises(TypeError, match="no field `ower`; its fields are owner, items, counts"):
        Basket(ower="bob")  # type: ignore[call-arg]  # that is the mistake


def test_machines_are_equal_where_their_fields_are() -> None:
    assert Basket(owner="a") == Basket(owner="a")
    assert Basket(owner="a") != Basket(owner="b")
    assert Basket() != Renamed()
    with pytest.raises(TypeError):
        hash(Basket())


def test_a_machine_shows_its_fields() -> None:
    assert repr(Basket(owner="a")) == "Basket(owner='a', items=[], counts={'a': [1]})"


def test_a_refusal_has_typed_fields_and_is_an_exception() -> None:
    with pytest.raises(OutOfStock) as caught:
        raise OutOfStock("apple", left=2)
    assert (caught.value.sku, caught.value.left) == ("apple", 2)
    assert caught.value == OutOfStock(sku="apple", left=2)
    assert repr(OutOfStock("pear")) == "OutOfStock(sku='pear', left=0)"
    assert str(OutOfStock("pear")) == "sku='pear', left=0"
    with pytest.raises(TypeError, match="needs the field `sku`"):
        OutOfStock()  # type: ignore[call-arg]  # that is the mistake
    with pytest.raises(TypeError, match="twice"):
        OutOfStock("pear", sku="apple")  # type: ignore[misc]  # that is the mistake


@dataclass(frozen=True)
class Old:
    count: int


def test_a_migration_stays_a_plain_function() -> None:
    @migration
    def double(was: Old) -> Old:
        return Old(was.count * 2)

    assert double(Old(2)) == Old(4)
