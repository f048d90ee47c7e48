"""A query that changes its own locals changes nothing of the machine."""

from camshaft import Machine


class Query(Machine):
    xs: list[int] = [3, 1, 2]
    table: dict[str, list[int]] = {"a": [1]}

    def doubled(self, n: int) -> list[int]:
        out = list(self.xs)
        out.append(n)
        out += out
        out[0] = -n
        return out

    def counts(self) -> dict[str, int]:
        return {k: len(v) for k, v in self.table.items()}
