"""Inner dicts made, changed and dropped in a step that fails are as before."""

from camshaft import Machine

INPUTS = [("go", "a", 0), ("go", "q", 0), ("go", "b", 0), ("go", "q", 3), ("go", "a", 1), ("go", "q", 1)]


class Tree(Machine):
    tree: dict[str, dict[str, int]] = {"a": {"x": 1, "y": 2}, "b": {}}

    def go(self, k: str, n: int) -> int:
        del self.tree["a"]["x"]
        self.tree["b"]["z"] = n
        if k not in self.tree:
            self.tree[k] = {"new": n}
        self.tree[k]["x"] = n + 1
        del self.tree["b"]
        return 12 // n
