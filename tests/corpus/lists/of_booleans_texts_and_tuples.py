"""Lists of each scalar and of tuples are compared and searched."""

from camshaft import Machine


class Kinds(Machine):
    flags: list[bool] = [True]
    pairs: list[tuple[int, str]] = [(1, "a")]

    def put(self, flag: bool, pair: tuple[int, str]) -> list[bool]:
        self.flags.append(flag)
        self.pairs.append(pair)
        return [False in self.flags, (1, "a") in self.pairs, pair in self.pairs, self.pairs[0] == pair, self.flags[-1]]
