"""`d.get(k)` is None where the key is missing, and where None is what is stored."""

from camshaft import Machine


class Get(Machine):
    table: dict[str, int] = {"a": 0}
    optional: dict[str, int | None] = {"a": None, "b": 5}

    def go(self, k: str) -> int:
        found = self.table.get(k)
        if found is None:
            return -1
        return found

    def stored_none(self, k: str) -> list[bool]:
        return [self.optional.get(k) is None, k in self.optional]
