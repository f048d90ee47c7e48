"""After all keys were deleted the order begins anew."""

from camshaft import Machine


class Again(Machine):
    table: dict[str, int] = {"a": 1, "b": 2}

    def refill(self, words: list[str]) -> list[str]:
        for key in list(self.table):
            del self.table[key]
        for word in words:
            self.table[word] = len(self.table)
        return list(self.table)
