"""`encode`, `decode` (bad bytes trap with ValueError), `hex`."""

from camshaft import Machine


class Bytes(Machine):
    def encode(self, s: str) -> bytes:
        return s.encode()

    def decode(self, b: bytes) -> str:
        return b.decode()

    def hex(self, b: bytes) -> str:
        return b.hex()
