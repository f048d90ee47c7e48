"""One machine in four versions, as a file may hold them, with a migration between most of them."""

from __future__ import annotations

from camshaft import Machine, migration


class ShopV1(Machine, name="chained-shop"):
    count: int = 0

    def sell(self) -> None:
        self.count += 1


class ShopV2(Machine, name="chained-shop"):
    sold: int = 0

    def sell(self) -> None:
        self.sold += 1


class ShopV3(Machine, name="chained-shop"):
    days: list[int] = []

    def sell(self) -> None:
        self.days[-1] += 1


class ShopV4(Machine, name="chained-shop"):
    days: list[int] = []
    limit: int = 10

    def sell(self) -> None:
        self.days[-1] += 1


def checked(sold: int) -> int:
    """What was sold in a day."""
    assert sold < 100, "too much"
    return sold


@migration
def second(was: ShopV1) -> ShopV2:
    assert was.count >= 0, "too little"
    return ShopV2(sold=was.count * 2)


@migration
def back_to_first(was: ShopV2) -> ShopV1:
    return ShopV1(count=was.sold // 2)


@migration
def third(was: ShopV2) -> ShopV3:
    return ShopV3(days=[checked(was.sold)])


@migration
def back_to_second(was: ShopV3) -> ShopV2:
    return ShopV2(sold=sum(was.days))


@migration
def back_to_third(was: ShopV4) -> ShopV3:
    return ShopV3(days=was.days)
