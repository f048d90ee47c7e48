"""A step never waits."""

from camshaft import Machine


class Box(Machine):
    async def go(self, n: int) -> int:  # error: CAM010
        return n
