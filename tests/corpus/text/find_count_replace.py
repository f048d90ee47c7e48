"""`find`, `rfind`, `count`, `replace`: overlapping parts, the empty part."""

from camshaft import Machine


class Find(Machine):
    def go(self, s: str, part: str) -> list[int]:
        return [s.find(part), s.rfind(part), s.count(part), (s + s).count(part), (s + part).find(part)]

    def replace(self, s: str, old: str, new: str) -> str:
        return s.replace(old, new)

    def ends(self, s: str, part: str) -> list[bool]:
        return [s.startswith(part), s.endswith(part), (part + s).startswith(part)]
