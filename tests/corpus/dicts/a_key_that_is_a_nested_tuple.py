"""Tuples of tuples are keys."""

from camshaft import Machine


class Edges(Machine):
    edges: dict[tuple[tuple[int, int], str], int] = {}

    def add(self, a: int, b: int, kind: str) -> int:
        key = ((a, b), kind)
        self.edges[key] = self.edges.get(key, 0) + 1
        return self.edges[(a, b), kind] + len(self.edges) * 10
