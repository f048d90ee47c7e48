"""Clients of an old version, after the upgrade: what still fits goes on, what does not is never misread."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

import camshaft as cam
from generators.shop import Item, OutOfStock, Shop, ShopV2, count_sales


def an_upgrade() -> cam.Upgrade[Shop, ShopV2]:
    return cam.Upgrade(old=Shop, new=ShopV2, migrate=count_sales)


@pytest.fixture
def node() -> Iterator[cam.Node]:
    with cam.Node() as node:
        node.deploy(Shop)
        yield node


def test_an_old_client_goes_on_with_the_methods_that_are_unchanged(node: cam.Node) -> None:
    shop = node.instance(Shop)
    shop.put("tea", 5)
    shop.take(Item("tea", 2))
    assert node.upgrade(an_upgrade()).migrated == 1
    shop.put("tea", 1)
    assert shop.take(Item("tea", 1)) == 3
    with pytest.raises(OutOfStock):
        shop.take(Item("tea", 9))
    assert cam.state(node.instance(ShopV2)) == ShopV2(stock={"tea": 3}, limit=10, sold_count=3)


def test_an_old_call_that_does_not_fit_any_more_is_stale_and_runs_nothing(node: cam.Node) -> None:
    shop = node.instance(Shop)
    shop.put("tea")
    node.upgrade(an_upgrade())
    with pytest.raises(cam.Stale, match="find takes"):
        shop.find("tea")
    with pytest.raises(cam.Stale, match="there is no method is_open any more"):
        shop.is_open()
    with pytest.raises(cam.Stale, match="not that of this version of Shop"):
        cam.state(shop)
    results = cam.pipeline(partial(shop.put, "tea"), shop.close, partial(shop.put, "tea"), return_exceptions=True)
    assert [type(result) for result in results] == [type(None), cam.Stale, type(None)]
    assert node.instance(ShopV2).find("tea", 0) == 3


def test_a_client_of_a_version_that_does_not_run_yet_is_stale(node: cam.Node) -> None:
    with pytest.raises(cam.Stale):
        node.instance(ShopV2).find("tea", 0)


def test_an_upgrade_object_is_a_retry_and_another_one_is_refused(node: cam.Node) -> None:
    node.instance(Shop).put("tea")
    upgrade = an_upgrade()
    first = node.upgrade(upgrade)
    assert node.upgrade(upgrade) == first
    assert first.migrated == 1
    with pytest.raises(
        cam.Rejected, match="the version running isn't the one the upgrade expects; nothing was changed"
    ):
        node.upgrade(an_upgrade())


def test_an_embedded_node_goes_on_from_its_data_directory(tmp_path: Path) -> None:
    with cam.Node(data=tmp_path / "data") as node:
        node.deploy(Shop)
        node.instance(Shop, "a").put("tea", 2)
        node.upgrade(an_upgrade())
        node.instance(ShopV2, "a").put("tea", 1)
    with cam.Node(data=tmp_path / "data") as node:
        assert node.instance(ShopV2, "a").find("tea", 0) == 3
        with pytest.raises(cam.Rejected, match="in use"):
            cam.Node(data=tmp_path / "data")
