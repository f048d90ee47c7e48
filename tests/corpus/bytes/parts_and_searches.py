"""Bytes are indexed, cut, joined, compared and looked into as in Python."""

from camshaft import Machine


class Parts(Machine):
    data: bytes = b"\x00ab"

    def add(self, part: bytes) -> int:
        self.data += part
        return len(self.data)

    def at(self, index: int) -> int:
        return self.data[index]

    def cut(self, start: int, stop: int) -> bytes:
        return self.data[start:stop] + self.data[::-1]

    def repeat(self, part: bytes, n: int) -> bytes:
        return part * (n % 3) + b"-"

    def asked(self, part: bytes) -> list[bool]:
        return [part in self.data, self.data.startswith(part), self.data.endswith(part), part < self.data]

    def found(self, part: bytes) -> int:
        return self.data.find(part)

    def total(self) -> int:
        total = 0
        for byte in self.data:
            total += byte
        return total
