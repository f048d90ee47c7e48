"""Dicts and sets with such keys are made, merged, updated, copied, compared."""

from camshaft import Machine


class Merged(Machine):
    kept: dict[tuple[int, ...], str] = {(1,): "one"}
    names: set[tuple[str, ...]] = set()

    def merge(self, pairs: list[tuple[list[int], str]]) -> bool:
        made = {tuple(numbers): text for numbers, text in pairs}
        before = dict(self.kept)
        self.kept.update(made)
        self.kept = self.kept | {(1, 2): "two", (): "none"}
        self.kept |= made
        return before == self.kept

    def pairs(self) -> list[tuple[tuple[int, ...], str]]:
        return list(dict(list(self.kept.items())).items())

    def from_keys(self, words: list[str]) -> dict[tuple[str, ...], int]:
        made = dict.fromkeys([tuple(word.split()) for word in words], 0)
        for word in words:
            made[tuple(word.split())] += 1
        return made

    def unpack(self, more: dict[tuple[int, ...], str]) -> dict[tuple[int, ...], str]:
        return {(9, 9): "first", **more, **self.kept, (1,): "last"}

    def collect(self, words: list[str]) -> tuple[int, bool]:
        self.names = {tuple(word.split()) for word in words} | set([tuple(words)])
        self.names.update([("x",), ()], {tuple(words[:1])})
        self.names -= {("x",)}
        return len(self.names), ("x",) in self.names

    def invert(self) -> dict[str, frozenset[tuple[int, ...]]]:
        found: dict[str, frozenset[tuple[int, ...]]] = {}
        for numbers, text in self.kept.items():
            found[text] = found.get(text, frozenset()) | {numbers}
        return found

    def missing(self, numbers: tuple[int, ...]) -> str:
        return self.kept[numbers]

    def swap(self, numbers: tuple[int, ...]) -> list[str]:
        self.kept[numbers], self.kept[numbers[::-1]] = "there", "back"
        return [self.kept[key] for key in sorted(self.kept)]
