"""Which one differs between processes."""

from camshaft import Machine


class Box(Machine):
    kept: set[str] = {"a", "b"}

    def go(self) -> str:
        return self.kept.pop()  # error: CAM017
