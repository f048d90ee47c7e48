"""Bytes mean what they mean in Python."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camshaft import Machine
from generators.differential import agree, call

MAGIC = b"\x89PNG"


class Blob(Machine):
    data: bytes = b""
    chunks: dict[bytes, int] = {}

    def add(self, part: bytes) -> int:
        self.data += part
        self.chunks[part] = len(self.data)
        return len(self.data)

    def at(self, index: int) -> int:
        return self.data[index]

    def part(self, start: int, stop: int, step: int) -> list[bytes]:
        return [self.data[start:stop], self.data[::-1], self.data[start:], self.data[start:stop:step]]

    def joined(self, a: bytes, b: bytes, n: int) -> bytes:
        return a + b * n + MAGIC + n * a

    def asked(self, a: bytes, b: bytes) -> list[bool]:
        return [a in b, a not in b, b.startswith(a), b.endswith(a), a < b, a <= b, a == b, a != b, bool(a), not b]

    def found(self, a: bytes, b: bytes) -> int:
        return b.find(a)

    def sum(self, data: bytes) -> int:
        total = 0
        for byte in data:
            total += byte
        return total + sum(data) + max(data)

    def shown(self, data: bytes) -> str:
        return data.hex()

    def read(self, text: str) -> bytes:
        return bytes.fromhex(text)

    def encode(self, text: str) -> bytes:
        return text.encode() + text.encode("utf-8")

    def decode(self, data: bytes) -> str:
        return data.decode() + data.decode(encoding="utf8")

    def of(self, numbers: list[int]) -> bytes:
        return bytes(numbers) + b""

    def sorted(self) -> list[bytes]:
        return sorted(self.chunks)

    def kind(self, data: bytes) -> str:
        match data:
            case b"":
                return "empty"
            case b"\x00" | b"\x01":
                return "bit"
            case _:
                return "data"


data = st.binary(max_size=6) | st.sampled_from([b"a", b"ab", b"\xff"])


@given(data, data, st.integers(-2, 3))
def test_bytes_are_put_together_and_compared(a: bytes, b: bytes, n: int) -> None:
    agree(
        Blob,
        call("joined", a, b, n),
        call("asked", a, b),
        call("found", a, b),
        call("shown", a),
        call("decode", a),
        call("sum", a),
        call("kind", a),
    )


@given(data, st.integers(-8, 8), st.integers(-8, 8), st.integers(-2, 2))
def test_bytes_are_indexed_and_sliced(a: bytes, start: int, stop: int, step: int) -> None:
    agree(Blob, call("at", start), call("part", start, stop, step), data=a)


def test_bytes_are_stored_and_are_keys() -> None:
    agree(Blob, call("add", b"b"), call("add", b"a"), call("add", b"b"), call("sorted"), call("at", 7))


@pytest.mark.parametrize("text", ["", "00ff", "0", "zz", "AbCd", "é0"])
def test_hexadecimal_text_is_read(text: str) -> None:
    agree(Blob, call("read", text), call("encode", text))


@given(st.lists(st.integers(-2, 258), max_size=4))
def test_bytes_are_made_of_numbers(numbers: list[int]) -> None:
    agree(Blob, call("of", numbers))
