"""`divmod(a, b)` is `(a // b, a % b)`."""

from camshaft import Machine


class Divmod(Machine):
    def go(self, a: int, b: int) -> tuple[int, int]:
        return divmod(a, b)

    def unpacked(self, seconds: int) -> str:
        minutes, rest = divmod(seconds, 60)
        return f"{minutes}:{rest}"
