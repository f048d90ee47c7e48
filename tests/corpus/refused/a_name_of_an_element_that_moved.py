"""After the deletion the index means another element."""

from camshaft import Machine


class Rows(Machine):
    rows: list[list[int]] = []

    def go(self) -> int:
        last = self.rows[-1]
        del self.rows[0]
        last.append(1)  # error: CAM012
        return len(last)
