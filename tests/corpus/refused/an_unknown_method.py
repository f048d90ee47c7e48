"""No helper has that name."""

from camshaft import Machine


class Box(Machine):
    def go(self) -> int:
        return self._help()  # error: CAM017
