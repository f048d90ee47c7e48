"""A bool is shown as True or False, and is a key of its own type."""

from camshaft import Machine


class Flags(Machine):
    seen: dict[bool, int] = {}

    def see(self, flag: bool) -> str:
        if flag in self.seen:
            self.seen[flag] += 1
        else:
            self.seen[flag] = 1
        return f"{flag} {not flag}" + str(flag)
