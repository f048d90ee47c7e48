"""`dict.fromkeys` gives each key the same value, in the order in which the keys come first."""

from camshaft import Machine


class FromKeys(Machine):
    counts: dict[str, int] = {}
    flags: dict[int, int | None] = {}

    def start(self, names: list[str], value: int) -> list[str]:
        self.counts = dict.fromkeys(names, value)
        return list(self.counts)

    def without_value(self, numbers: list[int]) -> list[int]:
        return list(dict.fromkeys(numbers))

    def keep(self, numbers: list[int]) -> None:
        self.flags = dict.fromkeys(numbers, 1)

    def of_a_text(self, text: str) -> dict[str, bool]:
        return dict.fromkeys(text, True)

    def of_others(self, value: int) -> dict[str, int]:
        return dict.fromkeys((name + "!" for name in self.counts), value * value)

    def divided(self, numbers: list[int], by: int) -> dict[int, int]:
        return dict.fromkeys(numbers, 10 // by)
