"""`in` finds a part, also an overlapping and a whole one."""

from camshaft import Machine


class Parts(Machine):
    def go(self, part: str, s: str) -> list[bool]:
        return [part in s, part + part in s + s, "aa" in part + s, part not in s]
