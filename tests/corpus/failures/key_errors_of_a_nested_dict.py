"""A missing outer key and a missing inner key trap alike; assigning the inner one adds it."""

from camshaft import Machine


class Tree(Machine):
    tree: dict[str, dict[str, int]] = {"a": {"b": 1}}

    def get(self, x: str, y: str) -> int:
        return self.tree[x][y]

    def put(self, x: str, y: str, n: int) -> None:
        self.tree[x][y] = n

    def drop(self, x: str, y: str) -> None:
        del self.tree[x][y]
