"""What a method returned does not change with the state later."""

from camshaft import Machine


class Result(Machine):
    xs: list[int] = [1]

    def get(self) -> list[int]:
        return self.xs

    def add(self, n: int) -> list[int]:
        self.xs.append(n)
        return self.xs
