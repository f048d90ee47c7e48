"""`for c in s` gives texts of one code point each."""

from camshaft import Machine


class Each(Machine):
    counts: dict[str, int] = {}

    def count(self, s: str) -> int:
        for c in s:
            if c in self.counts:
                self.counts[c] += 1
            else:
                self.counts[c] = 1
        return len(self.counts)

    def doubled(self, s: str) -> list[str]:
        return [c + c for c in s if c != "a"]
