"""Sets that `setdefault` gives are changed where they are."""

from camshaft import Machine


class Index(Machine):
    tags: dict[str, set[str]] = {"a": {"x"}}
    links: dict[int, dict[int, set[tuple[int, ...]]]] = {}

    def tag(self, word: str, tag: str) -> list[str]:
        self.tags.setdefault(word, set()).add(tag)
        self.tags.setdefault(word, set()).discard("x")
        self.tags.setdefault(tag, {"y"}).update([word], {"z"})
        return sorted(self.tags[word] | self.tags[tag])

    def untag(self, word: str, tag: str) -> None:
        self.tags.setdefault(word, set()).remove(tag)

    def wipe(self, word: str) -> int:
        self.tags.setdefault(word, {"a", "b"}).clear()
        self.tags.setdefault(word, set()).symmetric_difference_update({"c"})
        return len(self.tags[word])

    def link(self, a: int, b: int) -> int:
        self.links.setdefault(a, {}).setdefault(b, set()).add((a, b))
        self.links.setdefault(a, {}).setdefault(12 // b, set()).add(tuple(range(a % 3)))
        return sum(len(one) for inner in self.links.values() for one in inner.values())

    def letters(self, words: list[str]) -> dict[str, int]:
        found: dict[str, set[str]] = {}
        for word in words:
            found.setdefault(word[:1], set()).add(word)
        return {first: len(some) for first, some in found.items()}
