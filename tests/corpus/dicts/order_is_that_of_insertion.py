"""A dict is iterated in the order in which its keys were first put."""

from camshaft import Machine


class Order(Machine):
    table: dict[str, int] = {"z": 1, "a": 2}

    def put(self, k: str, n: int) -> list[str]:
        self.table[k] = n
        return [key for key in self.table]

    def values(self) -> list[int]:
        return [n for n in self.table.values()]

    def items(self) -> str:
        text = ""
        for k, n in self.table.items():
            text += f"{k}{n} "
        return text
