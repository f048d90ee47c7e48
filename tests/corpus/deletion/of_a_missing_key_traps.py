"""`del d[k]` of a key that is not there traps after what was done before it."""

from camshaft import Machine


class Keys(Machine):
    table: dict[str, int] = {"a": 1, "b": 2}
    tries: int = 0

    def drop(self, key: str) -> int:
        self.tries += 1
        del self.table[key]
        return self.tries
