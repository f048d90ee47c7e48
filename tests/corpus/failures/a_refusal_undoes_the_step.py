"""`raise` of a refusal after several writes leaves the state as it was; its fields are those of the moment."""

from camshaft import Machine, Refusal


class OutOfStock(Refusal):
    sku: str
    left: int


class Shop(Machine):
    stock: dict[str, int] = {"a": 3, "b": 0}
    sold: list[str] = []

    def sell(self, sku: str, n: int) -> int:
        self.sold.append(sku)
        self.stock[sku] -= n
        if self.stock[sku] < 0:
            raise OutOfStock(sku=sku, left=self.stock[sku])
        return self.stock[sku]
