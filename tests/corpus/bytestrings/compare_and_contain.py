"""Bytes are ordered byte by byte, and are keys."""

from camshaft import Machine


class Bytes(Machine):
    seen: dict[bytes, int] = {}

    def see(self, b: bytes) -> int:
        self.seen[b] = self.seen.get(b, 0) + 1
        return self.seen[b]

    def order(self, a: bytes, b: bytes) -> list[bool]:
        return [a < b, a == b, a >= b, a in b, b"" in a]
