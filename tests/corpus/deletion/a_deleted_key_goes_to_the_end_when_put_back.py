"""Deleting a key and inserting it again moves it to the end of the dict."""

from camshaft import Machine


class Recent(Machine):
    seen: dict[str, int] = {"a": 1, "b": 2, "c": 3}

    def touch(self, key: str) -> list[str]:
        if key in self.seen:
            n = self.seen[key]
            del self.seen[key]
            self.seen[key] = n + 1
        else:
            self.seen[key] = 0
        return list(self.seen)
