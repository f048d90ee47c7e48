"""Three helpers write, the innermost refuses: nothing stays."""

from camshaft import Machine, Refusal


class No(Refusal):
    depth: int


class Deep(Machine):
    log: list[str] = []
    n: int = 0

    def _three(self, k: int) -> int:
        self.log.append("three")
        if k % 3 == 0:
            raise No(len(self.log))
        return k

    def _two(self, k: int) -> int:
        self.n += k
        found = self._three(k)
        self.log.append("two")
        return found

    def go(self, k: int) -> int:
        self.log.append("one")
        return self._two(k) + self._two(k + 1)
