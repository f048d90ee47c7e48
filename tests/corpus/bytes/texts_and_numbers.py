"""Bytes and texts are each other's by UTF-8; hexadecimal digits and lists of numbers are bytes too."""

from camshaft import Machine


class Coded(Machine):
    seen: dict[bytes, int] = {}

    def encoded(self, text: str) -> bytes:
        return text.encode() + text.encode("utf-8")

    def decoded(self, data: bytes) -> str:
        self.seen[data] = self.seen.get(data, 0) + 1
        return data.decode()

    def digits(self, data: bytes) -> str:
        return data.hex()

    def of_digits(self, which: int) -> bytes:
        return bytes.fromhex(["", "00fF", "0", "zz", "a1"][which])

    def of_numbers(self, numbers: list[int]) -> bytes:
        return bytes(numbers)
