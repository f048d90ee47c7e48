"""Empty texts, lists, dicts and tuples are false, and so are 0 and None."""

from camshaft import Machine


class Truth(Machine):
    def lists(self, xs: list[int], d: dict[str, int]) -> int:
        total = 0
        if xs:
            total += 1
        if not d:
            total += 10
        if xs and d:
            total += 100
        return total

    def others(self, n: int, s: str, t: tuple[int, ...], o: str | None) -> list[bool]:
        return [bool(n), bool(s), bool(t), not o, not n, not s, not t, bool(o)]
