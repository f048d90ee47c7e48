from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import pytest

import camshaft as cam
from camshaft.client.outcomes import Deleted
from camshaft.journal.memory import MemoryJournal
from camshaft.node.server import NodeThread
from camshaft.runtime.replica import Replica
from generators.shop import Item, OutOfStock, Shop

T = TypeVar("T")


def with_a_shop(use: Callable[[cam.AsyncInstance[Shop]], Awaitable[T]]) -> T:
    """Run a coroutine function on an asynchronous proxy of a fresh node's shop."""

    async def main(port: int) -> T:
        shop = await cam.connect_async(Shop, f"127.0.0.1:{port}")
        try:
            return await use(shop)
        finally:
            await cam.close_async(shop)

    with NodeThread(Replica(MemoryJournal())) as node:
        with cam.Client(f"127.0.0.1:{node.port}") as client:
            client.deploy(Shop)
        return asyncio.run(main(node.port))


def test_methods_are_awaited_by_name_or_with_their_types() -> None:
    async def use(shop: cam.AsyncInstance[Shop]) -> tuple[int | None, Item | None]:
        await shop.put("tea", count=3)
        await shop(Shop.take, Item("tea", 1))
        return await shop(Shop.find, "tea"), await shop.last()

    assert with_a_shop(use) == (2, Item("tea", 1))


def test_a_refusal_arrives_as_its_own_class_and_a_trap_as_its_kind() -> None:
    async def use(shop: cam.AsyncInstance[Shop]) -> list[object]:
        await shop.put("tea")
        calls = shop.take(Item("tea", 2)), shop.take(Item("milk", 1)), shop.put("tea"), shop.find("tea")
        return list(await asyncio.gather(*calls, return_exceptions=True))

    refused, trapped, *rest = with_a_shop(use)
    assert refused == OutOfStock(sku="tea", left=1)
    assert isinstance(trapped, cam.MissingKey)
    assert rest == [None, 2]


def test_the_state_can_be_copied() -> None:
    async def use(shop: cam.AsyncInstance[Shop]) -> Shop:
        await shop.put("tea")
        return await cam.state_async(shop)

    assert with_a_shop(use) == Shop(stock={"tea": 1})


def test_what_is_no_method_of_the_machine_is_named() -> None:
    async def use(shop: cam.AsyncInstance[Shop]) -> None:
        with pytest.raises(AttributeError, match="Shop has no method `pull`"):
            await shop.pull()
        with pytest.raises(TypeError, match="is no method of Shop"):
            await shop(Item.__repr__)

    with_a_shop(use)


def test_an_instance_is_deleted() -> None:
    async def main(port: int) -> Deleted:
        async with cam.AsyncClient(f"127.0.0.1:{port}") as client:
            await client.instance(Shop, "a").put("tea")
            return await client.delete("shop/a")

    with NodeThread(Replica(MemoryJournal())) as node:
        with cam.Client(f"127.0.0.1:{node.port}") as client:
            client.deploy(Shop)
        assert asyncio.run(main(node.port)) == Deleted("shop/a", 2)
