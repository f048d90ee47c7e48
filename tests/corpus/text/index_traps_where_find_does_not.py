"""`index` and `rindex` trap with ValueError where `find` gives -1."""

from camshaft import Machine


class Index(Machine):
    def go(self, s: str, part: str) -> int:
        return (s + "ab").index(part) * 100 + (s + "ab").rindex(part)

    def both(self, s: str, part: str) -> int:
        return s.find(part) + 10 if s.find(part) < 0 else s.index(part)
