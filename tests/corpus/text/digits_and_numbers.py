"""Texts of numbers and back."""

from camshaft import Machine


class Digits(Machine):
    def sum(self, n: int) -> int:
        text = str(abs(n))
        total = 0
        for i in range(len(text)):
            total += int(text[i])
        return total

    def back(self, n: int) -> bool:
        return int(str(n)) == n and int(f"{n}") == n
