"""`del self.table[k][i]` removes from the list within the dict."""

from camshaft import Machine


class Nested(Machine):
    table: dict[str, list[int]] = {"a": [1, 2, 3], "b": []}

    def drop(self, k: str, i: int) -> list[int]:
        del self.table[k][i]
        return self.table[k]
