"""Methods of texts are chained, and evaluated left to right."""

from camshaft import Machine

INPUTS = [("slug", s) for s in ("", "Hello World", "  A  b ", "x", "Ab-C d", "a/b")] + [("line", ["a", "b"], 3)]


class Chained(Machine):
    seen: dict[str, int] = {}

    def slug(self, s: str) -> str:
        found = "-".join(s.strip().lower().replace("/", " ").split())
        self.seen[found] = self.seen.get(found, 0) + 1
        return found.ljust(4, ".") + str(self.seen[found]).zfill(3)

    def line(self, words: list[str], n: int) -> str:
        return ", ".join([word.upper() * n for word in words]).center(12)
