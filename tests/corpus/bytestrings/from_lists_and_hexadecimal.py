"""`bytes([…])` traps for numbers beyond a byte, `bytes.fromhex` for what is no hexadecimal."""

from camshaft import Machine

INPUTS = [("numbers", xs) for xs in ([], [0, 255], [256], [-1], [65, 66])] + [
    ("hexadecimal", s) for s in ("", "00ff", "0", "zz", "AbCd")
]


class Make(Machine):
    kept: bytes = b""

    def numbers(self, xs: list[int]) -> bytes:
        self.kept += bytes(xs)
        return self.kept

    def hexadecimal(self, s: str) -> bytes:
        return bytes.fromhex(s)
