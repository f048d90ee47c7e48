"""A method named `sum` does not hide the builtin, nor a field named `len`."""

from camshaft import Machine


class Names(Machine):
    len: int = 5
    values: list[int] = [1, 2]

    def sum(self, k: int) -> int:
        self.values.append(k)
        return sum(self.values) + self.len

    def get(self, k: int) -> int:
        return self.sum(k) * 2 + len(self.values)
