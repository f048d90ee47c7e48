"""A frozen dataclass keeps its fields, and what they hold may change."""

from dataclasses import dataclass

from camshaft import Machine


@dataclass(frozen=True)
class Log:
    lines: list[str]
    limit: int = 3

    def write(self, line: str) -> bool:
        if len(self.lines) >= self.limit:
            self.lines.pop(0)
            self.lines.append(line)
            return False
        self.lines.append(line)
        return True


class Audit(Machine):
    log: Log = Log([])
    logs: dict[str, Log] = {}

    def write(self, line: str) -> bool:
        return self.log.write(line)

    def write_to(self, name: str, line: str) -> int:
        if name not in self.logs:
            self.logs[name] = Log([], 1)
        dropped = not self.logs[name].write(line)
        kept = self.log.write(line) or dropped
        return len(self.log.lines) if kept else -1
