"""`find`, `startswith`, `endswith`, `in` of bytes."""

from camshaft import Machine


class Search(Machine):
    def find(self, b: bytes, part: bytes) -> list[int]:
        return [b.find(part), (b + part).find(part), (b + b"ab" + part).find(b"ab")]

    def ends(self, b: bytes, part: bytes) -> list[bool]:
        return [b.startswith(part), b.endswith(part), (part + b).startswith(part), part in b]
