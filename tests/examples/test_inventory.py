"""The inventory: what is promised cannot be promised twice, and is free again when its time is over."""

from __future__ import annotations

from datetime import timedelta

import inventory
import inventory_v2
from generators.services import Service
from inventory import NoReservation, OutOfStock


def stocked() -> Service[inventory.Inventory]:
    shop = Service(inventory.Inventory)
    assert shop("receive", "tea", 5) == 5
    return shop


def test_what_is_reserved_is_not_free_until_its_time_is_over() -> None:
    shop = stocked()
    shop("reserve", "tea", 3)
    assert shop("free", "tea") == 2
    assert shop("reserve", "tea", 3) == OutOfStock(sku="tea", wanted=3, free=2)
    shop.wait(minutes=15)
    assert shop("free", "tea") == 5
    assert shop.plain.reservations, "a query forgets nothing"
    shop("reserve", "tea", 5)
    assert len(shop.plain.reservations) == 1


def test_a_reservation_is_confirmed_or_released_once() -> None:
    shop = stocked()
    first, second = shop("reserve", "tea", 2), shop("reserve", "tea", 2, hold=timedelta(hours=2))
    assert shop("confirm", first) == 3
    assert shop("confirm", first) == NoReservation(first)
    shop.wait(hours=1)
    assert shop("release", second) is None
    assert shop("report") == [("tea", 3, 3)]


def test_a_reservation_of_the_first_version_is_confirmed_in_the_second() -> None:
    shop = stocked()
    number = shop("reserve", "tea", 3)
    rooms = shop.upgraded(inventory_v2.add_rooms)
    assert rooms("free", "tea") == 2
    assert rooms("receive", "tea", 4, shelf="back") == 9
    assert rooms("confirm", number) is None
    assert rooms("report") == [("tea", 6, 6)]
    assert rooms.plain.items["tea"].shelves == {"front": 2, "back": 4}


def test_all_lines_of_a_reservation_are_held_or_none() -> None:
    shop = stocked().upgraded(inventory_v2.add_rooms)
    shop("receive", "cup", 1)
    assert shop("reserve", {"tea": 2, "cup": 2}) == OutOfStock(sku="cup", wanted=2, free=1)
    assert shop("free", "tea") == 5
    shop("reserve", {"tea": 2, "cup": 1})
    assert shop("report") == [("cup", 1, 0), ("tea", 5, 3)]
    shop.wait(minutes=15)
    assert shop("forget_expired") == 1
    assert shop("report") == [("cup", 1, 1), ("tea", 5, 5)]


def test_goods_move_between_shelves_that_have_them() -> None:
    shop = stocked().upgraded(inventory_v2.add_rooms)
    shop("move", "tea", "front", "back", 2)
    assert shop.plain.items["tea"].shelves == {"front": 3, "back": 2}
    assert shop("move", "milk", "front", "back", 1) == inventory_v2.UnknownItem("milk")
