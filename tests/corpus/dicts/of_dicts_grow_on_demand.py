"""An inner dict is made where it is missing."""

from camshaft import Machine


class Tree(Machine):
    tree: dict[str, dict[str, int]] = {}

    def add(self, x: str, y: str) -> int:
        if x not in self.tree:
            self.tree[x] = {}
        if y not in self.tree[x]:
            self.tree[x][y] = 0
        self.tree[x][y] += 1
        return self.tree[x][y]
