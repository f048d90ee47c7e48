"""A set's order differs between processes."""

from camshaft import Machine


class Box(Machine):
    kept: set[str] = {"a", "b"}

    def go(self) -> str:
        text = ""
        for s in self.kept:  # error: CAM031
            text += s
        return text

    def listed(self) -> list[str]:
        return list(self.kept)  # error: CAM031
