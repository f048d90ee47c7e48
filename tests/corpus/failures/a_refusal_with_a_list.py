"""A refusal may carry lists, tuples and dataclasses."""

from dataclasses import dataclass

from camshaft import Machine, Refusal


@dataclass(frozen=True)
class Line:
    sku: str
    count: int


class Short(Refusal):
    missing: list[Line]
    total: tuple[int, str]


class Stock(Machine):
    stock: dict[str, int] = {"a": 2, "b": 1}

    def take(self, words: list[str], n: int) -> int:
        missing: list[Line] = []
        for word in words:
            left = self.stock.get(word, 0) - n
            if left < 0:
                missing.append(Line(word, -left))
            self.stock[word] = left
        if missing:
            raise Short(missing, (len(missing), words[0]))
        return len(words)
