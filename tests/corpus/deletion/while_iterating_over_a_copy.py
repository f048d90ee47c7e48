"""Entries can be deleted while the loop goes over a copy of the keys."""

from camshaft import Machine


class Sweep(Machine):
    leases: dict[str, int] = {"a": 1, "b": 5, "c": 2, "d": 9}

    def sweep(self, now: int) -> list[str]:
        gone: list[str] = []
        for key in list(self.leases):
            if self.leases[key] < now:
                del self.leases[key]
                gone.append(key)
        return gone

    def renew(self, key: str, until: int) -> None:
        self.leases[key] = until
