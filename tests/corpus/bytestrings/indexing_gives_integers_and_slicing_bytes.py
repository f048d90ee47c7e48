"""`b[i]` is an int, `b[i:j]` bytes."""

from camshaft import Machine


class Bytes(Machine):
    kept: bytes = b"\x00ab\xff"

    def at(self, i: int) -> int:
        return self.kept[i]

    def part(self, b: bytes, i: int, j: int) -> bytes:
        return b[i:j] + self.kept[:1]

    def put(self, b: bytes) -> int:
        self.kept = b + b"\x00"
        return len(self.kept)
