"""`d.setdefault(k, []).append(x)` adds to the list in the dict."""

from camshaft import Machine


class Groups(Machine):
    groups: dict[str, list[int]] = {}

    def add(self, k: str, n: int) -> int:
        self.groups.setdefault(k, []).append(n)
        return len(self.groups[k])
