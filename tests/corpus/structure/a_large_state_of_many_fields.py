"""Many fields of many types change independently."""

from camshaft import Machine


class Many(Machine):
    a: int = 0
    b: str = ""
    c: bool = False
    d: list[int] = []
    e: dict[str, list[str]] = {}
    f: tuple[int, str] = (0, "")
    g: int | None = None
    h: list[tuple[int, int]] = []

    def all(self, n: int, s: str) -> int:
        self.a += n
        self.b = s
        self.c = not self.c
        self.d.append(n)
        self.e[s] = [s, s]
        self.f = (n, s)
        self.g = n if self.c else None
        self.h.append((n, self.a))
        return len(self.d) + len(self.e[s]) + 10 // n
