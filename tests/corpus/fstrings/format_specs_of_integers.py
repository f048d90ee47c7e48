"""`{n:05d}`, `{n:>6}`, `{n:+}`, `{n:,}`, `{n:x}` have one right answer."""

from camshaft import Machine


class Specs(Machine):
    def go(self, n: int) -> str:
        return f"[{n:05d}|{n:>6}|{n:<6}|{n:^7}]"

    def signs(self, n: int) -> str:
        return f"{n:+d} {n:,} {n:x} {n:b}"
